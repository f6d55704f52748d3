using Streaming.Learning.Numerics;
using Streaming.Learning.State;

namespace Streaming.Learning.Metrics;

/// <summary>
/// Weights of positive and negative rows by the probability that a model gave them, in bins of relative width: p ≤ 1/2 is binned by
/// the leading bits of p, p > 1/2 by those of 1 - p, mirrored. So a model that is sure of nearly everything, or that finds one row in
/// a million, is told apart as well as one whose probabilities lie around 1/2.
/// <code>
/// p    0 … 1/16   1/8     1/4         1/2         3/4     7/8  15/16 … 1
///      |··|····|·······|···········|···········|·······|····|··|
///      octave  2       1           0           1       2              2^bits bins in each octave and on each side
/// </code>
/// A bin remembers its rows' probability as long as they all have the same one: then they are ties, and nothing is in doubt about
/// them. The first 16 · 2^bits rows wait as they are (<see cref="ProbabilityRows"/>), 16 bytes each, and so do as many behind them each time. Memory follows
/// the bins that have rows: 32 to 64 bytes for each while an octave has few of them, 32 · 2^bits bytes for a full one.
/// </summary>
sealed class ProbabilityHistogram : IPersistent
{
    // Rows below 2⁻¹²⁸ or above 1 - 2⁻¹²⁸ share one bin.
    const int Octaves = 128;
    const int MantissaBits = 52;
    const int ExponentOfHalf = 1022;

    readonly int bits;
    readonly ProbabilityRows waiting;
    readonly ProbabilityBins?[] low = new ProbabilityBins?[Octaves];
    readonly ProbabilityBins?[] high = new ProbabilityBins?[Octaves];

    /// <summary>Creates an empty histogram.</summary>
    /// <param name="bits">Each octave has 2^bits bins, so bins are narrower than 2^-bits times their distance from 0 or 1.</param>
    internal ProbabilityHistogram(int bits)
    {
        this.bits = bits;
        waiting = new ProbabilityRows(16 << bits);
    }

    /// <summary>Adds a row.</summary>
    /// <param name="probability">Probability that it is positive.</param>
    /// <param name="complement">Probability that it is not; given apart because 1 - p has lost the digits of a small one.</param>
    /// <param name="positive">Whether it is positive.</param>
    /// <param name="weight">Its weight.</param>
    internal void Add(double probability, double complement, bool positive, double weight)
    {
        if (weight == 0)
            return;

        bool isLow = probability <= complement;
        Add(new ProbabilityRow(isLow ? probability : -complement, positive ? weight : -weight));
    }

    /// <summary>Adds the rows of another histogram of the same width of bins.</summary>
    internal void Merge(ProbabilityHistogram other)
    {
        Merge(low, other.low);
        Merge(high, other.high);
        foreach (ProbabilityRow row in other.waiting.All)
            Add(row);
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        waiting.Persist(state);
        Persist(state, low);
        Persist(state, high);
    }

    /// <summary>
    /// The area under the ROC curve: the share of pairs of a positive and a negative row in which the positive one has the higher
    /// probability; ties and other pairs in the same bin count half. The exact area is at most <c>ErrorBound</c> away: half the share
    /// of those other pairs. Both are NaN unless there are positive and negative rows.
    /// </summary>
    internal (double Area, double ErrorBound) RocAuc()
    {
        double positives = 0, negatives = 0, sum = 0, doubt = 0;
        foreach ((double negative, double positive, bool areTies) in FromHighest())
        {
            sum += negative * (positives + positive / 2);
            doubt += areTies ? 0 : negative * positive / 2;
            negatives += negative;
            positives += positive;
        }

        double pairs = positives * negatives;
        return pairs > 0 ? (sum / pairs, doubt / pairs) : (double.NaN, double.NaN);
    }

    /// <summary>
    /// The average precision, the area under the curve of precision over recall without interpolation: the mean over the positive rows
    /// of the share of positive rows among those with at least their probability. The rows of a bin that are no ties count as mixed
    /// evenly; in the exact value, at most <c>ErrorBound</c> away, the positive ones may stand before or behind the negative ones. Both
    /// are NaN without positive rows.
    /// </summary>
    internal (double Value, double ErrorBound) AveragePrecision()
    {
        double positives = 0, negatives = 0, sum = 0, doubt = 0;
        foreach ((double negative, double positive, bool areTies) in FromHighest())
        {
            double behind = negatives + negative;
            if (positive > 0)
            {
                double before = positives + positive;
                if (areTies)
                {
                    sum += positive * before / (before + behind);
                }
                else
                {
                    double above = positives + negatives;
                    double mixed = Integral(positive, positives, above, (positive + negative) / positive);
                    double least = Integral(positive, positives, above + negative, 1);
                    double most = positive * before / (before + negatives);
                    sum += mixed;
                    doubt += Math.Max(most - mixed, mixed - least);
                }

                positives = before;
            }

            negatives = behind;
        }

        return positives > 0 ? (sum / positives, doubt / positives) : (double.NaN, double.NaN);
    }

    /// <summary>The integral of (positives + x) / (all + slope · x) for x from 0 to <paramref name="end"/>.</summary>
    static double Integral(double end, double positives, double all, double slope) =>
        all == 0 ? end / slope : (end + (positives - all / slope) * Elementary.Log(1 + slope * end / all)) / slope;

    /// <summary>The bins that are not empty, from the highest probability down: weight of the rows, and whether they are all ties.</summary>
    IEnumerable<(double Negative, double Positive, bool AreTies)> FromHighest()
    {
        waiting.Drain(Sort);
        return high.Reverse().SelectMany(b => b?.Filled ?? [])
            .Concat(low.SelectMany(b => b?.Filled.Reverse() ?? []))
            .Select(b => (b.Negative, b.Positive, !double.IsNaN(b.Probability)));
    }

    void Add(ProbabilityRow row)
    {
        if (waiting.IsFull)
            waiting.Drain(Sort);

        waiting.Add(row);
    }

    // Puts a row into its bin.
    void Sort(ProbabilityRow row)
    {
        double smaller = Math.Abs(row.Smaller), weight = Math.Abs(row.Weight);
        bool isLow = !double.IsNegative(row.Smaller), isPositive = row.Weight > 0;
        long raw = BitConverter.DoubleToInt64Bits(smaller);
        int octave = Math.Max(0, ExponentOfHalf - (int)(raw >> MantissaBits));
        int bin = (int)(raw >> (MantissaBits - bits)) & ((1 << bits) - 1);
        if (octave >= Octaves)
            (octave, bin) = (Octaves - 1, 0);

        ProbabilityBins bins = (isLow ? low : high)[octave] ??= new ProbabilityBins(1 << bits);
        bins.Add(new ProbabilityBin { Number = bin, Negative = isPositive ? 0 : weight, Positive = isPositive ? weight : 0, Probability = smaller });
    }

    void Persist(StateStream state, ProbabilityBins?[] octaves)
    {
        foreach (ref ProbabilityBins? octave in octaves.AsSpan())
            state.Optional(ref octave, () => new ProbabilityBins(1 << bits));
    }

    void Merge(ProbabilityBins?[] octaves, ProbabilityBins?[] others)
    {
        for (int octave = 0; octave < Octaves; octave++)
        {
            if (others[octave] is { } other)
                (octaves[octave] ??= new ProbabilityBins(1 << bits)).Merge(other);
        }
    }
}
