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
/// An octave's bins are made when its first row comes, so memory follows the octaves that occur: 16 · 2^bits bytes for each.
/// </summary>
sealed class ProbabilityHistogram : IPersistent
{
    // Rows below 2⁻¹²⁸ or above 1 - 2⁻¹²⁸ share one bin.
    const int Octaves = 128;
    const int MantissaBits = 52;
    const int ExponentOfHalf = 1022;

    readonly int bits;
    readonly double[]?[] low = new double[]?[Octaves];
    readonly double[]?[] high = new double[]?[Octaves];

    /// <summary>Creates an empty histogram.</summary>
    /// <param name="bits">Each octave has 2^bits bins, so bins are narrower than 2^-bits times their distance from 0 or 1.</param>
    internal ProbabilityHistogram(int bits) => this.bits = bits;

    /// <summary>Adds a row.</summary>
    /// <param name="probability">Probability that it is positive.</param>
    /// <param name="complement">Probability that it is not; given apart because 1 - p has lost the digits of a small one.</param>
    /// <param name="positive">Whether it is positive.</param>
    /// <param name="weight">Its weight.</param>
    internal void Add(double probability, double complement, bool positive, double weight)
    {
        bool isLow = probability <= complement;
        long raw = BitConverter.DoubleToInt64Bits(isLow ? probability : complement);
        int octave = Math.Max(0, ExponentOfHalf - (int)(raw >> MantissaBits));
        int bin = (int)(raw >> (MantissaBits - bits)) & ((1 << bits) - 1);
        if (octave >= Octaves)
            (octave, bin) = (Octaves - 1, 0);

        double[] page = (isLow ? low : high)[octave] ??= new double[2 << bits];
        page[2 * bin + (positive ? 1 : 0)] += weight;
    }

    /// <summary>Adds the rows of another histogram of the same width of bins.</summary>
    internal void Merge(ProbabilityHistogram other)
    {
        Merge(low, other.low);
        Merge(high, other.high);
    }

    /// <summary>
    /// The area under the ROC curve: the share of pairs of a positive and a negative row in which the positive one has the higher
    /// probability; pairs in the same bin count half. The exact area is at most <c>ErrorBound</c> away: half the share of such
    /// pairs. Both are NaN unless there are positive and negative rows.
    /// </summary>
    internal (double Area, double ErrorBound) RocAuc()
    {
        double positives = 0, negatives = 0, ordered = 0, tied = 0;
        for (int octave = Octaves - 1; octave >= 0; octave--)
        {
            for (int bin = 0; bin < 1 << bits && low[octave] is { } page; bin++)
                Take(page[2 * bin], page[2 * bin + 1]);
        }

        for (int octave = 0; octave < Octaves; octave++)
        {
            for (int bin = (1 << bits) - 1; bin >= 0 && high[octave] is { } page; bin--)
                Take(page[2 * bin], page[2 * bin + 1]);
        }

        double pairs = positives * negatives;
        return pairs > 0 ? ((ordered + tied / 2) / pairs, tied / 2 / pairs) : (double.NaN, double.NaN);

        void Take(double negative, double positive)
        {
            ordered += positive * negatives;
            tied += positive * negative;
            negatives += negative;
            positives += positive;
        }
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        Persist(state, low);
        Persist(state, high);
    }

    void Persist(StateStream state, double[]?[] pages)
    {
        foreach (ref double[]? page in pages.AsSpan())
        {
            bool exists = page != null;
            state.Value(ref exists);
            page = exists ? page ?? new double[2 << bits] : null;
            state.Values(page.AsSpan());
        }
    }

    static void Merge(double[]?[] pages, double[]?[] others)
    {
        for (int octave = 0; octave < Octaves; octave++)
        {
            if (others[octave] is not { } other)
                continue;

            double[] page = pages[octave] ??= new double[other.Length];
            for (int i = 0; i < page.Length; i++)
                page[i] += other[i];
        }
    }
}
