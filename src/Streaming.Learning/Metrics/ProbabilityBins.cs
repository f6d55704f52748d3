using Streaming.Learning.State;

namespace Streaming.Learning.Metrics;

/// <summary>One bin: rows whose probabilities lie close together.</summary>
struct ProbabilityBin
{
    /// <summary>Its number among all bins.</summary>
    public int Number;

    /// <summary>Weight of its negative rows.</summary>
    public double Negative;

    /// <summary>Weight of its positive rows.</summary>
    public double Positive;

    /// <summary>Their probability as long as they all have the same one: then they are ties. NaN if they differ.</summary>
    public double Probability;

    /// <summary>Whether it has no rows.</summary>
    public readonly bool IsEmpty => Negative + Positive == 0;

    /// <summary>Adds the rows of a bin of the same number.</summary>
    public void TakeIn(in ProbabilityBin other)
    {
        if (IsEmpty)
            Probability = other.Probability;
        else if (Probability != other.Probability)
            Probability = double.NaN;

        Number = other.Number;
        Negative += other.Negative;
        Positive += other.Positive;
    }
}

/// <summary>
/// The bins of an octave. Models that are sure of themselves spread over hundreds of octaves, a few rows in each; so bins are a sorted list
/// until an eighth of them has rows, and only then an array of all.
/// </summary>
/// <param name="all">How many bins there are.</param>
sealed class ProbabilityBins(int all) : IPersistent
{
    const int First = 4;

    // The first `count` are sorted by their numbers; or, as many as there are, each stands at its number.
    ProbabilityBin[] bins = new ProbabilityBin[Math.Min(First, all)];
    int count;

    /// <summary>Those with rows, by their numbers.</summary>
    public IEnumerable<ProbabilityBin> Filled => bins.Take(IsComplete ? all : count).Where(b => !b.IsEmpty);

    bool IsComplete => bins.Length == all;

    /// <summary>Adds the rows of a bin.</summary>
    public void Add(in ProbabilityBin rows)
    {
        if (IsComplete)
        {
            bins[rows.Number].TakeIn(rows);
            return;
        }

        int at = FirstFrom(rows.Number);
        if (at < count && bins[at].Number == rows.Number)
        {
            bins[at].TakeIn(rows);
        }
        else if (count < bins.Length)
        {
            Array.Copy(bins, at, bins, at + 1, count++ - at);
            bins[at] = rows;
        }
        else
        {
            Grow();
            Add(rows);
        }
    }

    /// <summary>Adds the rows of all bins of another.</summary>
    public void Merge(ProbabilityBins other)
    {
        foreach (ref readonly ProbabilityBin bin in other.bins.AsSpan(0, other.IsComplete ? all : other.count))
        {
            if (!bin.IsEmpty)
                Add(bin);
        }
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.Value(ref count);
        state.Array(ref bins);
        if (bins.Length > all || count < 0 || count > bins.Length)
            throw new StateException($"wanted at most {all} bins, found {count} of {bins.Length}.");
    }

    void Grow()
    {
        if (2 * bins.Length <= all / 8)
        {
            Array.Resize(ref bins, 2 * bins.Length);
            return;
        }

        ProbabilityBin[] sorted = bins;
        bins = new ProbabilityBin[all];
        foreach (ref readonly ProbabilityBin bin in sorted.AsSpan(0, count))
            bins[bin.Number] = bin;
    }

    int FirstFrom(int number)
    {
        int from = 0, to = count;
        while (from < to)
        {
            int middle = (from + to) / 2;
            if (bins[middle].Number < number)
                from = middle + 1;
            else
                to = middle;
        }

        return from;
    }
}
