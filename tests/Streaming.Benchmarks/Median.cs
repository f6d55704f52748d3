namespace Streaming.Benchmarks;

/// <summary>The median, which tells more of times than their mean: what disturbs a run only ever makes it longer.</summary>
static class Median
{
    /// <summary>The value in the middle, or the mean of the two; there must be one.</summary>
    public static double Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
