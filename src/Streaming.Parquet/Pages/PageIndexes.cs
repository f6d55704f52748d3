using Streaming.Parquet.Format;
using Streaming.Storage;

namespace Streaming.Parquet.Pages;

/// <summary>
/// Fetches the index of a column chunk's pages (parquet-format, PageIndex.md), which lies apart from the footer so that only
/// those who use it read it.
/// </summary>
static class PageIndexes
{
    // An index has some twenty bytes per page, and its bounds; one that is longer is not worth its memory, and can be done without.
    const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>The places of the pages, or null where the file does not tell.</summary>
    /// <exception cref="ParquetException">The index is broken, or not where the footer says.</exception>
    public static OffsetIndex? ReadOffsets(ByteRangeSource source, BufferPool pool, ChunkMetadata chunk, long rowCount)
    {
        using NativeBuffer? bytes = Fetch(source, pool, chunk.OffsetIndex);
        long end = Math.Min(source.Length, chunk.Start + chunk.CompressedBytes);
        return bytes is null || rowCount == 0
            ? null
            : OffsetIndex.Parse(bytes.Span[..chunk.OffsetIndex.Length], chunk.Start, end, rowCount);
    }

    /// <summary>The bounds of the pages' values, or null where the file does not tell. Not for lists.</summary>
    /// <exception cref="ParquetException">The index is broken, or not where the footer says.</exception>
    public static ColumnIndex? ReadBounds(ByteRangeSource source, BufferPool pool, ChunkMetadata chunk, OffsetIndex offsets)
    {
        using NativeBuffer? bytes = Fetch(source, pool, chunk.ColumnIndex);
        return bytes is null ? null : ColumnIndex.Parse(bytes.Span[..chunk.ColumnIndex.Length], offsets);
    }

    /// <summary>Whether there is an index where the footer says, and it is read.</summary>
    public static bool MayFetch(ByteRangeSource source, ByteRange range) =>
        range.Length is > 0 and <= MaxBytes && range.Offset >= 0 && range.Offset <= source.Length - range.Length;

    static NativeBuffer? Fetch(ByteRangeSource source, BufferPool pool, ByteRange range)
    {
        if (range.Length == 0 || range.Length > MaxBytes)
            return null;

        if (!MayFetch(source, range))
        {
            throw new ParquetException(
                $"the page index should be {range.Length} bytes from byte {range.Offset} on, the file has {source.Length}.");
        }

        NativeBuffer buffer = pool.Rent(range.Length, "a page index");
        try
        {
            source.Read(range.Offset, buffer.Span[..range.Length]);
            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }
}
