using System.Text.Json;
using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Storage.Tests.S3.Proxy;
using Streaming.Storage.Tests.S3.Server;

namespace Streaming.Cli.Tests.S3;

/// <summary>Models of data in S3 are those of the same data on disk, byte for byte, whatever happens on the way.</summary>
[Trait("Category", "S3")]
public sealed class S3FitTests(S3Server server) : IAsyncLifetime
{
    // Those that pass. One that stalls takes as long as the silence that is borne, which the command does not let anybody choose: the tests of the
    // storage have it.
    static readonly Fault[] Passing =
    [
        Fault.Reset, Fault.LostAnswer, Fault.Truncated, Fault.SlowFirstByte, Fault.InternalError, Fault.SlowDown, Fault.ClockSkew, Fault.ExpiredToken,
    ];

    S3Flights flights = null!;

    public static TheoryData<string> Estimators => [.. EstimatorCatalog.All.Select(e => e.Name)];

    public async ValueTask InitializeAsync() => flights = await S3Flights.CreateAsync(server);

    public async ValueTask DisposeAsync()
    {
        if (flights != null)
            await flights.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Estimators))]
    public async Task Fit_OverAConnectionOfWhichOneRequestInTwentyFails_GivesTheModelFromDisk(string estimator)
    {
        await CliRun.DoneAsync(FitArgs(estimator, flights.Folder, flights.In("disk.model")));
        await using var proxy = new FaultyProxy(server.Url, new SeededFaults(estimator.Length, every: 20, Passing).Choose);
        CliRun run = await CliRun.DoneAsync([.. FitArgs(estimator, flights.Prefix, flights.Bucket.In("s3.model")), "--endpoint-url", proxy.Url]);
        Assert.Contains(proxy.Seen, s => s.Fault != Fault.None);
        byte[] model = await flights.Bucket.GetAsync("s3.model");
        Assert.Equal(await BytesAsync("disk.model"), model);
        S3Secrets.AssertNone(System.Text.Encoding.Latin1.GetString(model));
        S3Secrets.AssertNone(run.Out + run.Error);
    }

    [Fact]
    public async Task Fit_OverAConnectionOfWhichOneRequestInFourFails_UsesEveryRowOnce()
    {
        JsonElement disk = await CliRun.JsonAsync(FitArgs("sgd-classifier", flights.Folder, flights.In("disk.model")));
        await using var proxy = new FaultyProxy(server.Url, new SeededFaults(1, every: 4, Passing).Choose);
        JsonElement s3 = await CliRun.JsonAsync([.. FitArgs("sgd-classifier", flights.Prefix, flights.In("s3.model")), "--endpoint-url", proxy.Url]);
        foreach (string ledger in new[] { "rows", "rows_rejected", "rows_filtered", "rows_held_out", "model_sha256" })
            Assert.Equal(disk.GetProperty(ledger).ToString(), s3.GetProperty(ledger).ToString());
    }

    [Fact]
    public async Task Fit_OfSeveralBucketsAndAFolder_GivesTheModelFromDisk()
    {
        // Files are read in the order of their names: "/..." before "s3://...", the buckets in the order of their names.
        await using S3Bucket other = await server.NewBucketAsync();
        S3Bucket[] buckets = [.. new[] { flights.Bucket, other }.OrderBy(b => b.Name, StringComparer.Ordinal)];
        string[] folders = [.. Enumerable.Range(1, 6).Select(m => Path.Combine(flights.Folder, $"month={m}"))];
        string middle = await buckets[0].PutFolderAsync(folders[2], "part/month=3");
        string last = await buckets[1].PutFolderAsync(folders[3], "part/month=4");
        await CliRun.DoneAsync([.. FitArgs("ridge", folders[0], flights.In("disk.model")), folders[2], folders[3]]);
        await CliRun.DoneAsync([.. FitArgs("ridge", last, flights.In("s3.model")), folders[0], $"{middle}/*.parquet", "--endpoint-url", server.Url]);
        Assert.Equal(await BytesAsync("disk.model"), await BytesAsync("s3.model"));
    }

    [Fact]
    public async Task Fit_OfAnObjectThatIsReplacedMeanwhile_NamesIt()
    {
        string key = "flights/month=9/a.parquet";
        byte[] other = await File.ReadAllBytesAsync(Path.Combine(flights.Folder, "month=8", "a.parquet"), TestContext.Current.CancellationToken);
        int replaced = 0;
        await using var proxy = new FaultyProxy(server.Url, request =>
        {
            // Reading begins with the footers, at the ends of the files; columns begin behind four bytes of magic.
            if (request.Head["Range"]?.StartsWith("bytes=4-", StringComparison.Ordinal) == true && Interlocked.Exchange(ref replaced, 1) == 0)
                flights.Bucket.PutAsync(key, other).Wait();

            return Fault.None;
        });
        await CliRun.FailsAsync(
            1, [.. FitArgs("sgd-classifier", flights.Prefix, flights.In("s3.model")), "--endpoint-url", proxy.Url], flights.Bucket.In(key), "was replaced");
        Assert.False(File.Exists(flights.In("s3.model")));
    }

    [Theory]
    [MemberData(nameof(Estimators))]
    public async Task Fit_StoppedAtACheckpointInS3_GoesOnToTheModelFromDisk(string estimator)
    {
        await CliRun.DoneAsync(FitArgs(estimator, flights.Folder, flights.In("disk.model")));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using var proxy = new FaultyProxy(server.Url, request =>
        {
            if (request.Method == "PUT" && request.Target.Contains("/checkpoints/", StringComparison.Ordinal))
                stop.Cancel();

            return Fault.None;
        });
        string[] args =
        [
            .. FitArgs(estimator, flights.Prefix, flights.Bucket.In("s3.model")),
            "--checkpoint", flights.Bucket.In("checkpoints"), "--checkpoint-every", "2K", "--endpoint-url", proxy.Url,
        ];
        CliRun stopped = await CliRun.RunAsync(args, null, stop.Token);
        Assert.True(stopped.ExitCode == 130, stopped.Error);
        Assert.Contains(await flights.Bucket.KeysAsync(), k => k.StartsWith("checkpoints/", StringComparison.Ordinal));
        CliRun resumed = await CliRun.DoneAsync([.. args, "--resume", "--workers", "3"]);
        Assert.Contains("resuming from", resumed.Error, StringComparison.Ordinal);
        Assert.Equal(await BytesAsync("disk.model"), await flights.Bucket.GetAsync("s3.model"));
        Assert.DoesNotContain(await flights.Bucket.KeysAsync(), k => k.StartsWith("checkpoints/", StringComparison.Ordinal));
        S3Secrets.AssertNone(stopped.Out + stopped.Error + resumed.Out + resumed.Error);
    }

    [Fact]
    public async Task Fit_ThatFails_LeavesNothingInS3()
    {
        string[] before = await flights.Bucket.KeysAsync();
        string[] args = FitArgs("ridge", flights.Prefix, flights.Bucket.In("s3.model"));
        await using var proxy = new FaultyProxy(server.Url, r => r.Head["Range"]?.StartsWith("bytes=4-", StringComparison.Ordinal) == true ? Fault.AccessDenied : Fault.None);
        await CliRun.FailsAsync(1, [.. args, "--endpoint-url", proxy.Url], "access is denied");
        Assert.Equal(before, await flights.Bucket.KeysAsync());
        Assert.Equal(0, await flights.Bucket.OpenUploadsAsync());
    }

    [Theory]
    [InlineData(Fault.AccessDenied, "access is denied (403)", "s3:GetObject")]
    [InlineData(Fault.NotFound, "flights/month=")]
    public async Task Fit_ThatS3Refuses_SaysWhyInOneLineWithoutSecrets(Fault fault, params string[] wanted)
    {
        await using var proxy = new FaultyProxy(server.Url, r => r.IsRead ? fault : Fault.None);
        string[] args = [.. FitArgs("ridge", flights.Prefix, flights.In("s3.model")), "--endpoint-url", proxy.Url];
        await CliRun.FailsAsync(1, args, [flights.Prefix, .. wanted]);
        S3Secrets.AssertNone((await CliRun.RunAsync(args)).Error);
    }

    static string[] FitArgs(string name, string data, string model)
    {
        Estimator estimator = EstimatorCatalog.Create(name);
        string[] standardize = estimator.NeedsCounts ? [] : ["--standardize"];
        string[] target = estimator.TargetKind switch
        {
            TargetKind.Classes => ["--target", "late"],
            TargetKind.Number => ["--target", "delay"],
            _ => [],
        };
        return
        [
            "fit", name, data, .. target, "--features", "distance,minute,day,month", "--epochs", "2", .. standardize,
            "--holdout", "0.2", "--where", "distance >= 20", "--model", model,
        ];
    }

    Task<byte[]> BytesAsync(string name) => File.ReadAllBytesAsync(flights.In(name), TestContext.Current.CancellationToken);
}
