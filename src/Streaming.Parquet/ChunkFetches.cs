using Streaming.Parquet.Format;
using Streaming.Parquet.Pages;
using Streaming.Storage;

namespace Streaming.Parquet;

/// <summary>
/// Divides the chunks of a row group into ranges to fetch ahead. A request costs the time to its first byte, so there should be few; but
/// what is fetched must be held until it is read, and columns are read side by side.
/// </summary>
static class ChunkFetches
{
    // Object stores serve ranges of 8 to 16 MiB at their full speed (AWS, "Best practices design patterns: byte-range fetches"); of the
    // shorter ones more can be on their way in the same memory.
    const int GoodBytes = 8 * 1024 * 1024;
    const int LeastBytes = 128 * 1024;
    const int MostGap = 64 * 1024;

    /// <summary>The ranges, in the order of use.</summary>
    /// <param name="file">The file.</param>
    /// <param name="rowGroup">The row group.</param>
    /// <param name="columns">The columns that are read side by side.</param>
    /// <param name="memory">Bytes that may be held for this reader, of which half are for what comes next.</param>
    public static IReadOnlyList<FetchRange> Of(ParquetFile file, int rowGroup, IReadOnlyList<ParquetColumn> columns, long memory)
    {
        List<(long Start, long End)> chunks = ChunksOf(file, rowGroup, columns);
        List<List<(long Start, long End)>> near = Join(chunks, long.MaxValue);
        if (near.Sum(BytesOf) <= memory / 2)
            return [.. near.SelectMany(n => Cut(file.Source, n, Math.Max(1, BytesOf(n) / GoodBytes)))];

        // Not all of it can be there at once: a piece of each column, and the next one of each.
        long piece = Math.Clamp(memory / 2 / chunks.Count, LeastBytes, GoodBytes);
        List<FetchRange> pieces = [.. Join(chunks, piece).SelectMany(n => Cut(file.Source, n, (BytesOf(n) + piece - 1) / piece))];
        return [.. pieces.OrderBy(p => p.Step).ThenBy(p => p.Start)];
    }

    /// <summary>The ranges that readers of the first rows alone begin with.</summary>
    public static IReadOnlyList<FetchRange> OfHeads(ParquetFile file, int rowGroup, IReadOnlyList<ParquetColumn> columns)
    {
        IEnumerable<(long Start, long End)> heads = ChunksOf(file, rowGroup, columns).Select(c => (c.Start, Math.Min(c.End, c.Start + ChunkWindow.MostAtFirst(c.End - c.Start))));
        return [.. Join([.. heads], GoodBytes).SelectMany(n => Cut(file.Source, n, 1))];
    }

    // In the order of the file.
    static List<(long Start, long End)> ChunksOf(ParquetFile file, int rowGroup, IReadOnlyList<ParquetColumn> columns)
    {
        List<(long Start, long End)> chunks = [];
        foreach (ParquetColumn column in columns)
        {
            ChunkMetadata chunk = file.RowGroups[rowGroup].Chunks[column.Index].Metadata;
            if (chunk.IsPresent && ChunkRange.Of(file, chunk) is { } range && range.End > range.Start)
                chunks.Add((range.Start, range.End));
        }

        chunks.Sort();
        return chunks;
    }

    // Neighbours that become one range as long as it is not longer than allowed.
    static List<List<(long Start, long End)>> Join(List<(long Start, long End)> chunks, long most)
    {
        var joined = new List<List<(long Start, long End)>>();
        foreach ((long start, long end) in chunks)
        {
            if (joined.Count > 0 && joined[^1] is var last && start - last[^1].End <= MostGap && end - last[0].Start <= most)
                last.Add((start, end));
            else
                joined.Add([(start, end)]);
        }

        return joined;
    }

    // Equal pieces; they are read from the first to the last, where all that is read side by side fits into a step.
    static IEnumerable<FetchRange> Cut(ByteRangeSource source, List<(long Start, long End)> chunks, long count)
    {
        (long start, long length) = (chunks[0].Start, BytesOf(chunks));
        bool isOneColumn = chunks.Count == 1;
        for (long i = 0; i < count; i++)
        {
            long from = start + length * i / count, to = start + length * (i + 1) / count;
            int step = isOneColumn ? (int)(i * 1024 / count) : 0;
            yield return new FetchRange(source, from, (int)(to - from), step, chunks);
        }
    }

    static long BytesOf(List<(long Start, long End)> chunks) => chunks.Max(c => c.End) - chunks[0].Start;
}
