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
/// until an eighth of them may have rows, and only then an array of all.
/// </summary>
/// <param name="all">How many bins there are.</param>
sealed class ProbabilityBins(int all) : IPersistent
{
    // The first `count` are sorted by their numbers; or, as many as there are, each stands at its number.
    ProbabilityBin[] bins = [];
    int count;

    bool IsComplete => bins.Length == all;

    /// <summary>Those with rows, by their numbers, and maybe some without.</summary>
    public ReadOnlySpan<ProbabilityBin> Filled => bins.AsSpan(0, IsComplete ? all : count);

    /// <summary>Adds the rows of bins, ascending by their numbers.</summary>
    public void Add(ReadOnlySpan<ProbabilityBin> sorted)
    {
        if (!IsComplete && count + sorted.Length > all / 8)
            Complete();

        if (IsComplete)
        {
            foreach (ref readonly ProbabilityBin bin in sorted)
            {
                if (!bin.IsEmpty)
                    bins[bin.Number].TakeIn(bin);
            }
        }
        else
        {
            Merge(sorted);
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

    void Complete()
    {
        ProbabilityBin[] sorted = bins;
        bins = new ProbabilityBin[all];
        foreach (ref readonly ProbabilityBin bin in sorted.AsSpan(0, count))
            bins[bin.Number] = bin;
    }

    void Merge(ReadOnlySpan<ProbabilityBin> sorted)
    {
        ReadOnlySpan<ProbabilityBin> own = bins.AsSpan(0, count);
        var merged = new ProbabilityBin[own.Length + sorted.Length];
        count = 0;
        for (int i = 0, j = 0; i < own.Length || j < sorted.Length; count++)
        {
            bool isOwn = j == sorted.Length || (i < own.Length && own[i].Number <= sorted[j].Number);
            bool isOther = i == own.Length || (j < sorted.Length && sorted[j].Number <= own[i].Number);
            if (isOwn)
                merged[count] = own[i++];

            if (isOther)
                merged[count].TakeIn(sorted[j++]);
        }

        bins = merged;
    }
}
