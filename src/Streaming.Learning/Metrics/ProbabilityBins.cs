using System.Runtime.CompilerServices;
using Streaming.Learning.State;

namespace Streaming.Learning.Metrics;

/// <summary>One bin: rows whose probabilities lie close together.</summary>
struct ProbabilityBin
{
    /// <summary>Weight of its negative rows.</summary>
    public double Negative;

    /// <summary>Weight of its positive rows.</summary>
    public double Positive;

    // The bits that the probability of some row has, and those that that of some row has not: those of rows with the same probability exclude each other.
    ulong has;
    ulong lacks;

    /// <summary>Whether it has no rows.</summary>
    public readonly bool IsEmpty => Negative + Positive == 0;

    /// <summary>Whether all its rows have the same probability.</summary>
    public readonly bool AreTies => (has & lacks) == 0;

    /// <summary>Adds the rows of a bin of the same number.</summary>
    public void TakeIn(in ProbabilityBin other)
    {
        has |= other.has;
        lacks |= other.lacks;
        Negative += other.Negative;
        Positive += other.Positive;
    }

    /// <summary>Adds a row, of a weight above 0. No branches: nothing about a row can be foreseen.</summary>
    public void TakeIn(ProbabilityRow row, double weight)
    {
        ulong probability = BitConverter.DoubleToUInt64Bits(row.Smaller);
        has |= probability;
        lacks |= ~probability;
        double positive = weight * Unsafe.BitCast<bool, byte>(row.IsPositive);
        Positive += positive;
        Negative += weight - positive;
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
    int[] numbers = [];
    int count;

    bool IsComplete => bins.Length == all;

    /// <summary>Those with rows, by their numbers, and maybe some without.</summary>
    public ReadOnlySpan<ProbabilityBin> Filled => bins.AsSpan(0, IsComplete ? all : count);

    /// <summary>Rows are about to come: for many of them a list would only be made to be given up.</summary>
    public void Expect(int rows)
    {
        if (rows >= all / 2 && !IsComplete)
            Complete();
    }

    /// <summary>The bin of a number.</summary>
    public ref ProbabilityBin Of(int number)
    {
        if (IsComplete)
            return ref bins[number];

        int at = Array.BinarySearch(numbers, 0, count, number);
        if (at < 0 && count == all / 8)
        {
            Complete();
            at = number;
        }
        else if (at < 0)
        {
            at = ~at;
            Insert(at, number);
        }

        return ref bins[at];
    }

    /// <summary>Adds the rows of the same bins.</summary>
    public void TakeIn(ProbabilityBins other)
    {
        ReadOnlySpan<ProbabilityBin> filled = other.Filled;
        for (int i = 0; i < filled.Length; i++)
        {
            if (!filled[i].IsEmpty)
                Of(other.IsComplete ? i : other.numbers[i]).TakeIn(filled[i]);
        }
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.Value(ref count);
        state.Array(ref bins);
        state.Array(ref numbers);
        if (bins.Length > all || count < 0 || count > bins.Length || (!IsComplete && numbers.Length != bins.Length))
            throw new StateException($"wanted at most {all} bins, found {count} of {bins.Length}.");
    }

    void Complete()
    {
        var complete = new ProbabilityBin[all];
        for (int i = 0; i < count; i++)
            complete[numbers[i]] = bins[i];

        (bins, numbers) = (complete, []);
    }

    void Insert(int at, int number)
    {
        if (count == bins.Length)
        {
            int room = Math.Min(Math.Max(1, 2 * count), all / 8);
            Array.Resize(ref bins, room);
            Array.Resize(ref numbers, room);
        }

        Array.Copy(bins, at, bins, at + 1, count - at);
        Array.Copy(numbers, at, numbers, at + 1, count - at);
        (bins[at], numbers[at]) = (default, number);
        count++;
    }
}
