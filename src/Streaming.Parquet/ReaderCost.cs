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
    public static long AtMost(ParquetColumn column, RowGroupInfo group, long pageBytes)
    {
        ColumnChunkInfo chunk = group.Chunks[column.Index];
        long compressed = Math.Clamp(chunk.CompressedBytes, 0, pageBytes);
        long plain = Math.Clamp(chunk.UncompressedBytes, 0, Math.Min(pageBytes, long.MaxValue / 4) * 2);
        long window = Rounded(compressed) + Rounded(Math.Min(compressed, WindowBytes)) + Rounded(BlockBytes);
        long levels = LevelBytes(column.MaxDefinitionLevel, chunk) + LevelBytes(column.MaxRepetitionLevel, chunk);
        long length = Math.Clamp(chunk.ValueCount / Math.Max(1, group.RowCount), 1, ColumnReader.MaxVectorLength);
        long block = column.Kind == ColumnKind.Vector ? Rounded(ColumnReader.BlockBytes(length)) : 0;

        // The dictionary and the largest page share the chunk's bytes.
        return window + 2 * Rounded(plain / 2) + levels + block + DictionaryTables(column, chunk, plain);
    }

    static long LevelBytes(int maxLevel, ColumnChunkInfo chunk)
    {
        int width = 32 - System.Numerics.BitOperations.LeadingZeroCount((uint)maxLevel);
        return maxLevel > 0 ? Rounded(Math.Min(chunk.ValueCount, long.MaxValue / 16) / 8 * width + 16) : 0;
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
