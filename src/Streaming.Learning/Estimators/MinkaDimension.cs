using MathNet.Numerics;

namespace Streaming.Learning.Estimators;

/// <summary>
/// The number of components under which the rows are most probable: Minka, "Automatic choice of dimensionality for PCA" (NIPS 2000),
/// as scikit-learn's <c>_infer_dimension</c>. The sum over pairs of directions is carried from one number to the next, so that d
/// directions take d² steps in place of d³.
/// </summary>
static class MinkaDimension
{
    // A variance at or below this is none (scikit-learn's bound).
    const double None = 1e-15;

    /// <summary>The number.</summary>
    /// <param name="variances">Variance along each direction, descending; at least one.</param>
    /// <param name="rows">Rows.</param>
    public static int Of(ReadOnlySpan<double> variances, long rows)
    {
        int d = variances.Length, best = 1;
        double highest = double.NegativeInfinity;
        double rest = 0;
        foreach (double variance in variances)
            rest += variance;

        // Over the directions that are kept, i: their logarithms; over pairs of two kept: log((v_i - v_j)(1/v_j - 1/v_i)); over pairs of a kept
        // one i and one left out j: log(v_i - v_j). And the volume of the space of directions.
        double logs = 0, kept = 0, crossing = 0, volume = 0;
        for (int rank = 1; rank < d && variances[rank - 1] >= None; rank++)
        {
            double next = variances[rank - 1];
            rest -= next;
            logs += Math.Log(next);
            volume += SpecialFunctions.GammaLn((d - rank + 1) / 2.0) - Math.Log(Math.PI) * (d - rank + 1) / 2;
            for (int i = 0; i < rank - 1; i++)
            {
                double gap = LogOf(variances[i] - next);
                crossing -= gap;
                kept += gap + Math.Log(1 / next - 1 / variances[i]);
            }

            for (int j = rank; j < d; j++)
                crossing += LogOf(next - variances[j]);

            double noise = Math.Max(None, rest / (d - rank));
            double pairs = kept + crossing;
            for (int i = 0; i < rank; i++)
                pairs += (d - rank) * Math.Log(1 / noise - 1 / variances[i]);

            double free = d * (double)rank - rank * (rank + 1.0) / 2;
            pairs += free * Math.Log(rows);
            double evidence = -rank * Math.Log(2) + volume
                - logs * rows / 2
                - Math.Log(noise) * rows * (d - rank) / 2
                + Math.Log(2 * Math.PI) * (free + rank) / 2
                - pairs / 2
                - rank * Math.Log(rows) / 2;
            if (evidence > highest)
                (highest, best) = (evidence, rank);
        }

        return best;
    }

    // Directions of equal variance can be told apart by nobody; scikit-learn fails on them.
    static double LogOf(double gap) => Math.Log(Math.Max(gap, None));
}
