using System.Runtime.Intrinsics;

namespace Streaming.Learning.Numerics;

/// <summary>
/// The least of g'(v - w) + ½ (v - w)' (H + R) (v - w) + Σ cost |v| over v, by coordinate descent (Friedman, Hastie and Tibshirani,
/// "Regularization paths for generalized linear models via coordinate descent", J. Stat. Softw. 33, 2010).
/// </summary>
static class QuadraticLasso
{
    const int MostSweeps = 1000;

    // A sweep that moves no coordinate by more than this, beside the largest, is the last.
    const double Still = 1e-12;

    /// <summary>Finds the least.</summary>
    /// <param name="curvature">H: [n × n], symmetric, positive semidefinite.</param>
    /// <param name="ridge">The diagonal R; length n.</param>
    /// <param name="gradient">g; length n.</param>
    /// <param name="cost">What a coordinate's size costs; length n.</param>
    /// <param name="weights">w; receives v.</param>
    public static void Minimise(
        ReadOnlySpan<double> curvature,
        ReadOnlySpan<double> ridge,
        ReadOnlySpan<double> gradient,
        ReadOnlySpan<double> cost,
        Span<double> weights)
    {
        int n = weights.Length;
        double[] least = weights.ToArray(), slope = gradient.ToArray();
        double change = double.MaxValue, size = 1;
        for (int sweep = 0; sweep < MostSweeps && change > Still * size; sweep++)
        {
            change = size = 0;
            for (int j = 0; j < n; j++)
            {
                double h = curvature[j * n + j] + ridge[j];
                if (!(h > 0))
                    continue;

                double centre = least[j] - (slope[j] + ridge[j] * (least[j] - weights[j])) / h;
                double after = Math.CopySign(Math.Max(0, Math.Abs(centre) - cost[j] / h), centre);
                double move = after - least[j];
                if (move != 0)
                    AddTo(slope, curvature.Slice(j * n, n), move);

                least[j] = after;
                change = Math.Max(change, Math.Abs(move) * Math.Sqrt(h));
                size = Math.Max(size, Math.Abs(after) * Math.Sqrt(h));
            }
        }

        least.CopyTo(weights);
    }

    static void AddTo(Span<double> sum, ReadOnlySpan<double> vector, double times)
    {
        Vector512<double> factor = Vector512.Create(times);
        int i = 0;
        for (; i + 8 <= sum.Length; i += 8)
            Vector512.FusedMultiplyAdd(factor, Vector512.Create(vector.Slice(i, 8)), Vector512.Create<double>(sum.Slice(i, 8))).CopyTo(sum[i..]);

        for (; i < sum.Length; i++)
            sum[i] = Math.FusedMultiplyAdd(times, vector[i], sum[i]);
    }
}
