using Streaming.Learning.Estimators;
using Streaming.Learning.Numerics;

namespace Streaming.Learning.Tests.Estimators;

/// <summary>
/// Data that other languages can make bit for bit: u(i, j) = (SplitMix64 finaliser of 1000 i + j + 1, top 24 bits) / 2²⁴ - ½.
/// </summary>
static class Sample
{
    public const int Rows = 200;

    public static double U(int row, int column) => (KeyedRandom.Mix((ulong)(row * 1000L + column + 1)) >> 40) / 16777216.0 - 0.5;

    /// <summary>Five columns, uniform, spreads 1, 2, 4, 8, 16 (exact in float32).</summary>
    public static double[][] Features { get; } = Make(i => [U(i, 0), U(i, 1) * 2, U(i, 2) * 4, U(i, 3) * 8, U(i, 4) * 16]);

    /// <summary>The same columns, all of spread 1.</summary>
    public static double[][] UnitFeatures { get; } = Make(i => [U(i, 0), U(i, 1), U(i, 2), U(i, 3), U(i, 4)]);

    /// <summary><see cref="Features"/>, or their absolute values for estimators that want counts.</summary>
    public static double[][] FeaturesFor(Estimator estimator) =>
        estimator.NeedsCounts ? [.. Features.Select(row => row.Select(Math.Abs).ToArray())] : Features;

    public static double[] Weights { get; } = [.. Enumerable.Range(0, Rows).Select(i => U(i, 501) + 1)];

    public static double[] Numbers { get; } =
        [.. Features.Select((x, i) => 3 * x[0] - 2 * x[1] + x[2] * 0.5 - 0.25 * x[3] + 10 + U(i, 500))];

    public static double[] TwoClasses { get; } =
        [.. Features.Select((x, i) => x[0] + x[1] - 0.5 * x[2] + 0.1 * x[4] + U(i, 500) > 0.1 ? 1.0 : 0.0)];

    public static double[] ThreeClasses { get; } =
        [.. Features.Select((x, i) => x[0] + x[1] + U(i, 500) > 0.4 ? 2.0 : x[2] > 0.5 ? 1.0 : 0.0)];

    public static double[][] Make(Func<int, double[]> row) => [.. Enumerable.Range(0, Rows).Select(row)];
}
