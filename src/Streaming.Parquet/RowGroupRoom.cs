namespace Streaming.Parquet;

/// <summary>What a row group in the making has room for, and the bytes of text that its rows have: those of all columns together.</summary>
/// <param name="rows">Most rows.</param>
/// <param name="maxElements">Elements of a column of lists that end it.</param>
sealed class RowGroupRoom(int rows, int maxElements)
{
    readonly long[] texts = new long[rows];
    int settled;
    long settledBytes;

    /// <summary>Most rows.</summary>
    public int Rows => rows;

    /// <summary>Elements of a column of lists that end it.</summary>
    public int MaxElements => maxElements;

    /// <summary>Adds the texts of a column to rows that are wanted.</summary>
    /// <param name="wanted">Rows, those that are there already included.</param>
    /// <param name="bytesOf">Bytes that a row has; asked in order, from the first row that is not there on.</param>
    /// <returns>
    /// How many rows there is room for: all, or up to the row that brings them to <see cref="RewriteOptions.MaxTextBytes"/>, which may be there already.
    /// </returns>
    public int Add(int wanted, Func<int, int> bytesOf)
    {
        long sum = settledBytes;
        int row = settled;
        for (; row < wanted && sum < RewriteOptions.MaxTextBytes; row++)
            sum += texts[row] += bytesOf(row);

        return row;
    }

    /// <summary>So many rows are there now; what was added to others is forgotten.</summary>
    public void Settle(int count)
    {
        for (; settled < count; settled++)
            settledBytes += texts[settled];

        texts.AsSpan(count).Clear();
    }

    /// <summary>The rows are written: the next row group begins.</summary>
    public void Empty()
    {
        Array.Clear(texts);
        (settled, settledBytes) = (0, 0);
    }
}
