namespace Streaming.Parquet;

/// <summary>Memory from the pool that reading a column chunk takes, as far as the footer tells.</summary>
/// <param name="Held">While the column is open: a window of compressed bytes, a page or a piece of one, a dictionary.</param>
/// <param name="Passing">Beside it, only while a page is being decompressed; so of the columns that one thread reads, only the most counts.</param>
public readonly record struct ReaderBytes(long Held, long Passing)
{
    /// <summary>Both.</summary>
    public long Total => Held + Passing;

    /// <summary>Of columns that one thread reads side by side.</summary>
    public static ReaderBytes operator +(ReaderBytes a, ReaderBytes b) => new(a.Held + b.Held, Math.Max(a.Passing, b.Passing));
}
