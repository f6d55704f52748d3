using System.Runtime.CompilerServices;
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
/// A bin remembers whether its rows all have the same probability: then they are ties, and nothing is in doubt about
/// them. The first 32 · 2^bits rows wait as they are (<see cref="ProbabilityRows"/>), 8 bytes each (16 with weights), and so do as many behind them each time, of histograms that are merged four times as many. Memory follows
/// the bins that have rows: 36 to 72 bytes for each while an octave has few of them, 32 · 2^bits bytes for a full one.
/// </summary>
sealed class ProbabilityHistogram : IPersistent
{
    // Of partitions that are merged rows wait until they are so many times as many: the more there are, the cheaper each is.
    const int MostMerged = 4;

    readonly int bits;
    readonly int capacity;
    readonly ProbabilityRows waiting;

    // Those up to 1/2, from 1/2 down, then those above, from 1/2 up.
    readonly ProbabilityBins?[] octaves = new ProbabilityBins?[2 * ProbabilityRow.Octaves];

    /// <summary>Creates an empty histogram.</summary>
    /// <param name="bits">Each octave has 2^bits bins, so bins are narrower than 2^-bits times their distance from 0 or 1.</param>
    internal ProbabilityHistogram(int bits)
    {
        this.bits = bits;
        capacity = 32 << bits;
        waiting = new ProbabilityRows(capacity);
    }

    /// <summary>Adds rows.</summary>
    /// <param name="probabilities">A probability per row that it is positive.</param>
    /// <param name="complements">A probability per row that it is not, since 1 - p has lost the digits of a small one; empty where that is all there is.</param>
    /// <param name="targets">The class of each row.</param>
    /// <param name="positive">The class whose rows are positive.</param>
    /// <param name="weights">The weights of the rows; empty where all are 1.</param>
    internal void Add(
        ReadOnlySpan<double> probabilities, ReadOnlySpan<double> complements, ReadOnlySpan<double> targets, int positive, ReadOnlySpan<double> weights)
    {
        for (int first = 0; first < targets.Length;)
        {
            if (waiting.Count >= capacity)
                Settle();

            Span<ProbabilityRow> room = waiting.Room;
            int count = Math.Min(room.Length, targets.Length - first);
            ProbabilityRow.Fill(
                probabilities.Slice(first, count), complements.IsEmpty ? [] : complements.Slice(first, count), targets.Slice(first, count), positive, room[..count]);
            waiting.Add(count, weights.IsEmpty ? [] : weights.Slice(first, count));
            first += count;
        }
    }

    /// <summary>Adds the rows of another histogram of the same width of bins, which is not used afterwards.</summary>
    internal void Merge(ProbabilityHistogram other)
    {
        for (int octave = 0; octave < octaves.Length; octave++)
        {
            if (other.octaves[octave] is { } bins)
                Bins(octave).TakeIn(bins);
        }

        waiting.TakeOver(other.waiting);
        if (waiting.Count >= MostMerged * capacity)
            Settle();
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        waiting.Persist(state);
        foreach (ref ProbabilityBins? octave in octaves.AsSpan())
            state.Optional(ref octave, () => new ProbabilityBins(1 << bits));
    }

    /// <summary>The scores that follow from the order of the rows.</summary>
    internal ProbabilityRanking Rank()
    {
        Settle();
        var ranking = new ProbabilityRanking();
        for (int octave = octaves.Length - 1; octave >= ProbabilityRow.Octaves; octave--)
        {
            foreach (ref readonly ProbabilityBin bin in Filled(octave))
                ranking.Take(bin);
        }

        for (int octave = 0; octave < ProbabilityRow.Octaves; octave++)
        {
            ReadOnlySpan<ProbabilityBin> bins = Filled(octave);
            for (int i = bins.Length - 1; i >= 0; i--)
                ranking.Take(bins[i]);
        }

        return ranking;
    }

    ReadOnlySpan<ProbabilityBin> Filled(int octave) => octaves[octave] is { } bins ? bins.Filled : [];

    ProbabilityBins Bins(int octave) => octaves[octave] ??= new ProbabilityBins(1 << bits);

    // Puts the rows that wait into their bins.
    void Settle()
    {
        if (waiting.Count > 0)
            waiting.Drain(Settle);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Settle(int octave, ReadOnlySpan<ProbabilityRow> rows, ReadOnlySpan<double> weights)
    {
        int mask = (1 << bits) - 1;
        ProbabilityBins bins = Bins(octave);
        bins.Expect(rows.Length);
        for (int i = 0; i < rows.Length; i++)
            bins.Of(rows[i].PlaceOf(bits) & mask).TakeIn(rows[i], weights.IsEmpty ? 1 : weights[i]);
    }
}
