using Streaming.Learning.State;

namespace Streaming.Learning.Data;

/// <summary>Rows that were left out for one reason.</summary>
/// <param name="Reason">What is wrong in which column, such as <c>missing x2</c>.</param>
/// <param name="Rows">Their number.</param>
public sealed record RejectedRows(string Reason, long Rows);

/// <summary>
/// Counts the rows that were left out for their values, each once: for the first of its columns - features, then target, then weight -
/// that has none to use.
/// </summary>
sealed class Rejections : IPersistent
{
    // Per column: missing, then infinite. Empty while there is nothing to count.
    long[] counts = [];

    /// <summary>All of them.</summary>
    public long Total { get; private set; }

    /// <summary>The reason for a row whose value in a column is missing or infinite.</summary>
    /// <param name="column">Number of the column of features; the target comes next, then the weight.</param>
    /// <param name="isMissing">Whether the value is missing.</param>
    public static int ReasonOf(int column, bool isMissing) => 2 * column + (isMissing ? 0 : 1);

    /// <summary>The numbers by reason, such as <c>missing x2</c>; without those that did not occur.</summary>
    public IReadOnlyList<RejectedRows> ByReason(ColumnSelection columns)
    {
        string?[] names = [.. columns.FeatureColumns.Select(c => c.Name), columns.Target, columns.Weight];
        return
        [
            .. from reason in Enumerable.Range(0, counts.Length)
               where counts[reason] > 0
               select new RejectedRows($"{(reason % 2 == 0 ? "missing" : "infinite")} {names[reason / 2]}", counts[reason]),
        ];
    }

    /// <summary>Makes room for the columns of a selection.</summary>
    public void MakeRoom(ColumnSelection columns) => MakeRoom(2 * (columns.FeatureColumns.Count + 2));

    /// <summary>Counts a row.</summary>
    public void Count(int reason)
    {
        counts[reason]++;
        Total++;
    }

    /// <summary>Adds the rows of another partition or pass over the same columns.</summary>
    public void Add(Rejections other)
    {
        MakeRoom(other.counts.Length);
        for (int i = 0; i < other.counts.Length; i++)
            counts[i] += other.counts[i];

        Total += other.Total;
    }

    /// <summary>Becomes equal to <paramref name="other"/>.</summary>
    public void CopyFrom(Rejections other)
    {
        MakeRoom(other.counts.Length);
        counts.AsSpan().Clear();
        other.counts.CopyTo(counts.AsSpan());
        Total = other.Total;
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.Array(ref counts);
        Total = counts.Sum();
    }

    void MakeRoom(int reasons)
    {
        if (counts.Length < reasons)
            Array.Resize(ref counts, reasons);
    }
}
