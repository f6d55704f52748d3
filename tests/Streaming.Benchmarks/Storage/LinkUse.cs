using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Streaming.Storage;
using Streaming.Storage.S3;

namespace Streaming.Benchmarks.Storage;

/// <summary>
/// How much of a link of 10 Gbit/s, 60 ms to the first byte and 90 MB/s per connection, the defaults use: readers of eight
/// partitions take row groups of 28 MiB as fast as they come, in at most 256 MiB.
/// </summary>
static class LinkUse
{
    const int Partitions = 8;
    const int GroupBytes = 28 * 1024 * 1024;
    const long Memory = 256L * 1024 * 1024;
    const double Link = 1.25e9;

    /// <summary>The command <c>s3-link</c>.</summary>
    public static Command Create()
    {
        Option<int> groups = new("--groups") { Description = "Row groups of each partition.", DefaultValueFactory = _ => 40 };
        var command = new Command("s3-link", "How much of a simulated link of 10 Gbit/s is used.") { groups };
        command.SetAction(parsed => Run(parsed.GetValue(groups)));
        return command;
    }

    static void Run(int groups)
    {
        using var client = new S3Client(
            new S3Options { EndpointUrl = "http://simulated.test", NoSignRequest = true },
            new SimulatedLink(TimeSpan.FromMilliseconds(60), 90e6, Link));
        using var pool = new BufferPool(Memory + 64 * 1024 * 1024);
        S3Source[] sources = [.. Enumerable.Range(0, Partitions).Select(p => new S3Source(
            client, new StoredObject(new S3Address("bucket", string.Create(CultureInfo.InvariantCulture, $"{p}.parquet")), (long)groups * GroupBytes, "\"1\"")))];
        using var prefetcher = new Prefetcher(pool, Memory, Partitions, CancellationToken.None);
        FetchLane[] lanes = [.. sources.Select(s => prefetcher.Add(groups, g => RangesOf(s, g)))];
        var watch = Stopwatch.StartNew();
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        prefetcher.Start();
        Thread[] readers = [.. Enumerable.Range(0, Partitions).Select(p => new Thread(() => Read(sources[p], lanes[p], groups)))];
        foreach (Thread reader in readers)
            reader.Start();

        foreach (Thread reader in readers)
            reader.Join();

        double seconds = watch.Elapsed.TotalSeconds;
        double bytes = (double)Partitions * groups * GroupBytes;
        double cpuSeconds = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{bytes / 1e9:F1} GB in {seconds:F2} s: {bytes / seconds / 1e6:F0} MB/s, {100 * bytes / seconds / Link:F0} % of the link; {client.Traffic.Requests} requests, {pool.PeakBytes / 1048576.0:F0} MiB, {1e9 * cpuSeconds / bytes:F2} ns of CPU per byte"));
    }

    // As a row group of 28 MiB is cut where memory holds fewer than two of them per partition.
    static List<FetchRange> RangesOf(S3Source source, int group)
    {
        const int Columns = 28;
        long start = (long)group * GroupBytes;
        int piece = GroupBytes / Columns;
        return [.. Enumerable.Range(0, Columns).Select(c => new FetchRange(
            source, start + c * (long)piece, piece, 0, [(start + c * (long)piece, start + (c + 1) * (long)piece)]))];
    }

    static void Read(S3Source source, FetchLane lane, int groups)
    {
        var window = new byte[256 * 1024];
        for (int g = 0; g < groups; g++)
        {
            lane.MoveTo(g);
            for (long at = 0; at < GroupBytes; at += window.Length)
                source.Read((long)g * GroupBytes + at, window);
        }

        lane.MoveTo(groups);
    }
}
