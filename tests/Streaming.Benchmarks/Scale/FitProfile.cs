using System.CommandLine;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Streaming.Benchmarks.Kernels;
using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Training;

namespace Streaming.Benchmarks.Scale;

/// <summary>Where the time of each estimator goes, per value that it reads, by the product's own meters.</summary>
static class FitProfile
{
    const int Columns = 28;

    /// <summary>The command <c>profile</c>.</summary>
    public static Command Create()
    {
        Option<string> output = new("--output") { Description = "The Markdown file to write.", Required = true };
        Option<long> rows = new("--rows") { Description = "Rows.", DefaultValueFactory = _ => 2_000_000 };
        Option<int> fits = new("--fits") { Description = "Fits of each estimator after one that warms up, of which the quickest counts.", DefaultValueFactory = _ => 3 };
        Option<string> only = new("--only") { Description = "Only estimators with this in their name.", DefaultValueFactory = _ => "" };
        var command = new Command("profile", "Where the time of each estimator goes, per value.") { output, rows, fits, only };
        command.SetAction((parsed, cancellation) =>
            RunAsync(parsed.GetValue(rows), parsed.GetValue(fits), parsed.GetValue(only)!, parsed.GetValue(output)!, cancellation));
        return command;
    }

    static async Task RunAsync(long rows, int fits, string only, string output, CancellationToken cancellation)
    {
        string path = BenchmarkData.Real(rows, "DOUBLE", "snappy");
        var text = new StringBuilder(Introduction(rows, fits));
        foreach (Case one in Cases().Where(c => c.Title.Contains(only, StringComparison.Ordinal)))
        {
            Model? init = one.GoesOn ? (await FitAsync(path, one, null, cancellation)).Model : null;
            Cost best = await CostAsync(path, one, init, cancellation);
            for (int fit = 0; fit < fits; fit++)
            {
                Cost cost = await CostAsync(path, one, init, cancellation);
                best = cost.Processor < best.Processor ? cost : best;
            }

            string line = string.Create(
                CultureInfo.InvariantCulture,
                $"| {one.Title} | {best.Passes:F0} | {best.Storage:F2} | {best.Decode:F2} | {best.Learn:F2} | {best.Rest:F2} | {best.Processor:F2} | {best.Added:P0} | {ReadFloor(one.IsDouble):F2} | {best.Allocated:F3} |");
            Console.WriteLine(line);
            text.Append(line).Append('\n');
        }

        ReportFile.Write(output, text.ToString());
    }

    // What tiles are made of, too: learners that must be exact read doubles.
    static IEnumerable<Case> Cases() =>
    [
        new("`sgd-classifier`", "label", false, new SgdClassifier()),
        new(
            "`sgd-classifier --mini-batch-size 1024 --learning-rate constant --eta0 0.5`", "label", false,
            new SgdClassifier { MiniBatchSize = 1024, LearningRate = LearningRateSchedule.Constant, Eta0 = 0.5 }),
        new(
            "the same `--shuffle false`", "label", false,
            new SgdClassifier { MiniBatchSize = 1024, LearningRate = LearningRateSchedule.Constant, Eta0 = 0.5, Shuffle = false }),
        new("`sgd-classifier --learning-rate optimal`", "label", false, new SgdClassifier { LearningRate = LearningRateSchedule.Optimal }),
        new("`sgd-regressor`", "c1", false, new SgdRegressor()),
        new("`logistic-regression`", "label", true, new LogisticRegression()),
        new("`linear-regression`", "c1", true, new LinearRegression()),
        new("`ridge`", "c1", true, new Ridge()),
        new("`incremental-pca`, 10 components", null, true, new IncrementalPca { NComponents = 10 }),
        new("`mini-batch-kmeans`, k = 8", null, false, new MiniBatchKMeans { NClusters = 8 }),
        new("`mini-batch-kmeans --init MODEL`, k = 8", null, false, new MiniBatchKMeans { NClusters = 8 }, GoesOn: true),
        new("`mini-batch-kmeans`, k = 100", null, false, new MiniBatchKMeans { NClusters = 100 }),
        new("`mini-batch-kmeans --init MODEL`, k = 100", null, false, new MiniBatchKMeans { NClusters = 100 }, GoesOn: true),
        new("`kmeans`, k = 8, 10 iterations", null, false, new KMeans { NClusters = 8, MaxIter = 10 }),
        new("`gaussian-nb`", "label", true, new GaussianNb()),
        new("`multinomial-nb`", "label", false, new MultinomialNb()),
        new("`linear-discriminant-analysis`", "label", true, new LinearDiscriminantAnalysis()),
    ];

    static async Task<Cost> CostAsync(string path, Case one, Model? init, CancellationToken cancellation)
    {
        long read = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, own) =>
            {
                if (instrument.Meter.Name == Telemetry.Name && instrument.Name == "streaming.rows")
                    own.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref read, count));
        listener.Start();
        long allocated = GC.GetTotalAllocatedBytes();
        TimeSpan before = Environment.CpuUsage.TotalTime;
        FitResult fit = await FitAsync(path, one, init, cancellation);
        TimeSpan processor = Environment.CpuUsage.TotalTime - before;
        double rows = fit.Model.Header.Summary.Rows;
        return new Cost(rows * one.Features.Length, read / rows, processor, fit.Work, GC.GetTotalAllocatedBytes() - allocated);
    }

    static async Task<FitResult> FitAsync(string path, Case one, Model? init, CancellationToken cancellation)
    {
        using Dataset data = Dataset.Open(path);
        return await one.Estimator.FitAsync(data, new TrainingOptions { Features = one.Features, Target = one.Target, Workers = 1, Init = init }, cancellation);
    }

    // Columns of the data that have no value below 0, as counts have none.
    static bool IsCount(int column) => column % 7 is 0 or 2 or 3 or 6;

    // Nanoseconds per value of reading memory, and no more.
    static double ReadFloor(bool isDouble)
    {
        const int Repetitions = 10;
        var memory = new float[1 << 26];

        // Memory that was never written is one page of zeros, which stays in the cache.
        memory.AsSpan().Fill(1);
        double seconds = KernelClock.Best(Repetitions, () => Ceilings.Read(memory))[0];
        return 1e9 * seconds / memory.Length * (isDouble ? 2 : 1);
    }

    static string Introduction(long rows, int fits) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        # Where each nanosecond goes

        {Machine.Describe()}

        Nanoseconds per value of the features, of a whole fit on one worker, from {rows:N0} rows x {Columns} doubles, Snappy, page cache warm; defaults otherwise. Of {fits} fits after one that
        warms up, the one that took least of the processor. Storage, decoding and learning by the product's own meters (`FitResult.Work`): learning includes shuffling
        and turning rows; "rest" is what the processor did outside: opening, planning, what is computed between passes, compiling and collecting garbage. The learner
        "adds" learning and the rest to storage and decoding, in percent of these. With `--init MODEL`, the fit goes on from a model of the same rows. "Passes" are
        those over all rows, of which one more for classes reads the target alone. The floor of learning in a pass is a plain read of memory, 4 bytes per value or 8,
        measured in the same run: tiles come from decoding in the cache, so a learner that does little may be below it. "Allocated" is on the managed heap, bytes
        per value, of the whole fit (`EstimatorAllocationTests` count what tiles take). The product's meters tell wall time, so this wants a machine without other work.

        ```sh
        export DOTNET_TieredPGO=0 DOTNET_gcConcurrent=0 DOTNET_GCGen0MaxBudget=200000 DOTNET_ThreadPool_UnfairSemaphoreSpinLimit=0 DOTNET_TC_CallCountingDelayMs=14   # as the command sets the runtime
        dotnet run -c Release --project tests/Streaming.Benchmarks -- profile --rows {rows} --fits {fits} --output FILE.md
        ```

        | estimator | passes | storage | decode | learn | rest | processor | adds | floor of learning | allocated |
        |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|

        """);

    /// <summary>What is fitted: all columns but the target, of which some estimators take only a part.</summary>
    sealed record Case(string Title, string? Target, bool IsDouble, Estimator Estimator, bool GoesOn = false)
    {
        public string[] Features { get; } =
            [.. Enumerable.Range(1, Columns).Where(i => Estimator is not MultinomialNb || IsCount(i)).Select(i => $"c{i}").Where(c => c != Target)];
    }

    /// <summary>What a fit took; times in nanoseconds per value.</summary>
    sealed record Cost(double Values, double Passes, TimeSpan Total, WorkTimes Work, long AllocatedBytes)
    {
        public double Storage => Per(Work.Storage);

        public double Decode => Per(Work.Decode);

        public double Learn => Per(Work.Learn);

        public double Rest => Math.Max(0, Processor - Storage - Decode - Learn);

        public double Processor => Per(Total);

        public double Added => (Learn + Rest) / (Storage + Decode);

        public double Allocated => AllocatedBytes / Values;

        double Per(TimeSpan time) => 1e9 * time.TotalSeconds / Values;
    }
}
