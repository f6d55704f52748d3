namespace Streaming.Parquet.Encodings;

/// <summary>
/// The bytes of a page's plain values, handed out piece by piece as they are used, so that a page of any size needs a small
/// buffer that stays in the cache.
/// </summary>
abstract unsafe class ByteFeed
{
    /// <summary>
    /// The next bytes, which are not consumed yet: at least <paramref name="least"/>, or fewer at the page's end. Valid until
    /// the next call. 64 bytes behind the last may be read.
    /// </summary>
    /// <exception cref="ParquetException">The page is broken.</exception>
    public abstract byte* Peek(int least, out int available);

    /// <summary>Consumes bytes that <see cref="Peek"/> gave.</summary>
    public abstract void Advance(int count);

    /// <summary>Copies and consumes exactly as many bytes as the destination takes.</summary>
    /// <exception cref="ParquetException">The page is broken, or ends before.</exception>
    public void Read(Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            byte* source = Peek(1, out int available);
            if (available == 0)
                throw new ParquetException("the page ends before its values do.");

            int n = Math.Min(available, destination.Length);
            new ReadOnlySpan<byte>(source, n).CopyTo(destination);
            Advance(n);
            destination = destination[n..];
        }
    }
}
