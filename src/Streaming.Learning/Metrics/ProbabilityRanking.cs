using Streaming.Learning.Numerics;

namespace Streaming.Learning.Metrics;

/// <summary>What follows from the bins of a <see cref="ProbabilityHistogram"/>, taken from the highest probability down.</summary>
struct ProbabilityRanking
{
    double positives;
    double negatives;
    double pairs;
    double pairsInDoubt;
    double precision;
    double precisionInDoubt;

    /// <summary>
    /// The area under the ROC curve: the share of pairs of a positive and a negative row in which the positive one has the higher
    /// probability; ties and other pairs in the same bin count half. The exact area is at most <c>ErrorBound</c> away: half the share
    /// of those other pairs. Both are NaN unless there are positive and negative rows.
    /// </summary>
    public readonly (double Area, double ErrorBound) RocAuc =>
        positives * negatives is > 0 and var all ? (pairs / all, pairsInDoubt / all) : (double.NaN, double.NaN);

    /// <summary>
    /// The average precision, the area under the curve of precision over recall without interpolation: the mean over the positive rows
    /// of the share of positive rows among those with at least their probability. The rows of a bin that are no ties count as mixed
    /// evenly; in the exact value, at most <c>ErrorBound</c> away, the positive ones may stand before or behind the negative ones. Both
    /// are NaN without positive rows.
    /// </summary>
    public readonly (double Value, double ErrorBound) AveragePrecision =>
        positives > 0 ? (precision / positives, precisionInDoubt / positives) : (double.NaN, double.NaN);

    /// <summary>Takes the next bin.</summary>
    public void Take(in ProbabilityBin bin)
    {
        bool areTies = bin.AreTies;
        pairs += bin.Negative * (positives + bin.Positive / 2);
        pairsInDoubt += areTies ? 0 : bin.Negative * bin.Positive / 2;
        double behind = negatives + bin.Negative, before = positives + bin.Positive;
        if (bin.Positive > 0 && areTies)
        {
            precision += bin.Positive * before / (before + behind);
        }
        else if (bin.Positive > 0)
        {
            double above = positives + negatives;
            double mixed = Integral(bin.Positive, positives, above, (bin.Positive + bin.Negative) / bin.Positive);
            double least = Integral(bin.Positive, positives, above + bin.Negative, 1);
            double most = bin.Positive * before / (before + negatives);
            precision += mixed;
            precisionInDoubt += Math.Max(most - mixed, mixed - least);
        }

        (positives, negatives) = (before, behind);
    }

    /// <summary>The integral of (positives + x) / (all + slope · x) for x from 0 to <paramref name="end"/>.</summary>
    static double Integral(double end, double positives, double all, double slope) =>
        all == 0 ? end / slope : (end + (positives - all / slope) * Elementary.Log(1 + slope * end / all)) / slope;
}
