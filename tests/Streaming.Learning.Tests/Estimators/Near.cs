using Xunit;

namespace Streaming.Learning.Tests.Estimators;

/// <summary>Comparison of arrays with a tolerance relative to the size of each wanted value, but at least to 1 % of the largest.</summary>
static class Near
{
    public static void Equal(ReadOnlySpan<double> wanted, ReadOnlySpan<double> found, double tolerance)
    {
        Assert.Equal(wanted.Length, found.Length);
        double largest = 0;
        foreach (double value in wanted)
            largest = Math.Max(largest, Math.Abs(value));

        for (int i = 0; i < wanted.Length; i++)
        {
            double allowed = tolerance * Math.Max(Math.Abs(wanted[i]), 0.01 * largest);
            Assert.True(Math.Abs(wanted[i] - found[i]) <= allowed, $"Entry {i}: wanted {wanted[i]:R}, found {found[i]:R}.");
        }
    }
}
