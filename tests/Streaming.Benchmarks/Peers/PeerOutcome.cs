using System.Diagnostics;
using System.Text.Json;

namespace Streaming.Benchmarks.Peers;

/// <summary>What a contender's process tells, as one line of JSON: scikit-learn's script writes the same.</summary>
/// <param name="Seconds">Time of each fit, in order.</param>
/// <param name="Processor">Processor time of each fit.</param>
/// <param name="PeakBytes">The most memory that the process held (VmHWM).</param>
/// <param name="Weights">Coefficients, centres or directions, row-major; empty if there is no model.</param>
/// <param name="Intercept">The intercept of linear models.</param>
/// <param name="Remark">Versions and settings that only the process knows.</param>
sealed record PeerOutcome(double[] Seconds, double[] Processor, long PeakBytes, double[] Weights, double Intercept, string Remark)
{
    // Fits after the first are for what a warm process takes; slow ones vary by less than they cost.
    const double MostSeconds = 20;

    /// <summary>The first fit of a fresh process, compiling and all.</summary>
    public double First => Seconds[0];

    /// <summary>The median of the later fits, or the first if there is no other.</summary>
    public double Again => MedianAfterFirst(Seconds);

    /// <summary>Processor time of those.</summary>
    public double ProcessorAgain => MedianAfterFirst(Processor);

    /// <summary>Fits and measures in this process.</summary>
    public static PeerOutcome Measure(int fits, Func<(double[] Weights, double Intercept)> fit, string remark)
    {
        List<double> seconds = [], processor = [];
        (double[] Weights, double Intercept) model = ([], 0);
        var all = Stopwatch.StartNew();
        while (seconds.Count < fits && all.Elapsed.TotalSeconds < MostSeconds)
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            var watch = Stopwatch.StartNew();
            model = fit();
            seconds.Add(watch.Elapsed.TotalSeconds);
            processor.Add((Environment.CpuUsage.TotalTime - before).TotalSeconds);
        }

        using Process self = Process.GetCurrentProcess();
        return new PeerOutcome([.. seconds], [.. processor], self.PeakWorkingSet64, model.Weights, model.Intercept, remark);
    }

    /// <summary>The outcome as its line.</summary>
    public string ToLine() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

    /// <summary>Reads the line.</summary>
    public static PeerOutcome Parse(string line) => JsonSerializer.Deserialize<PeerOutcome>(line, JsonSerializerOptions.Web)!;

    static double MedianAfterFirst(double[] values) => Median.Of(values.Skip(values.Length > 1 ? 1 : 0));
}
