using Streaming.Parquet.Encodings;

namespace Streaming.Parquet;

/// <summary>
/// Memory that a <see cref="ColumnReader"/> needs at most, from what the footer says. The footer knows chunks, not pages, so
/// a chunk counts as one page unless the caller knows better.
/// </summary>
static class ReaderCost
{
    // What a window holds beside a page that does not fit into it, and a block of a page that is used piece by piece.
    const long WindowBytes = 256 * 1024;
    const long BlockBytes = 64 * 1024 + 64;

    /// <summary>Bytes from the pool for one reader of a column chunk.</summary>
    public static long AtMost(ParquetColumn column, ColumnChunkInfo chunk, long pageBytes)
    {
        long compressed = Math.Clamp(chunk.CompressedBytes, 0, pageBytes);
        long plain = Math.Clamp(chunk.UncompressedBytes, 0, Math.Min(pageBytes, long.MaxValue / 4) * 2);
        long window = Rounded(compressed) + Rounded(Math.Min(compressed, WindowBytes)) + Rounded(BlockBytes);
        long levels = column.MaxDefinitionLevel > 0 ? Rounded(chunk.ValueCount / 8 + 1) : 0;

        // The dictionary and the largest page share the chunk's bytes.
        return window + 2 * Rounded(plain / 2) + levels + DictionaryTables(column, chunk, plain);
    }

    // Per entry: four bytes as float or code, eight as double, four for where a text starts.
    static long DictionaryTables(ParquetColumn column, ColumnChunkInfo chunk, long plain)
    {
        if (column.Kind == ColumnKind.Boolean)
            return 3 * Rounded(BitLookup.MinTableEntries * 4);

        if (!chunk.Encodings.Any(e => e is Encoding.PlainDictionary or Encoding.RleDictionary))
            return 0;

        int width = column.Format.Width == 0 ? 4 : column.Format.Width;
        long entries = Math.Min(plain / width, chunk.ValueCount);
        long starts = column.Format.Width == 0 ? Rounded((entries + 1) * 4) : 0;
        return 2 * Rounded(Math.Max(entries, BitLookup.MinTableEntries) * 4) + Rounded(entries * 8) + starts;
    }

    // The pool hands out sizes in steps of a quarter.
    static long Rounded(long bytes) => Math.Max(1024, bytes + bytes / 4);
}
