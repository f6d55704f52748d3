using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Streaming.Benchmarks.Kernels;
using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Numerics;

namespace Streaming.Benchmarks.Peers;

/// <summary>One pass of mini-batch k-means over tiles in memory, beside scikit-learn's <c>partial_fit</c> over arrays in memory: assigning and moving alone.</summary>
static class PartialFitBenchmark
{
    const int TileRows = 1024;

    // Tiles of a round, as many as there are partitions unless told otherwise.
    const int Partitions = 8;

    // Rows of each shape are 256 MiB: more than caches hold, and ten rounds of the widest.
    const int Values = 1 << 26;

    /// <summary>The command <c>partial-fit</c>.</summary>
    public static Command Create()
    {
        Option<int> passes = new("--passes") { Description = "Passes, of which the best counts.", DefaultValueFactory = _ => 5 };
        Option<string> output = new("--output") { Description = "The Markdown file to write.", Required = true };
        var command = new Command("partial-fit", "A pass of mini-batch k-means over rows in memory beside scikit-learn's partial_fit.") { passes, output };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(passes), parsed.GetValue(output)!, cancellation));
        return command;
    }

    static async Task RunAsync(int passes, string output, CancellationToken cancellation)
    {
        var text = new StringBuilder();
        string remark = "";
        foreach ((int features, int clusters, double goal) in new[] { (16, 8, 12.0), (32, 100, 5.5), (64, 256, 4.0), (784, 100, 2.7) })
        {
            int rows = Values / features / TileRows * TileRows;
            double own = Seconds(features, clusters, rows / TileRows, passes);
            (double peer, remark) = await PeerSecondsAsync(features, clusters, rows, passes, cancellation);
            string line = string.Create(
                CultureInfo.InvariantCulture,
                $"| {features} | {clusters} | {1e9 * own / rows:F1} | {1e9 * peer / rows:F1} | {peer / own:F1} x | {goal:F1} x | {peer / own / goal:P0} |");
            Console.WriteLine(line);
            text.Append(line).Append('\n');
        }

        ReportFile.Write(output, Introduction(passes, remark) + text);
    }

    static double Seconds(int features, int clusters, int tileCount, int passes)
    {
        using var tiles = new KernelTiles();
        RowBatch[] all = [.. Enumerable.Range(0, tileCount).Select(_ => tiles.Next(features, TileRows))];
        var random = new KeyedRandom(clusters, "partial fit");
        var centers = new ClusterCenters(clusters, features);
        foreach (ref double value in centers.Values.AsSpan())
            value = 2 * random.NextDouble() - 1;

        centers.Pack();
        double best = double.PositiveInfinity;

        // The first passes warm the code up.
        for (int pass = -passes; pass < passes; pass++)
        {
            var epoch = new MiniBatchKMeansPass("epoch", centers, new double[clusters], double.PositiveInfinity);
            epoch.Begin(Partitions);
            double seconds = Seconds(epoch, all);
            if (pass >= 0)
                best = Math.Min(best, seconds);
        }

        return best;
    }

    // Workers take the tiles of a round as they come to them; the last to be done ends it. They wait awake, as OpenMP's do for scikit-learn.
    static double Seconds(MiniBatchKMeansPass epoch, RowBatch[] tiles)
    {
        int workers = Environment.ProcessorCount, round = 0, taken = 0;
        var watch = new Stopwatch();
        using var start = new Barrier(workers, _ => watch.Start());
        using var end = new Barrier(workers, _ =>
        {
            epoch.EndRound([.. Enumerable.Range(0, Math.Min(Partitions, tiles.Length - round))]);
            round += Partitions;
            taken = 0;
        });
        Thread[] threads = [.. Enumerable.Range(0, workers).Select(_ => new Thread(Work))];
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());
        return watch.Elapsed.TotalSeconds;

        void Work()
        {
            start.SignalAndWait();
            while (round < tiles.Length)
            {
                for (int p; (p = Interlocked.Increment(ref taken) - 1) < Partitions && round + p < tiles.Length;)
                    epoch.Contribute(p, tiles[round + p]);

                end.SignalAndWait();
            }
        }
    }

    static async Task<(double Seconds, string Remark)> PeerSecondsAsync(int features, int clusters, int rows, int passes, CancellationToken cancellation)
    {
        ProcessStartInfo start = PeerProcess.OfPython("partial_fit.py", $"{features}", $"{clusters}", $"{rows}", $"{passes}");
        JsonElement json = JsonDocument.Parse(await ChildProcess.RunAsync(start, cancellation)).RootElement;
        return (json.GetProperty("seconds").GetDouble(), json.GetProperty("remark").GetString()!);
    }

    static string Introduction(int passes, string remark) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        # A pass of mini-batch k-means over rows in memory

        {Machine.Describe()}; {remark}.

        Assigning rows to centres and moving these, nothing else: no decoding, no search for a start. Ours: tiles of {TileRows} rows, as decoding leaves them,
        in rounds of {Partitions}, on all processors. scikit-learn: `MiniBatchKMeans.partial_fit` on a float32 array in the size of batch that is quickest, on all processors. The best of
        {passes} passes each.

        ```sh
        DOTNET_TieredCompilation=0 dotnet run -c Release --project tests/Streaming.Benchmarks -- partial-fit --passes {passes} --output FILE.md
        ```

        | d | k | Streaming, ns per row | scikit-learn, ns per row | ratio | goal | of goal |
        |---:|---:|---:|---:|---:|---:|---:|

        """);
}
