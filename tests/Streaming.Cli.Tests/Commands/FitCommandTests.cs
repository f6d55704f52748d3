using System.Text.Json;
using Streaming.Cli.Output;
using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;

namespace Streaming.Cli.Tests.Commands;

/// <summary>What <c>fit</c> does and tells, for every estimator of the catalog.</summary>
public sealed class FitCommandTests : IDisposable
{
    static readonly string[] Keys =
    [
        "estimator", "rows", "rows_rejected", "features", "passes", "seconds", "rows_per_second", "bytes_read", "peak_rss_bytes", "model", "model_sha256",
        "metrics", "scored_on", "scored_rows",
    ];

    readonly Scratch scratch = new();

    public static TheoryData<string> Estimators => [.. EstimatorCatalog.All.Select(e => e.Name)];

    string ModelPath => scratch.In("my.model");

    public void Dispose() => scratch.Dispose();

    [Fact]
    public async Task Fit_OffersTheEstimatorsOfTheContract()
    {
        CliRun help = await CliRun.DoneAsync("fit", "--help");
        foreach (string name in new[] { "mini-batch-kmeans", "sgd-classifier", "sgd-regressor", "linear-regression", "incremental-pca" })
            Assert.Contains(name, help.Out, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Estimators))]
    public async Task Json_HoldsTheKeysOfTheContract(string estimator)
    {
        JsonElement json = await CliRun.JsonAsync([.. FitArgs(estimator), "--model", ModelPath]);
        foreach (string key in Keys)
            Assert.True(json.TryGetProperty(key, out _), $"'{key}' is missing in {json}");

        Assert.Equal(estimator, json.GetProperty("estimator").GetString());
        Assert.Equal(0, json.GetProperty("rows_rejected").GetInt64());
        Assert.Equal(6, json.GetProperty("features").GetArrayLength());
        Assert.True(json.GetProperty("rows_per_second").GetDouble() > 0);
        Assert.True(json.GetProperty("bytes_read").GetInt64() > 0);
        Assert.True(json.GetProperty("peak_rss_bytes").GetInt64() > 1_000_000);
        Assert.Equal(ModelPath, json.GetProperty("model").GetString());
        Assert.Equal(OutputFile.Sha256(ModelPath), json.GetProperty("model_sha256").GetString());
        Assert.Equal("training", json.GetProperty("scored_on").GetString());
        AssertMetricsAreNumbers(json.GetProperty("metrics"));
        Assert.Equal(estimator, ModelFile.Load(ModelPath).Header.Estimator);
    }

    [Theory]
    [MemberData(nameof(Estimators))]
    public async Task Model_IsTheSameBytesForAnyNumberOfWorkers(string estimator)
    {
        var hashes = new List<string>();
        foreach (string workers in new[] { "1", "2", "5" })
        {
            JsonElement json = await CliRun.JsonAsync(
                [.. FitArgs(estimator), "--model", ModelPath, "--workers", workers, .. Standardize(estimator), "--holdout", "0.1", "--epochs", "2", "--seed", "7", "--partitions", "3"]);
            hashes.Add(json.GetProperty("model_sha256").GetString()!);
            Assert.Equal("holdout", json.GetProperty("scored_on").GetString());
        }

        Assert.Single(hashes.Distinct());
    }

    [Theory]
    [MemberData(nameof(Estimators))]
    public async Task Validation_GivesTheScoresThatEvaluateGives(string estimator)
    {
        string data = FitArgs(estimator)[2];
        JsonElement fitted = await CliRun.JsonAsync([.. FitArgs(estimator), "--model", ModelPath, "--validation", data]);
        JsonElement evaluated = await CliRun.JsonAsync("evaluate", ModelPath, data, "--workers", "1");
        Assert.Equal("validation", fitted.GetProperty("scored_on").GetString());
        Assert.Equal(fitted.GetProperty("scored_rows").GetInt64(), evaluated.GetProperty("rows").GetInt64());
        Assert.Equal(fitted.GetProperty("metrics").GetRawText(), evaluated.GetProperty("metrics").GetRawText());
    }

    [Theory]
    [MemberData(nameof(Estimators))]
    public async Task Holdout_ScoresTheRowsThatAreNotLearned(string estimator)
    {
        JsonElement json = await CliRun.JsonAsync([.. FitArgs(estimator), "--model", ModelPath, "--holdout", "0.25"]);
        long rows = json.GetProperty("rows").GetInt64();
        long heldOut = json.GetProperty("rows_held_out").GetInt64();
        Assert.Equal(heldOut, json.GetProperty("scored_rows").GetInt64());
        Assert.Equal((await CliRun.JsonAsync("inspect", FitArgs(estimator)[2])).GetProperty("rows").GetInt64(), rows + heldOut);
        Assert.InRange((double)heldOut / (rows + heldOut), 0.24, 0.26);
        Assert.NotEmpty(json.GetProperty("metrics").EnumerateObject());
    }

    [Fact]
    public async Task Metrics_OfClassesAreNestedAndThoseThatAreNotDefinedAreLeftOut()
    {
        JsonElement json = await CliRun.JsonAsync(
            "fit", "sgd-classifier", Repository.Sample("flights/2001-01.parquet"), "--target", "late", "--features", "distance,minute_of_day",
            "--standardize", "--holdout", "0.2", "--model", ModelPath);
        JsonElement metrics = json.GetProperty("metrics");
        Assert.InRange(metrics.GetProperty("accuracy").GetDouble(), 0.75, 0.85);
        Assert.InRange(metrics.GetProperty("recall").GetProperty("false").GetDouble(), 0.9, 1);
        Assert.InRange(metrics.GetProperty("recall").GetProperty("true").GetDouble(), 0, 0.1);
        AssertMetricsAreNumbers(metrics);
    }

    [Fact]
    public async Task Features_TakeCommasRepetitionAndPatterns()
    {
        string[] fit = ["fit", "linear-regression", Repository.Sample("bike-sharing"), "--target", "cnt", "--model", ModelPath];
        Assert.Equal(["hr", "temp", "atemp", "hum"], Features(await CliRun.JsonAsync([.. fit, "--features", "hr,*temp", "--features", "hum"])));
        Assert.Equal(["hr", "temp"], Features(await CliRun.JsonAsync([.. fit, "--features", "hr,*temp", "--exclude", "a*"])));
        Assert.DoesNotContain("cnt", Features(await CliRun.JsonAsync(fit)));
    }

    [Fact]
    public async Task Weight_OfZeroLeavesRowsOut()
    {
        string weighted = scratch.Write("weighted.parquet", "SELECT i AS x, CASE WHEN i < 50 THEN 3 * i + 1 ELSE 1000 END AS y, (i < 50)::INT AS w FROM range(100) t(i)");
        JsonElement json = await CliRun.JsonAsync("fit", "linear-regression", weighted, "--target", "y", "--weight", "w", "--model", ModelPath);
        Assert.Equal(["x"], Features(json));
        JsonElement rows = (await CliRun.JsonAsync("inspect", ModelPath)).GetProperty("tables")[0].GetProperty("rows");
        Assert.Equal(3, rows[0].GetProperty("values")[0].GetDouble(), 1e-6);
        Assert.Equal(1, rows[1].GetProperty("values")[0].GetDouble(), 1e-6);
        JsonElement scored = await CliRun.JsonAsync("evaluate", ModelPath, weighted, "--weight", "w");
        Assert.Equal(1, scored.GetProperty("metrics").GetProperty("r2").GetDouble(), 1e-9);
    }

    [Fact]
    public async Task Table_SaysWhatWasLearnedAndHowGoodItIs()
    {
        CliRun run = await CliRun.DoneAsync([.. FitArgs("sgd-classifier"), "--model", ModelPath, "--holdout", "0.2", "--standardize"]);
        Assert.Contains("sgd-classifier", run.Out, StringComparison.Ordinal);
        Assert.Contains("held out", run.Out, StringComparison.Ordinal);
        Assert.Contains("accuracy", run.Out, StringComparison.Ordinal);
        Assert.Contains("precision", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(run.Out.Split('\n'), l => l.EndsWith(' '));
        Assert.Equal("", run.Error);
    }

    [Fact]
    public async Task Progress_OnATerminalIsOneLineThatIsTakenAway()
    {
        CliRun run = await CliRun.RunAsync(
            [.. FitArgs("sgd-classifier"), "--model", ModelPath], terminalWidth: 100, TestContext.Current.CancellationToken);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("\rpass 1 (", run.Error, StringComparison.Ordinal);
        Assert.EndsWith(" \r", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', run.Error);
        Assert.All(run.Error.Split('\r'), line => Assert.True(line.Length < 100));
    }

    [Fact]
    public async Task Model_ThatIsThereAlready_IsReplacedOnlyBySuccess()
    {
        await File.WriteAllTextAsync(ModelPath, "old", TestContext.Current.CancellationToken);
        await CliRun.FailsAsync(1, ["fit", "sgd-classifier", Repository.Sample("wine"), "--target", "nothing", "--model", ModelPath]);
        Assert.Equal("old", await File.ReadAllTextAsync(ModelPath, TestContext.Current.CancellationToken));
        await CliRun.DoneAsync("fit", "sgd-classifier", Repository.Sample("wine"), "--target", "target", "--model", ModelPath);
        Assert.Equal(["my.model"], scratch.Files);
        Assert.Equal("sgd-classifier", ModelFile.Load(ModelPath).Header.Estimator);
    }

    /// <summary>Six columns of several row groups each, and a target that suits the estimator.</summary>
    static string[] Standardize(string estimator) => EstimatorCatalog.Create(estimator).NeedsCounts ? [] : ["--standardize"];

    static string[] FitArgs(string estimator) => EstimatorCatalog.Create(estimator).TargetKind switch
    {
        TargetKind.Classes => ["fit", estimator, Repository.Sample("electricity/electricity.parquet"), "--target", "class"],
        TargetKind.Number =>
        [
            "fit", estimator, Repository.Sample("diamonds/diamonds.parquet"), "--target", "price", "--features", "carat,depth,table,x,y,z",
            .. estimator.StartsWith("sgd", StringComparison.Ordinal) ? (string[])["--standardize"] : [],
        ],
        _ => ["fit", estimator, Repository.Sample("diamonds/diamonds.parquet"), "--features", "carat,depth,table,x,y,z"],
    };

    static string[] Features(JsonElement json) => [.. json.GetProperty("features").EnumerateArray().Select(f => f.GetString()!)];

    static void AssertMetricsAreNumbers(JsonElement metrics)
    {
        foreach (JsonProperty metric in metrics.EnumerateObject())
        {
            if (metric.Value.ValueKind == JsonValueKind.Object)
                AssertMetricsAreNumbers(metric.Value);
            else
                Assert.Equal(JsonValueKind.Number, metric.Value.ValueKind);
        }
    }
}
