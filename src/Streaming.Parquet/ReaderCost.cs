using Streaming.Parquet.Compression;
using Streaming.Parquet.Encodings;
using Streaming.Parquet.Pages;
using Streaming.Storage;

namespace Streaming.Parquet;

/// <summary>
/// Memory that a <see cref="ColumnReader"/> needs, from what the footer says. The footer knows chunks, not pages: how large pages get is
/// what the file's writer is known for.
/// </summary>
static class ReaderCost
{
    // How much smaller a dictionary is expected to be in the file: values that all differ hardly compress.
    const int DictionaryRatio = 8;

    /// <summary>What one reader of a column chunk takes.</summary>
    /// <param name="file">The file.</param>
    /// <param name="column">The column.</param>
    /// <param name="group">The row group.</param>
    /// <param name="asDoubles">Whether values are read as doubles rather than as floats.</param>
    public static ReaderBytes Of(ParquetFile file, ParquetColumn column, RowGroupInfo group, bool asDoubles)
    {
        ColumnChunkInfo chunk = group.Chunks[column.Index];
        long compressed = Math.Max(0, chunk.CompressedBytes);
        long plain = Math.Max(0, chunk.UncompressedBytes);
        PageCodec codec = PageCodec.Of(chunk.Codec);
        long page = Math.Min(plain, file.UsualPageBytes);
        long compressedPage = Math.Min(compressed, codec.IsStored ? page : file.UsualPageBytes);
        long window = Math.Min(compressed, ChunkWindow.MostHeld(compressed, codec.CanStream || codec.IsStored));
        long held = 0;
        long passing = 0;
        if (IsReplaced(file, chunk))
        {
            held += BufferPool.RoundUp(page);
            passing += BufferPool.RoundUp(window);
        }
        else if (IsFed(file, column, chunk, codec))
        {
            held += codec.IsStored ? 0 : BlockBytes(codec, page);
            held += LevelBytes(column.MaxDefinitionLevel, chunk) + LevelBytes(column.MaxRepetitionLevel, chunk);
            compressedPage = 0;
        }
        else if (codec.IsStored)
        {
            window = Math.Max(window, compressedPage);
        }
        else
        {
            held += BufferPool.RoundUp(page);
        }

        if (column.Kind == ColumnKind.Vector)
            held += BufferPool.RoundUp(ColumnReader.BlockBytes(Math.Clamp(chunk.ValueCount / Math.Max(1, group.RowCount), 1, ColumnReader.MaxVectorLength)));

        held += HeldWindow(file, chunk, window) + DictionaryBytes(file, column, chunk, codec, asDoubles || column.Kind == ColumnKind.Vector);

        // A larger window takes over what is left in the one before.
        passing += compressedPage > window ? BufferPool.RoundUp(compressedPage) : 0;
        return new ReaderBytes(held, passing + BufferPool.RoundUp(Math.Min(compressed, ChunkWindow.ReadBytes)));
    }

    /// <summary>What fetching chunks together takes beyond the windows that they would have had each: the bytes that lie between them.</summary>
    public static ReaderBytes OfJoining(ParquetFile file, int rowGroup, IReadOnlyList<ParquetColumn> columns)
    {
        ReaderBytes more = default;
        IReadOnlyList<ColumnChunkInfo> chunks = file.RowGroups[rowGroup].Chunks;
        foreach ((ChunkRange range, List<int> members) in ChunkRange.Join(file, rowGroup, columns))
        {
            // What is fetched together is held until the last of the chunks has no more use for it.
            long bytes = BufferPool.RoundUp(range.Length);
            long windows = members.Select(m => chunks[columns[m].Index]).Sum(c => HeldWindow(file, c, c.CompressedBytes));
            more += new ReaderBytes(windows > 0 ? Math.Max(0, bytes - windows) : 0, bytes);
        }

        return more;
    }

    static long HeldWindow(ParquetFile file, ColumnChunkInfo chunk, long bytes) => IsReplaced(file, chunk) ? 0 : BufferPool.RoundUp(bytes);

    // Chunks of one page that takes the place of its compressed bytes as soon as it is read.
    static bool IsReplaced(ParquetFile file, ColumnChunkInfo chunk)
    {
        PageCodec codec = PageCodec.Of(chunk.Codec);
        int pages = chunk.Metadata.DataPages;
        bool isOnePage = pages == 1 || (pages == 0 && file.UsualPageBytes == long.MaxValue);
        bool isWhole = !codec.CanStream || HasDictionary(chunk) || PageReader.IsSmallerAsWhole(chunk.CompressedBytes, chunk.UncompressedBytes);
        return isOnePage && !codec.IsStored && isWhole;
    }

    static bool HasDictionary(ColumnChunkInfo chunk) => chunk.Encodings.Any(e => e is Encoding.PlainDictionary or Encoding.RleDictionary);

    // Pages whose values are used while they are decompressed. Of other writers it is not known whether pages have checksums, which must
    // be checked before values are given out.
    static bool IsFed(ParquetFile file, ParquetColumn column, ColumnChunkInfo chunk, PageCodec codec) =>
        (codec.IsStored || codec.CanStream)
        && file.IsWrittenByDuckDb
        && column.Format.Width is > 0 and <= PageDecoder.MaxFedWidth
        && chunk.UncompressedBytes >= PageReader.MinFedBytes
        && chunk.Encodings.All(e => e is Encoding.Plain or Encoding.Rle);

    // The last page of a chunk may be so small that it is loaded whole.
    static long BlockBytes(PageCodec codec, long page)
    {
        int buffer = BlockFeed.BufferBytes(codec.StartBlocks(), (int)Math.Min(page, int.MaxValue));
        return BufferPool.RoundUp(buffer) + BufferPool.RoundUp(Math.Min(page, PageReader.MinFedBytes));
    }

    static long LevelBytes(int maxLevel, ColumnChunkInfo chunk)
    {
        int width = 32 - System.Numerics.BitOperations.LeadingZeroCount((uint)maxLevel);
        return maxLevel > 0 ? BufferPool.RoundUp(Math.Min(chunk.ValueCount, long.MaxValue / 64) / 8 * width + 16) : 0;
    }

    // The page of the dictionary, and a table of what its entries become.
    static long DictionaryBytes(ParquetFile file, ParquetColumn column, ColumnChunkInfo chunk, PageCodec codec, bool asDoubles)
    {
        if (column.PhysicalType == PhysicalType.Boolean)
            return TableBytes(2, asDoubles && column.Kind != ColumnKind.Text);

        if (!HasDictionary(chunk))
            return 0;

        int width = column.Format.Width;
        long inFile = Math.Min(chunk.Metadata.DictionaryBytes ?? chunk.CompressedBytes, chunk.CompressedBytes);
        long most = Math.Min(chunk.UncompressedBytes, file.UsualPageBytes);
        long page = Math.Clamp(codec.IsStored ? inFile : inFile * DictionaryRatio, 0, Math.Max(0, most));
        long entries = Math.Min(page / (width == 0 ? sizeof(int) : width), chunk.ValueCount);
        long starts = width == 0 ? BufferPool.RoundUp((entries + 1) * sizeof(int)) : 0;
        return BufferPool.RoundUp(page) + starts + TableBytes(entries, asDoubles && column.Kind != ColumnKind.Text);
    }

    static long TableBytes(long entries, bool asDoubles) =>
        BufferPool.RoundUp(asDoubles ? entries * sizeof(double) : Math.Max(entries * sizeof(float), BitLookup.TableBytes(0)));
}
