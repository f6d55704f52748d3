using System.Text.Json;

namespace Streaming.Cli.Tests.Commands;

/// <summary>Cached tiles from the command line: what the options do to a run, and what plan and report tell of them.</summary>
public sealed class CacheOptionTests : IDisposable
{
    readonly Scratch scratch = new();

    string Folder => scratch.In("tiles");

    string[] Options =>
    [
        "sgd-classifier", Repository.Sample("flights/2001-01.parquet"), "--target", "late", "--features", "distance,minute_of_day,day_of_week",
        "--epochs", "3", "--model", scratch.In("a.model"),
    ];

    string[] OneEpoch => [.. Options.Where(o => o is not ("--epochs" or "3"))];

    public void Dispose() => scratch.Dispose();

    [Fact]
    public async Task Fit_WithCache_GivesTheSameFileAndSaysWhatWasReadFromIt()
    {
        JsonElement without = await CliRun.JsonAsync(["fit", .. Options]);
        JsonElement cold = await CliRun.JsonAsync(["fit", .. Options, "--cache", Folder, "--cache-size", "100MB"]);
        JsonElement warm = await CliRun.JsonAsync(["fit", .. Options, "--cache", Folder, "--cache-size", "100MB"]);
        Assert.False(without.TryGetProperty("cache", out _));
        string sha256 = without.GetProperty("model_sha256").GetString()!;
        Assert.Equal([sha256, sha256], new[] { cold, warm }.Select(j => j.GetProperty("model_sha256").GetString()));
        int partitions = cold.GetProperty("partitions").GetInt32();
        (JsonElement first, JsonElement later) = (cold.GetProperty("cache"), warm.GetProperty("cache"));
        Assert.Equal((Folder, 2 * partitions), (first.GetProperty("folder").GetString(), first.GetProperty("partitions_read").GetInt32()));
        Assert.Equal((0, 3 * partitions), (later.GetProperty("bytes_written").GetInt64(), later.GetProperty("partitions_read").GetInt32()));
        Assert.Equal(Directory.GetFiles(Folder, "*.tiles", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length), first.GetProperty("bytes_written").GetInt64());
        Assert.InRange(warm.GetProperty("bytes_read").GetInt64(), 0, without.GetProperty("bytes_read").GetInt64() / 2);
        Assert.Contains(Folder, (await CliRun.DoneAsync(["fit", .. Options, "--cache", Folder, "--cache-size", "100MB"])).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sweep_WithCache_GivesTheSameFile()
    {
        string[] sweep = ["sweep", .. OneEpoch, "--epochs", "2,3", "--alpha", "1e-6,1e-3", "--holdout", "0.2"];
        JsonElement without = await CliRun.JsonAsync(sweep);
        JsonElement with = await CliRun.JsonAsync([.. sweep, "--cache", Folder, "--cache-size", "100MB"]);
        Assert.Equal(without.GetProperty("model_sha256").GetString(), with.GetProperty("model_sha256").GetString());
        Assert.True(with.GetProperty("cache").GetProperty("partitions_read").GetInt32() > 0);
    }

    [Fact]
    public async Task Plan_SaysWhetherTilesAreCachedAndWhy()
    {
        JsonElement plan = (await CliRun.JsonAsync(["plan", "fit", .. Options, "--cache", Folder, "--cache-size", "100MB"])).GetProperty("cache");
        Assert.True(plan.GetProperty("used").GetBoolean());
        Assert.Equal((Folder, 100_000_000, 3), (plan.GetProperty("folder").GetString(), plan.GetProperty("limit_bytes").GetInt64(), plan.GetProperty("passes_at_least").GetInt32()));
        Assert.False(Directory.Exists(Folder));
        JsonElement fit = await CliRun.JsonAsync(["fit", .. Options, "--cache", Folder, "--cache-size", "100MB"]);
        Assert.InRange(fit.GetProperty("cache").GetProperty("bytes_written").GetInt64(), 1, plan.GetProperty("most_bytes").GetInt64());

        JsonElement once = (await CliRun.JsonAsync(["plan", "fit", .. OneEpoch, "--cache", Folder])).GetProperty("cache");
        Assert.Equal((false, "the data are read once"), (once.GetProperty("used").GetBoolean(), once.GetProperty("reason").GetString()));
        Assert.Contains("yes, ", (await CliRun.DoneAsync(["plan", "fit", .. Options, "--cache", Folder])).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UNCOMPRESSED", 4, false)]
    [InlineData("GZIP", 2, true)]
    public async Task Auto_CachesWhatIsSlowToDecodeOnly(string codec, int epochs, bool isUsed)
    {
        string path = scratch.Write("a.parquet", "SELECT (i * 7919 % 100003)::FLOAT AS x, (i * 104729 % 100019)::FLOAT AS y FROM range(200000) t(i)", $"CODEC {codec}");
        JsonElement plan = (await CliRun.JsonAsync("plan", "fit", "mini-batch-kmeans", path, "--epochs", $"{epochs}", "--cache", "auto")).GetProperty("cache");
        Assert.Equal(isUsed, plan.GetProperty("used").GetBoolean());
        Assert.EndsWith("tiles", plan.GetProperty("folder").GetString(), StringComparison.Ordinal);
        Assert.True(plan.GetProperty("reading_seconds").GetDouble() > 0);
    }

    [Theory]
    [InlineData("cache", "local disk", "--cache", "s3://bucket/tiles")]
    [InlineData("cache-size", "--cache FOLDER|auto", "--cache-size", "1GB")]
    [InlineData("cache-size", "a size such as", "--cache", "tiles", "--cache-size", "much")]
    public Task Options_ThatMakeNoSense_AreRefused(string option, string wanted, params string[] options) =>
        CliRun.FailsAsync(ExitCode.Usage, ["fit", .. Options, .. options], option, wanted);

    [Fact]
    public Task Folder_ThatCantBeUsed_IsRefused()
    {
        File.WriteAllText(Folder, "");
        return CliRun.FailsAsync(ExitCode.Failed, ["fit", .. Options, "--cache", Folder], Folder, "can't be used to cache tiles");
    }
}
