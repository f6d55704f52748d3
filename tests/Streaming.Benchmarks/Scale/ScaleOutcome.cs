using System.Diagnostics;
using System.Text.Json;
using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Training;

namespace Streaming.Benchmarks.Scale;

/// <summary>What fits took in a process of their own, as one line of JSON.</summary>
/// <param name="Rows">Rows that were learnt from.</param>
/// <param name="Bytes">Bytes that were read.</param>
/// <param name="Seconds">Time of a fit, opening of the files included: the median of those after the warming up.</param>
/// <param name="Processor">Processor time of a fit, likewise.</param>
/// <param name="Learn">Of it, the learner's.</param>
/// <param name="PeakBytes">The most memory that the process held until the first timed fit was done, as the command makes but one.</param>
sealed record ScaleOutcome(long Rows, long Bytes, double Seconds, double Processor, double Learn, long PeakBytes)
{
    // Fits that take long vary by less than they cost.
    const double MostSeconds = 15;

    // Of the processor: code that fits run through is compiled once more when it has run for a while.
    const double WarmSeconds = 3;

    /// <summary>Fits and measures in this process.</summary>
    /// <param name="estimator">Name of the estimator.</param>
    /// <param name="folder">The data.</param>
    /// <param name="warming">Data to warm up with, which may be less of the same.</param>
    /// <param name="workers">Workers.</param>
    /// <param name="fits">Most timed fits.</param>
    public static async Task<ScaleOutcome> MeasureAsync(string estimator, string folder, string warming, int workers, int fits)
    {
        do
            await FitAsync(estimator, warming, workers);
        while (Environment.CpuUsage.TotalTime.TotalSeconds < WarmSeconds);

        var all = Stopwatch.StartNew();
        ScaleOutcome first = await FitAsync(estimator, folder, workers);
        long peak = PeakWorkingSet();
        List<ScaleOutcome> outcomes = [first];
        while (outcomes.Count < fits && all.Elapsed.TotalSeconds < MostSeconds)
            outcomes.Add(await FitAsync(estimator, folder, workers));

        return Middle(outcomes) with { PeakBytes = peak };
    }

    /// <summary>The medians of several.</summary>
    public static ScaleOutcome Middle(IReadOnlyList<ScaleOutcome> outcomes)
    {
        return outcomes[0] with
        {
            Seconds = Of(o => o.Seconds),
            Processor = Of(o => o.Processor),
            Learn = Of(o => o.Learn),
            PeakBytes = (long)Of(o => o.PeakBytes),
        };

        double Of(Func<ScaleOutcome, double> measure) => Median.Of(outcomes.Select(measure));
    }

    /// <summary>The outcome as its line.</summary>
    public string ToLine() => JsonSerializer.Serialize(this);

    /// <summary>Reads the line.</summary>
    public static ScaleOutcome Parse(string line) => JsonSerializer.Deserialize<ScaleOutcome>(line)!;

    static long PeakWorkingSet()
    {
        using var self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64;
    }

    static async Task<ScaleOutcome> FitAsync(string estimator, string folder, int workers)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        using Dataset data = Dataset.Open(folder);
        Estimator learner = Create(estimator);
        string? target = learner.TargetKind switch { TargetKind.None => null, TargetKind.Number => "c1", _ => "label" };
        FitResult fit = await learner.FitAsync(data, new TrainingOptions { Features = ["c*"], Target = target, Workers = workers });
        return new ScaleOutcome(
            fit.Model.Header.Summary.Rows,
            fit.BytesRead,
            watch.Elapsed.TotalSeconds,
            (Environment.CpuUsage.TotalTime - before).TotalSeconds,
            fit.Work.Learn.TotalSeconds,
            0);
    }

    // Time per value does not depend on the data.
    static Estimator Create(string name) => name switch
    {
        "sgd-classifier" => new SgdClassifier { LearningRate = LearningRateSchedule.Optimal },
        "incremental-pca" => new IncrementalPca { NComponents = 8 },
        _ => EstimatorCatalog.Create(name),
    };
}
