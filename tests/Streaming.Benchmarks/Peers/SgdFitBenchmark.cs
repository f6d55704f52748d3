using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using System.Text.Json;
using Streaming.Benchmarks.Kernels;
using Streaming.Learning.Data;
using Streaming.Learning.Estimators;

namespace Streaming.Benchmarks.Peers;

/// <summary>One epoch of logistic descent over rows in memory, beside scikit-learn's <c>SGDClassifier</c> over the same rows: time, loss, coefficients.</summary>
static class SgdFitBenchmark
{
    const int Features = 28, TileRows = 1024, Tiles = 1 << 10;

    static readonly int[] BatchRows = [256, 1024];
    static readonly double[] Steps = [0.03, 0.1, 0.2, 0.5, 1, 2, 4];

    /// <summary>The command <c>sgd-fit</c>.</summary>
    public static Command Create()
    {
        Option<int> passes = new("--passes") { Description = "Epochs, of which the quickest counts.", DefaultValueFactory = _ => 5 };
        Option<string> output = new("--output") { Description = "The Markdown file to write.", Required = true };
        var command = new Command("sgd-fit", "An epoch of logistic descent over rows in memory beside scikit-learn's SGDClassifier.") { passes, output };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(passes), parsed.GetValue(output)!, cancellation));
        return command;
    }

    static async Task RunAsync(int passes, string output, CancellationToken cancellation)
    {
        using var tiles = new KernelTiles();
        RowBatch[] rows = [.. Enumerable.Range(0, Tiles).Select(_ => tiles.Next(Features, TileRows, isRowMajor: true))];
        JsonElement peer = await PeerAsync(rows, passes, cancellation);
        string best = peer.GetProperty("best").GetDouble().ToString(CultureInfo.InvariantCulture);
        SgdClassifier[] batches = [.. BatchRows.Select(size => Tuned(size, rows))];
        (string Name, SgdClassifier Parameters, int Peer, double? Goal)[] cases =
        [
            ("row by row, `constant`, `eta0` 0.01", new SgdClassifier { LearningRate = LearningRateSchedule.Constant, Eta0 = 0.01 }, 0, 6.5),
            ("row by row, `optimal`", new SgdClassifier { LearningRate = LearningRateSchedule.Optimal }, 1, 6.5),
            .. batches.Select(b => (
                string.Create(CultureInfo.InvariantCulture, $"`mini_batch_size` {b.MiniBatchSize}, `constant`, `eta0` {b.Eta0} beside `eta0` {best}, each its best"), b, 2, (double?)25)),
            ($"default beside `constant`, `eta0` {best}, its best", new SgdClassifier(), 2, null),
        ];
        var text = new StringBuilder();
        foreach ((string name, SgdClassifier parameters, int i, double? goal) in cases)
        {
            double read = ReadSeconds(rows, passes);
            (double own, double[] found) = Fit(parameters, rows, passes);
            double seconds = peer.GetProperty("seconds")[i].GetDouble(), ratio = seconds / own;
            double[] wanted = [.. peer.GetProperty("coefficients")[i].EnumerateArray().Select(c => c.GetDouble())];
            double apart = found.Zip(wanted, (a, b) => Math.Abs(a - b)).Max(), count = Tiles * TileRows;
            string line = string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {1e9 * own / count:F1} | {1e9 * seconds / count:F1} | {ratio:F1} x | {(goal is null ? "-" : $"{goal:F1} x")} | {(goal is null ? "-" : $"{ratio / goal:P0}")} "
                + $"| {read / own:P0} | {Loss(found, rows):F5} | {peer.GetProperty("losses")[i].GetDouble():F5} | {apart:E1} |");
            Console.WriteLine(line);
            text.Append(line).Append('\n');
        }

        ReportFile.Write(output, Introduction(passes, peer.GetProperty("remark").GetString()!) + text);
    }

    // Each epoch begins at weights of zero; the first ones warm the code up.
    static (double Seconds, double[] Coefficients) Fit(SgdClassifier parameters, RowBatch[] rows, int passes)
    {
        string[] names = [.. Enumerable.Range(0, Features).Select(j => $"x{j}")];
        var context = new FitContext(names, FeatureScaling.Identity(Features), null, Tiles * TileRows, 1, TileRows, 0);
        double best = double.PositiveInfinity;
        double[] coefficients = [];
        for (int pass = -2; pass < passes; pass++)
        {
            var plain = new SgdWeights(parameters, 1, Features);
            ISgdLearner normalized = SgdLearner.Of<SgdSeparateLoss<LogisticLanes>>(parameters, context, 1, ClassWeights.None);
            bool isPlain = parameters.LearningRate != LearningRateSchedule.Normalized;
            SgdPass epoch = !isPlain ? normalized.NewPass("", "", shuffle: false)
                : parameters.MiniBatchSize == 1 ? new SgdPass<LogisticLoss>("", plain, ClassWeights.None, shuffle: false)
                : new SgdMiniBatchPass<LogisticBlockLoss>("", plain, parameters.MiniBatchSize, ClassWeights.None, shuffle: false);
            var watch = Stopwatch.StartNew();
            foreach (RowBatch tile in rows)
                epoch.Learn(tile);

            epoch.Finish();
            if (pass >= 0)
                best = Math.Min(best, watch.Elapsed.TotalSeconds);

            (double[] coef, double[] intercept) = isPlain ? plain.Result() : normalized.Result();
            coefficients = [.. coef, .. intercept];
        }

        return (best, coefficients);
    }

    // The constant step that leaves the least loss.
    static SgdClassifier Tuned(int batchRows, RowBatch[] rows) => Steps
        .Select(eta0 => new SgdClassifier { LearningRate = LearningRateSchedule.Constant, Eta0 = eta0, MiniBatchSize = batchRows })
        .MinBy(parameters => Loss(Fit(parameters, rows, 1).Coefficients, rows))!;

    // A plain read of the same rows, padding included, as the descent reads it.
    static unsafe double ReadSeconds(RowBatch[] rows, int passes)
    {
        double best = double.PositiveInfinity;
        float sum = 0;
        for (int pass = 0; pass < passes; pass++)
        {
            var watch = Stopwatch.StartNew();
            foreach (RowBatch tile in rows)
            {
                Vector512<float> a = default, b = default;
                long length = (long)tile.RowCount * tile.RowStride;
                for (long i = 0; i < length; i += 32)
                    (a, b) = (a + Vector512.Load(tile.Rows + i), b + Vector512.Load(tile.Rows + i + 16));

                sum += Vector512.Sum(a + b);
            }

            best = Math.Min(best, watch.Elapsed.TotalSeconds);
        }

        return float.IsNaN(sum) ? double.NaN : best;
    }

    static unsafe double Loss(double[] coefficients, RowBatch[] rows)
    {
        double sum = 0;
        foreach (RowBatch tile in rows)
        {
            for (int i = 0; i < tile.RowCount; i++)
            {
                double output = coefficients[Features];
                for (int j = 0; j < Features; j++)
                    output += coefficients[j] * tile.Rows[i * tile.RowStride + j];

                sum += LogisticLoss.At(output, tile.TargetPointer[i], 0).Loss;
            }
        }

        return sum / (Tiles * TileRows);
    }

    static async Task<JsonElement> PeerAsync(RowBatch[] rows, int passes, CancellationToken cancellation)
    {
        string folder = Directory.CreateTempSubdirectory("sgd-fit").FullName;
        try
        {
            string features = Path.Combine(folder, "features"), classes = Path.Combine(folder, "classes");
            Write(rows, features, classes);
            ProcessStartInfo start = PeerProcess.OfPython("sgd_fit.py", $"{Features}", $"{Tiles * TileRows}", $"{passes}", features, classes);
            return JsonDocument.Parse(await ChildProcess.RunAsync(start, cancellation)).RootElement;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static unsafe void Write(RowBatch[] rows, string features, string classes)
    {
        using FileStream values = File.Create(features), targets = File.Create(classes);
        foreach (RowBatch tile in rows)
        {
            for (int i = 0; i < tile.RowCount; i++)
                values.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<float>(tile.Rows + (long)i * tile.RowStride, Features)));

            targets.Write(MemoryMarshal.AsBytes(tile.Target));
        }
    }

    static string Introduction(int passes, string remark) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        # An epoch of logistic descent over rows in memory

        {Machine.Describe()}; {remark}.

        {Tiles * TileRows:N0} rows x {Features} features, one epoch from weights of zero, in the order of the rows, on one thread, learning alone: no decoding, no shuffling. Ours: rows
        of float32, as training sees them. scikit-learn: `SGDClassifier.partial_fit` on one float64 array, `alpha` 1e-4. Row by row both take the same steps; mini-batches and our
        default schedule are other algorithms, so they stand beside the constant step that leaves scikit-learn the least loss. Losses are means over these rows; the last column is the largest
        difference of a coefficient. "Of a read" is the time of a plain read of the same rows, measured before each case, beside the epoch's; the goal for mini-batches is 85 %. The best of {passes} epochs each.

        ```sh
        DOTNET_TieredCompilation=0 dotnet run -c Release --project tests/Streaming.Benchmarks -- sgd-fit --passes {passes} --output FILE.md
        ```

        | steps | Streaming, ns per row | scikit-learn, ns per row | ratio | goal | of goal | of a read | loss | its loss | coefficients apart |
        |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|

        """);
}
