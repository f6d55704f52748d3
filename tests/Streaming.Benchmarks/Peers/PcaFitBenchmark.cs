using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Streaming.Benchmarks.Kernels;
using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Numerics;
using Streaming.Learning.Passes;

namespace Streaming.Benchmarks.Peers;

/// <summary>Principal components of rows in memory, beside scikit-learn's <c>IncrementalPCA</c> over the same rows: time, and how far the subspaces are apart.</summary>
static class PcaFitBenchmark
{
    const int TileRows = 1024, Components = 10;

    // Rows of each shape are 1 GiB of doubles: enough for the eigenvectors, which are found once, not to matter much.
    const int Values = 1 << 27;

    /// <summary>The command <c>pca-fit</c>.</summary>
    public static Command Create()
    {
        Option<int> passes = new("--passes") { Description = "Passes, of which the best counts.", DefaultValueFactory = _ => 3 };
        Option<string> output = new("--output") { Description = "The Markdown file to write.", Required = true };
        var command = new Command("pca-fit", "Principal components of rows in memory beside scikit-learn's IncrementalPCA.") { passes, output };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(passes), parsed.GetValue(output)!, cancellation));
        return command;
    }

    static async Task RunAsync(int passes, string output, CancellationToken cancellation)
    {
        var text = new StringBuilder();
        string remark = "";
        foreach ((int features, double goal) in new[] { (28, 70.0), (64, 70), (128, 70), (784, 25) })
        {
            using var tiles = new KernelTiles();
            RowBatch[] rows = [.. Enumerable.Range(0, Values / features / TileRows).Select(i => Factors(tiles.Next(features, TileRows, isDouble: true), i))];
            JsonElement peer = await PeerAsync(rows, passes, cancellation);
            remark = peer.GetProperty("remark").GetString()!;
            double[] theirs = [.. peer.GetProperty("components").EnumerateArray().Select(c => c.GetDouble())];
            (double own, double[] found) = Enumerable.Range(-1, passes + 1).Select(_ => Fit(rows)).Skip(1).MinBy(f => f.Seconds);
            double seconds = peer.GetProperty("seconds").GetDouble(), ratio = seconds / own, count = rows.Length * TileRows;
            string line = string.Create(
                CultureInfo.InvariantCulture,
                $"| {features} | {1e9 * own / count:F1} | {1e9 * seconds / count:F1} | {ratio:F0} x | {goal:F0} x | {ratio / goal:P0} | {Apart(found, theirs, features):E1} |");
            Console.WriteLine(line);
            text.Append(line).Append('\n');
        }

        ReportFile.Write(output, Introduction(passes, remark) + text);
    }

    // Ten factors, each weaker than the one before, and noise: a subspace that there is something to find of.
    static unsafe RowBatch Factors(RowBatch tile, int number)
    {
        var random = new KeyedRandom(number, "factors");
        double[] factors = [.. Enumerable.Range(0, Components * tile.RowCount).Select(_ => 2 * random.NextDouble() - 1)];
        for (int j = 0; j < tile.FeatureCount; j++)
        {
            var column = new Span<double>(tile.Doubles + (long)j * tile.Stride, tile.RowCount);
            for (int k = 0; k < Components; k++)
                Lanes.AddScaled(column, factors.AsSpan(k * tile.RowCount, tile.RowCount), 2 * Math.Cos((j + 1) * (k + 1)) / (k + 2));

            for (int i = 0; i < column.Length; i++)
                column[i] = (float)column[i];
        }

        return tile;
    }

    // Partitions are summed by a worker each, as in training; then come the components themselves.
    static (double Seconds, double[] Components) Fit(RowBatch[] rows)
    {
        int features = rows[0].FeatureCount, workers = Environment.ProcessorCount;
        var estimator = new IncrementalPca { NComponents = Components };
        string[] names = [.. Enumerable.Range(0, features).Select(j => $"x{j}")];
        long count = (long)rows.Length * TileRows;
        var context = new FitContext(names, FeatureScaling.Identity(features), null, count, 1, TileRows, 0) { Partitions = workers };
        var summary = new TrainingSummary(count, 0, 1, 1, workers, TileRows, 0, false, null);
        var header = new ModelHeader(estimator.Name, names, context.Scaling, null, EstimatorParameters.ValuesOf(estimator), summary);
        var watch = Stopwatch.StartNew();
        Fitting fitting = estimator.Begin(context);
        var pass = (SumPass)fitting.NextPass()!;
        ISum[] sums = [.. Enumerable.Range(0, workers).Select(_ => pass.NewState())];
        Thread[] threads = [.. Enumerable.Range(0, workers).Select(w => new Thread(() =>
        {
            for (int i = w * rows.Length / workers; i < (w + 1) * rows.Length / workers; i++)
                sums[w].Add(rows[i]);
        }))];
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());
        pass.Complete(sums);
        var model = (PcaModel)fitting.ToModel(header);
        return (watch.Elapsed.TotalSeconds, model.Components.ToArray());
    }

    // The sine of the largest angle between the subspaces is that of what the directions of one leave unexplained of the other's, bounded by their norm (Frobenius).
    static double Apart(double[] own, double[] theirs, int features)
    {
        double sum = 0;
        for (int a = 0; a < Components; a++)
        {
            double[] rest = own[(a * features)..((a + 1) * features)];
            for (int b = 0; b < Components; b++)
            {
                ReadOnlySpan<double> other = theirs.AsSpan(b * features, features);
                Lanes.AddScaled(rest, other, -Lanes.Dot(own.AsSpan(a * features, features), other));
            }

            sum += Lanes.Dot(rest, rest);
        }

        return Math.Sqrt(sum);
    }

    static async Task<JsonElement> PeerAsync(RowBatch[] rows, int passes, CancellationToken cancellation)
    {
        string path = Path.GetTempFileName();
        try
        {
            Write(rows, path);
            int features = rows[0].FeatureCount;
            ProcessStartInfo start = PeerProcess.OfPython("pca_fit.py", $"{features}", $"{Components}", $"{passes}", path);
            return JsonDocument.Parse(await ChildProcess.RunAsync(start, cancellation)).RootElement;
        }
        finally
        {
            File.Delete(path);
        }
    }

    static unsafe void Write(RowBatch[] rows, string path)
    {
        using FileStream file = File.Create(path);
        foreach (RowBatch tile in rows)
        {
            var values = new float[tile.RowCount * tile.FeatureCount];
            for (int i = 0; i < values.Length; i++)
                values[i] = (float)tile.Doubles[(long)(i % tile.FeatureCount) * tile.Stride + i / tile.FeatureCount];

            file.Write(MemoryMarshal.AsBytes<float>(values));
        }
    }

    static string Introduction(int passes, string remark) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        # Principal components of rows in memory

        {Machine.Describe()}; {remark}.

        {Components} components of rows of {Components} factors and noise, learning alone: no decoding. Ours: tiles of {TileRows} rows of doubles, as decoding leaves them, on all processors, and the eigenvectors of their
        covariance. scikit-learn: `IncrementalPCA.partial_fit` on a float32 array in the size of batch that is quickest, on all processors; it is approximate. "Apart" is the norm of what its
        components leave unexplained of ours: the sine of the largest angle between the subspaces is at most that. The best of {passes} passes each.

        ```sh
        DOTNET_TieredCompilation=0 dotnet run -c Release --project tests/Streaming.Benchmarks -- pca-fit --passes {passes} --output FILE.md
        ```

        | d | Streaming, ns per row | scikit-learn, ns per row | ratio | goal | of goal | apart |
        |---:|---:|---:|---:|---:|---:|---:|

        """);
}
