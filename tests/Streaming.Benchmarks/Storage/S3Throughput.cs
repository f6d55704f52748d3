using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Training;
using Streaming.Storage;
using Streaming.Storage.S3;

namespace Streaming.Benchmarks.Storage;

/// <summary>
/// Reading one file from S3 by pipe mode's ranges, beside the AWS CLI's download of it and a plain loop of GetObjectAsync; and a fit from
/// S3 beside the same fit from disk. The server is <see cref="LoopbackServer"/> or the one of the environment (AWS_ENDPOINT_URL_S3).
/// </summary>
static class S3Throughput
{
    const int PieceBytes = 8 * 1024 * 1024;
    const string OnDisk = ", disk";
    const int MostWarmUps = 8;
    const double MostCompiling = 0.01;

    // From little to much that is computed per byte.
    static readonly (string Name, Func<Estimator> Create)[] Estimators =
    [
        ("ridge", () => new Ridge()),
        ("pca", () => new IncrementalPca { NComponents = 8 }),
        ("sgd", () => new SgdRegressor()),
        ("k-means, 8", () => new KMeans { NClusters = 8, MaxIter = 3 }),
        ("mini-batch k-means, 100", () => new MiniBatchKMeans { NClusters = 100 }),
    ];

    // Kept from run to run: a file that is shorter than what is fetched ahead would else measure how the system finds fresh memory.
    static readonly BufferPool Pool = new();

    /// <summary>The command <c>s3</c>.</summary>
    public static Command Create()
    {
        Argument<string?> folder = new("s3://BUCKET/FOLDER")
        {
            Description = "Where the file may be put; default: a server that costs next to nothing.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<long> rows = new("--rows") { Description = "Rows of the file, 86 bytes each.", DefaultValueFactory = _ => 2_000_000 };
        Option<int> rounds = new("--rounds") { Description = "How often all is measured.", DefaultValueFactory = _ => 5 };
        Option<string> only = new("--only") { Description = "Only what has this in its name.", DefaultValueFactory = _ => "" };
        Option<int?> processor = new("--server-processor")
        {
            Description = "The processor that the server of its own is kept to (taskset), and this process and the AWS CLI off; default: any.",
        };
        Option<int> workers = new("--workers") { Description = "Threads of the fits.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var command = new Command("s3", "Reads and learns from S3, beside peers.") { folder, rows, rounds, only, processor, workers };
        command.SetAction((parsed, _) => RunAsync(
            parsed.GetValue(folder),
            parsed.GetValue(rows),
            parsed.GetValue(rounds),
            parsed.GetRequiredValue(only),
            parsed.GetValue(processor),
            parsed.GetValue(workers)));
        return command;
    }

    static async Task RunAsync(string? folder, long rows, int rounds, string only, int? processor, int workers)
    {
        string local = BenchmarkData.Real(rows, "DOUBLE", "snappy");
        if (processor is { } one)
            KeepOff(one);

        using Process? server = folder == null ? LoopbackServer.Start(Path.GetDirectoryName(local)!, processor) : null;
        string remote = FileStore.Combine(folder ?? $"s3://{LoopbackServer.Bucket}", Path.GetFileName(local));
        using var store = new FileStore();
        if (store.FindFile(remote) == null)
            Upload(store, local, remote);

        long bytes = new FileInfo(local).Length;
        var cases = new (string Name, Func<Task<WorkTimes>> Run)[]
        {
            ("AWS CLI, to /dev/null", () => Alone(DownloadAsync(remote))),
            ("GetObjectAsync, whole", () => Alone(GetAsync(remote))),
            ("pipe mode, ranges", () => Alone(PipeAsync(store, remote))),
            ("a bare socket, ranges", () => Alone(Task.Run(() => BareSocket.Receive(
                new Uri(Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL_S3")!), remote["s3://".Length..], bytes, PieceBytes, Pool)))),
        };
        cases = [.. cases, .. Estimators.SelectMany(e => new (string, Func<Task<WorkTimes>>)[]
        {
            ($"fit {e.Name}{OnDisk}", () => FitAsync(e.Create(), store, local, workers)),
            ($"fit {e.Name}, S3", () => FitAsync(e.Create(), store, remote, workers)),
        })];
        cases = [.. cases.Where(c => c.Name.Contains(only, StringComparison.Ordinal) && (server != null || !c.Name.Contains("bare", StringComparison.Ordinal)))];

        await WarmUpAsync(cases.Select(c => c.Run)).ConfigureAwait(false);
        var measured = new List<Cost>[cases.Length];
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < cases.Length; i++)
                (measured[i] ??= []).Add(await MeasureAsync(cases[i].Run, server).ConfigureAwait(false));
        }

        Console.WriteLine($"{bytes / 1e6:F0} MB, {rounds} rounds: medians and, in brackets, the best; this process's CPU, and the server's; how busy that was");
        for (int i = 0; i < cases.Length; i++)
            Print(cases[i].Name, bytes, measured[i]);

        // What follows each other in a round saw the same neighbours.
        for (int i = 0; i + 1 < cases.Length; i++)
        {
            if (cases[i].Name.EndsWith(OnDisk, StringComparison.Ordinal) && cases[i + 1].Name == cases[i].Name.Replace(OnDisk, ", S3", StringComparison.Ordinal))
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{cases[i + 1].Name}: {Times(measured[i + 1], measured[i], c => c.Seconds):F2} times the time from disk, {Times(measured[i + 1], measured[i], c => c.Cpu):F2} times the CPU"));
            }
        }

        server?.StandardInput.Close();
    }

    // Threads that are started later inherit it; the fits from disk are so on the same processors as those from S3.
    static void KeepOff(int processor)
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("Option server-processor: wanted Linux, found another system.");

        using var self = Process.GetCurrentProcess();
        self.ProcessorAffinity &= ~(1 << processor);
    }

    static void Upload(FileStore store, string local, string remote)
    {
        using AtomicFile file = store.Create(remote);
        using FileStream source = File.OpenRead(local);
        source.CopyTo(file.Stream);
        file.Commit();
    }

    // The SDK and HTTP are so much code that compiling it, beside the runs that use it, takes some seconds of rounds.
    static async Task WarmUpAsync(IEnumerable<Func<Task<WorkTimes>>> runs)
    {
        for (int round = 0; round < MostWarmUps; round++)
        {
            TimeSpan compiled = JitInfo.GetCompilationTime(), cpu = Environment.CpuUsage.TotalTime;
            foreach (Func<Task<WorkTimes>> run in runs)
                await run().ConfigureAwait(false);

            if (JitInfo.GetCompilationTime() - compiled < MostCompiling * (Environment.CpuUsage.TotalTime - cpu))
                return;
        }
    }

    // Nobody works on what is read.
    static async Task<WorkTimes> Alone(Task run)
    {
        await run.ConfigureAwait(false);
        return new WorkTimes();
    }

    static async Task<Cost> MeasureAsync(Func<Task<WorkTimes>> run, Process? server)
    {
        var watch = Stopwatch.StartNew();
        TimeSpan before = Environment.CpuUsage.TotalTime, served = ServerTime();
        WorkTimes work = await run().ConfigureAwait(false);
        return new Cost(
            watch.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - before).TotalSeconds, (ServerTime() - served).TotalSeconds, work);

        TimeSpan ServerTime()
        {
            server?.Refresh();
            return server?.TotalProcessorTime ?? default;
        }
    }

    static void Print(string name, long bytes, List<Cost> measured)
    {
        Cost[] byTime = [.. measured.OrderBy(m => m.Seconds)], byCpu = [.. measured.OrderBy(m => m.Cpu)];
        Cost time = byTime[measured.Count / 2], cpu = byCpu[measured.Count / 2];
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-24}{bytes / time.Seconds / 1e6,6:F0} ({bytes / byTime[0].Seconds / 1e6:F0}) MB/s {1e9 * cpu.Cpu / bytes,6:F2} ({1e9 * byCpu[0].Cpu / bytes:F2}) ns of CPU per byte, server {1e9 * time.Server / bytes:F2}, busy {time.Server / time.Seconds:P0}"));
        if (measured.Any(m => m.Work.Decode > TimeSpan.Zero))
        {
            // Of a run: what its workers' time went to, and what lay outside all passes.
            IEnumerable<string> parts = time.Work.ByKind.Select(k => $"{k.Kind} {k.Time.TotalMilliseconds:F0}");
            Console.WriteLine($"  ms of the workers in the median run of {1000 * time.Seconds:F0}: {string.Join(", ", parts)}");
        }
    }

    static double Times(List<Cost> these, List<Cost> those, Func<Cost, double> of) => Median.Of(these.Zip(those, (a, b) => of(a) / of(b)));

    static async Task DownloadAsync(string remote)
    {
        using Process aws = Process.Start("sh", ["-c", $"aws s3 cp --quiet '{remote}' - > /dev/null"]);
        await aws.WaitForExitAsync().ConfigureAwait(false);
        if (aws.ExitCode != 0)
            throw new InvalidOperationException($"The AWS CLI ended with {aws.ExitCode}.");
    }

    static async Task GetAsync(string remote)
    {
        var address = S3Address.Parse(remote);
        using var connections = new S3Connections();
        using AmazonS3Client client = S3Settings.Open(new S3Options(), connections);
        using GetObjectResponse answer = await client.GetObjectAsync(address.Bucket, address.Key).ConfigureAwait(false);
        var buffer = new byte[128 * 1024];
        while (await answer.ResponseStream.ReadAsync(buffer).ConfigureAwait(false) > 0)
        {
        }
    }

    static Task PipeAsync(FileStore store, string remote) => Task.Run(() =>
    {
        using ByteRangeSource source = store.FindFile(remote)!.Open();
        int pieces = (int)((source.Length + PieceBytes - 1) / PieceBytes);
        using var prefetcher = new Prefetcher(Pool, 128 * 1024 * 1024, 1, CancellationToken.None);
        FetchLane lane = prefetcher.Add(pieces, p =>
        {
            long start = (long)p * PieceBytes;
            int length = (int)Math.Min(PieceBytes, source.Length - start);
            return [new FetchRange(source, start, length, 0, [(start, start + length)])];
        });
        prefetcher.Start();

        // As the decoder takes them: where they lie.
        for (long at = 0; at < source.Length; at += PieceBytes)
        {
            LentBytes lent = source.TryLend(at, (int)Math.Min(PieceBytes, source.Length - at));
            if (!lent.AreAny)
                throw new InvalidOperationException($"The bytes from {at} on were not fetched ahead.");

            lent.Return();
        }

        lane.MoveTo(pieces);
    });

    static async Task<WorkTimes> FitAsync(Estimator estimator, FileStore store, string path, int workers)
    {
        using var data = Dataset.Open([path], new DatasetOptions { Store = store }, Pool);
        string? target = estimator.TargetKind == TargetKind.None ? null : "c28";
        FitResult fit = await estimator.FitAsync(data, new TrainingOptions { Target = target, Exclude = ["label"], Workers = workers }).ConfigureAwait(false);
        return fit.Work;
    }

    /// <summary>What a run took, in seconds: on the clock, of this process's CPU, and of the server's; and what the workers of a fit did.</summary>
    readonly record struct Cost(double Seconds, double Cpu, double Server, WorkTimes Work);
}
