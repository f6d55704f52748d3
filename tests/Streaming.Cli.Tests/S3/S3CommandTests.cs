using System.Text.Json;
using Streaming.Storage.Tests.S3.Proxy;
using Streaming.Storage.Tests.S3.Server;

namespace Streaming.Cli.Tests.S3;

/// <summary>Every command says the same of data and models in S3 as of those on disk.</summary>
[Trait("Category", "S3")]
public sealed class S3CommandTests(S3Server server) : IAsyncLifetime
{
    // What one run may differ in from the next, the memory for what is fetched ahead, and what is read with a footer: of files in S3 more.
    static readonly string[] Fleeting =
    [
        "seconds", "rows_per_second", "peak_rss_bytes", "worker_seconds", "bounded_by", "runtime_share_bytes", "peak_buffer_bytes", "planned_bytes", "passes",
        "footer_bytes", "bytes_read",
    ];

    S3Flights flights = null!;

    string ModelPath => flights.In("m.model");

    public async ValueTask InitializeAsync()
    {
        flights = await S3Flights.CreateAsync(server);
        await CliRun.DoneAsync("fit", "ridge", flights.Folder, "--target", "delay", "--exclude", "late,note.text", "--model", ModelPath);
        await flights.Bucket.PutAsync("m.model", await File.ReadAllBytesAsync(ModelPath));
    }

    public async ValueTask DisposeAsync()
    {
        if (flights != null)
            await flights.DisposeAsync();
    }

    [Theory]
    [InlineData("inspect DATA")]
    [InlineData("inspect DATA --stats")]
    [InlineData("inspect MODEL")]
    [InlineData("describe DATA --correlations")]
    [InlineData("describe DATA/month=[]/*.parquet --features distance")]
    [InlineData("evaluate MODEL DATA")]
    [InlineData("evaluate MODEL DATA --where month>3")]
    [InlineData("plan fit ridge DATA --target delay --exclude note.text")]
    public async Task Json_IsThatOfTheDisk(string command)
    {
        string[] words = command.Replace("[]", "*", StringComparison.Ordinal).Split(' ');
        string[] onDisk = [.. words.Select(w => w.Replace("DATA", flights.Folder, StringComparison.Ordinal).Replace("MODEL", ModelPath, StringComparison.Ordinal))];
        string[] inS3 = [.. words.Select(w => w.Replace("DATA", flights.Prefix, StringComparison.Ordinal).Replace("MODEL", flights.Bucket.In("m.model"), StringComparison.Ordinal))];
        JsonElement disk = await CliRun.JsonAsync(onDisk);
        JsonElement s3 = await CliRun.JsonAsync([.. inS3, "--endpoint-url", server.Url]);
        foreach (JsonProperty property in disk.EnumerateObject().Where(p => !Fleeting.Contains(p.Name)))
        {
            string found = s3.GetProperty(property.Name).ToString()
                .Replace(flights.Prefix, flights.Folder, StringComparison.Ordinal).Replace(flights.Bucket.In("m.model"), ModelPath, StringComparison.Ordinal);
            Assert.Equal(property.Value.ToString(), found);
        }

        S3Secrets.AssertNone(s3.ToString());
    }

    [Theory]
    [InlineData("fit ridge DATA --target delay --exclude late,note.text --model s3.model")]
    [InlineData("sweep ridge DATA --target delay --exclude late,note.text --alpha 0.1,1 --holdout 0.2")]
    [InlineData("plan fit ridge DATA --target delay --exclude note.text")]
    [InlineData("evaluate MODEL DATA")]
    [InlineData("describe DATA --features distance")]
    [InlineData("predict MODEL DATA --output s3.parquet")]
    [InlineData("inspect MODEL")]
    [InlineData("inspect DATA --stats")]
    public async Task Report_InS3_IsWhatJsonTells(string command)
    {
        string[] words =
        [
            .. command.Split(' ').Select(w => w switch
            {
                "DATA" => flights.Folder,
                "MODEL" => flights.Bucket.In("m.model"),
                ['s', '3', '.', ..] => flights.Bucket.In(w),
                _ => w,
            }),
        ];
        CliRun run = await CliRun.DoneAsync([.. words, "--endpoint-url", server.Url, "--json", "--report", flights.Bucket.In("reports/run.json")]);
        byte[] report = await flights.Bucket.GetAsync("reports/run.json");
        Assert.Equal(run.Out, System.Text.Encoding.UTF8.GetString(report));
        S3Secrets.AssertNone(run.Out);
    }

    [Fact]
    public async Task Report_ThatCanNotBeWritten_EndsTheRunBeforeItBegins()
    {
        string[] args = ["evaluate", ModelPath, flights.Folder, "--endpoint-url", server.Url, "--report"];
        await CliRun.FailsAsync(1, [.. args, "s3://streaming-no-such-bucket/r.json"], "there is no such bucket");
        await CliRun.FailsAsync(2, [.. args, ModelPath], "which the run reads or writes besides");
    }

    [Fact]
    public async Task Predict_WritesTheBytesThatItWritesOfTheDisk()
    {
        await CliRun.DoneAsync("predict", ModelPath, flights.Folder, "--output", flights.In("disk.parquet"), "--keep", "month,delay");
        await CliRun.DoneAsync(
            "predict", flights.Bucket.In("m.model"), flights.Prefix, "--output", flights.Bucket.In("s3.parquet"), "--keep", "month,delay", "--endpoint-url", server.Url);
        Assert.Equal(await BytesAsync("disk.parquet"), await flights.Bucket.GetAsync("s3.parquet"));
    }

    [Fact]
    public async Task Predict_AsksForAKeptColumnOnceInEachRowGroup()
    {
        await using var proxy = new FaultyProxy(server.Url, _ => Fault.None);
        await CliRun.DoneAsync(
            "predict", ModelPath, $"{flights.Prefix}/month=12", "--output", flights.In("s3.parquet"), "--keep", "day,delay", "--endpoint-url", proxy.Url);

        // Of a file of three row groups: the footer, what the reader that copies looks at first, the features, and two columns that are kept.
        string?[] ranges = [.. proxy.Seen.Where(s => s.Request.IsRead).Select(s => s.Request.Head["Range"])];
        Assert.True(ranges.Length <= 1 + 4 + 3 + 3 * 2, string.Join(", ", ranges));
        Assert.All(ranges, Assert.NotNull);
    }

    [Fact]
    public async Task Export_WritesTheBytesThatItWritesOfTheDisk()
    {
        await CliRun.DoneAsync("export", ModelPath, "--onnx", flights.In("disk.onnx"));
        await CliRun.DoneAsync("export", flights.Bucket.In("m.model"), "--onnx", flights.Bucket.In("s3.onnx"), "--endpoint-url", server.Url);
        Assert.Equal(await BytesAsync("disk.onnx"), await flights.Bucket.GetAsync("s3.onnx"));
    }

    [Fact]
    public async Task Convert_WritesTheBytesThatItWritesOfTheDisk()
    {
        await File.WriteAllTextAsync(Path.Combine(flights.Folder, "b.csv"), "x,y\n1,2.5\n3,4.5\n", TestContext.Current.CancellationToken);
        await flights.Bucket.PutFolderAsync(flights.Folder, "flights");
        await CliRun.DoneAsync("convert", flights.Folder, "--output", flights.In("disk"), "--float32");
        await CliRun.DoneAsync("convert", flights.Prefix, "--output", flights.Bucket.In("s3"), "--float32", "--endpoint-url", server.Url);
        foreach (string file in new[] { "b.parquet", "month=1/a.parquet", "month=6/a.parquet" })
            Assert.Equal(await BytesAsync($"disk/{file}"), await flights.Bucket.GetAsync($"s3/{file}"));
    }

    [Fact]
    public async Task Fit_GoesOnFromAModelInS3()
    {
        string[] args = ["fit", "ridge", flights.Folder, "--endpoint-url", server.Url];
        await CliRun.DoneAsync([.. args, "--init", ModelPath, "--model", flights.In("disk.model")]);
        await CliRun.DoneAsync([.. args, "--init", flights.Bucket.In("m.model"), "--model", flights.In("s3.model")]);
        Assert.Equal(await BytesAsync("disk.model"), await BytesAsync("s3.model"));
    }

    [Fact]
    public async Task Fit_ScoresOnValidationDataInS3()
    {
        string[] args = ["fit", "ridge", flights.Folder, "--target", "delay", "--exclude", "late,note.text", "--endpoint-url", server.Url];
        JsonElement disk = await CliRun.JsonAsync([.. args, "--validation", flights.Folder, "--model", flights.In("disk.model")]);
        JsonElement s3 = await CliRun.JsonAsync([.. args, "--validation", flights.Prefix, "--model", flights.In("s3.model")]);
        Assert.Equal(disk.GetProperty("metrics").ToString(), s3.GetProperty("metrics").ToString());
    }

    Task<byte[]> BytesAsync(string name) => File.ReadAllBytesAsync(flights.In(name), TestContext.Current.CancellationToken);
}
