using System.Diagnostics;
using System.Text.Json;
using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Training;

namespace Streaming.Benchmarks.Scale;

/// <summary>What fits took in a process of their own, as one line of JSON.</summary>
/// <param name="Rows">Rows that were learnt from.</param>
/// <param name="Bytes">Bytes that were read.</param>
/// <param name="Seconds">Time of a fit, opening of the files included: the median of those after the first.</param>
/// <param name="Processor">Processor time of a fit, likewise.</param>
/// <param name="Learn">Of it, the learner's.</param>
/// <param name="PeakBytes">The most memory that the process held.</param>
sealed record ScaleOutcome(long Rows, long Bytes, double Seconds, double Processor, double Learn, long PeakBytes)
{
    // Fits that take long vary by less than they cost.
    const double MostSeconds = 20;

    /// <summary>Fits and measures in this process.</summary>
    public static async Task<ScaleOutcome> MeasureAsync(string estimator, string folder, int workers, int fits)
    {
        List<ScaleOutcome> outcomes = [];
        var all = Stopwatch.StartNew();
        while (outcomes.Count <= fits && (outcomes.Count < 2 || all.Elapsed.TotalSeconds < MostSeconds))
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            var watch = Stopwatch.StartNew();
            using Dataset data = Dataset.Open(folder);
            FitResult fit = await Create(estimator).FitAsync(data, new TrainingOptions { Features = ["c*"], Target = "label", Workers = workers });
            outcomes.Add(new ScaleOutcome(
                fit.Model.Header.Summary.Rows,
                fit.BytesRead,
                watch.Elapsed.TotalSeconds,
                (Environment.CpuUsage.TotalTime - before).TotalSeconds,
                fit.Work.Learn.TotalSeconds,
                0));
        }

        ScaleOutcome[] warm = [.. outcomes.Skip(1)];
        using var self = Process.GetCurrentProcess();
        return warm[0] with { Seconds = Middle(o => o.Seconds), Processor = Middle(o => o.Processor), Learn = Middle(o => o.Learn), PeakBytes = self.PeakWorkingSet64 };

        double Middle(Func<ScaleOutcome, double> of) => Median.Of(warm.Select(of));
    }

    /// <summary>The outcome as its line.</summary>
    public string ToLine() => JsonSerializer.Serialize(this);

    /// <summary>Reads the line.</summary>
    public static ScaleOutcome Parse(string line) => JsonSerializer.Deserialize<ScaleOutcome>(line)!;

    // Time per value does not depend on the data.
    static Estimator Create(string name) =>
        name == "sgd-classifier" ? new SgdClassifier { LearningRate = LearningRateSchedule.Optimal } : EstimatorCatalog.Create(name);
}
