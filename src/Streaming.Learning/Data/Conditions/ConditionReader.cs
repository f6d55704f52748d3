namespace Streaming.Learning.Data.Conditions;

/// <summary>Decides a condition for the rows of one row group, from first to last. For one thread.</summary>
sealed class ConditionReader : IDisposable
{
    /// <summary>Most rows that are decided at a time: few enough that all outcomes stay in the first-level cache.</summary>
    public const int ChunkRows = 1024;

    readonly BoundCondition condition;
    readonly ColumnCursor[] readers;
    readonly sbyte[][] leaves;
    readonly sbyte[] outcomes = new sbyte[ChunkRows];
    readonly double[] numbers = new double[ChunkRows];
    readonly int[] codes = new int[ChunkRows];
    long skip;

    /// <summary>Opens the columns that the condition needs.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="group">The row group.</param>
    /// <param name="skipsPages">Whether some of its pages need not be asked.</param>
    public ConditionReader(BoundCondition condition, DatasetRowGroup group, bool skipsPages)
    {
        this.condition = condition;
        leaves = [.. Enumerable.Range(0, condition.LeafCount).Select(_ => new sbyte[ChunkRows])];
        readers = group.File.OpenColumns(group.Index, [.. condition.Probes.Select(p => p.Column)], skipsPages);
    }

    /// <summary>Passes over rows.</summary>
    public void Skip(long rows) => skip += rows;

    /// <summary>The outcomes of the next rows (<see cref="Logic"/>); valid until the next call.</summary>
    public ReadOnlySpan<sbyte> Read(int rows)
    {
        for (int i = 0; i < readers.Length; i++)
        {
            readers[i].Skip(skip);
            condition.Probes[i].Run(readers[i], numbers.AsSpan(0, rows), codes.AsSpan(0, rows), leaves);
        }

        skip = 0;
        Span<sbyte> result = outcomes.AsSpan(0, rows);
        condition.Root.Evaluate(leaves, result);
        return result;
    }

    /// <summary>Closes the columns.</summary>
    public void Dispose()
    {
        foreach (ColumnCursor reader in readers)
            reader.Dispose();
    }
}
