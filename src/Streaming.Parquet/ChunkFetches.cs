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

    // Parts of a chunk that are told from each other when it is said what is read side by side.
    const int Steps = 1024;

    /// <summary>The ranges of whole chunks, in the order of use.</summary>
    /// <param name="file">The file.</param>
    /// <param name="rowGroup">The row group.</param>
    /// <param name="columns">The columns that are read side by side, each as often as it is read.</param>
    /// <param name="memory">Bytes that may be held for this reader, of which half are for what comes next.</param>
    public static IReadOnlyList<FetchRange> Of(ParquetFile file, int rowGroup, IReadOnlyList<ParquetColumn> columns, long memory) =>
        Of(file, ChunksOf(file, rowGroup, columns), memory);

    /// <summary>The ranges of the pages that hold some of the rows, in the order of use; of chunks without an index of their pages all.</summary>
    /// <param name="file">The file.</param>
    /// <param name="rowGroup">The row group.</param>
    /// <param name="columns">The columns that are read side by side, each as often as it is read, and the rows that are wanted: ascending, from where to where.</param>
    /// <param name="memory">Bytes that may be held for this reader, of which half are for what comes next.</param>
    /// <exception cref="ParquetException">An index is broken.</exception>
    public static IReadOnlyList<FetchRange> OfPages(
        ParquetFile file, int rowGroup, IReadOnlyList<(ParquetColumn Column, IReadOnlyList<(long First, long End)> Rows)> columns, long memory)
    {
        List<Piece> pieces = [];
        foreach (var column in columns.Where(c => c.Rows.Count > 0).GroupBy(c => c.Column))
        {
            RowGroupInfo group = file.RowGroups[rowGroup];
            ChunkMetadata chunk = group.Chunks[column.Key.Index].Metadata;
            if (WholeOf(file, chunk, column.Count()) is not { } whole)
                continue;

            if (PageIndexes.ReadOffsets(file.Source, file.Pool, chunk, group.RowCount) is { } offsets)
                AddPages(pieces, whole, offsets, column.SelectMany(c => c.Rows).OrderBy(r => r.First));
            else
                pieces.Add(whole);
        }

        pieces.Sort();
        return Of(file, pieces, memory);
    }

    /// <summary>The ranges of the indexes that tell which pages hold what (parquet-format, PageIndex.md).</summary>
    /// <param name="file">The file.</param>
    /// <param name="rowGroup">The row group.</param>
    /// <param name="columns">Columns whose pages' places are wanted.</param>
    /// <param name="bounded">Columns whose pages' bounds are wanted.</param>
    public static IReadOnlyList<FetchRange> OfIndexes(
        ParquetFile file, int rowGroup, IReadOnlyList<ParquetColumn> columns, IReadOnlyList<ParquetColumn> bounded)
    {
        IEnumerable<ByteRange> indexes = columns.Select(c => file.RowGroups[rowGroup].Chunks[c.Index].Metadata.OffsetIndex)
            .Concat(bounded.Select(c => file.RowGroups[rowGroup].Chunks[c.Index].Metadata.ColumnIndex));
        List<Piece> pieces = [.. indexes.Where(i => PageIndexes.MayFetch(file.Source, i)).Select(i => new Piece(i.Offset, i.Offset + i.Length, 0, 0, FetchRange.UntilPassed))];
        pieces.Sort();
        return [.. Join(pieces, GoodBytes).SelectMany(n => Cut(file.Source, n, 1))];
    }

    static IReadOnlyList<FetchRange> Of(ParquetFile file, List<Piece> pieces, long memory)
    {
        List<List<Piece>> near = Join(pieces, long.MaxValue);
        if (near.Sum(BytesOf) <= memory / 2)
            return [.. near.SelectMany(n => Cut(file.Source, n, Math.Max(1, BytesOf(n) / GoodBytes)))];

        // Not all of it can be there at once: a piece of each column, and the next one of each.
        long most = Math.Clamp(memory / 2 / pieces.Count, LeastBytes, GoodBytes);
        List<FetchRange> ranges = [.. Join(pieces, most).SelectMany(n => Cut(file.Source, n, (BytesOf(n) + most - 1) / most))];
        return [.. ranges.OrderBy(p => p.Step).ThenBy(p => p.Start)];
    }

    /// <summary>The ranges that readers of the first rows alone begin with.</summary>
    public static IReadOnlyList<FetchRange> OfHeads(ParquetFile file, int rowGroup, IReadOnlyList<ParquetColumn> columns)
    {
        IEnumerable<Piece> heads = ChunksOf(file, rowGroup, columns).Select(c => c with { End = Math.Min(c.End, c.Start + ChunkWindow.MostAtFirst(c.End - c.Start)) });
        return [.. Join([.. heads], GoodBytes).SelectMany(n => Cut(file.Source, n, 1))];
    }

    // In the order of the file.
    static List<Piece> ChunksOf(ParquetFile file, int rowGroup, IReadOnlyList<ParquetColumn> columns)
    {
        List<Piece> chunks = [];
        foreach ((ParquetColumn column, int times) in columns.CountBy(c => c))
        {
            if (WholeOf(file, file.RowGroups[rowGroup].Chunks[column.Index].Metadata, times) is { } whole)
                chunks.Add(whole);
        }

        chunks.Sort();
        return chunks;
    }

    // Null where there is nothing to fetch.
    static Piece? WholeOf(ParquetFile file, ChunkMetadata chunk, int times) =>
        chunk.IsPresent && ChunkRange.Of(file, chunk) is { } range && range.End > range.Start ? new Piece(range.Start, range.End, 0, Steps, times) : null;

    static void AddPages(List<Piece> pieces, Piece chunk, OffsetIndex offsets, IEnumerable<(long First, long End)> rows)
    {
        int begun = pieces.Count;
        Add(chunk.Start, offsets.FirstStart);
        foreach ((long first, long end) in rows)
        {
            int last = offsets.PageOf(end - 1);
            Add(offsets.StartOf(offsets.PageOf(first)), last + 1 < offsets.PageCount ? offsets.StartOf(last + 1) : chunk.End);
        }

        // Neighbours become one piece: a page may hold the rows of two ranges, and the dictionary lies before the first page.
        void Add(long start, long end)
        {
            if (pieces.Count > begun && pieces[^1].End >= start)
            {
                (start, end) = (pieces[^1].Start, Math.Max(pieces[^1].End, end));
                pieces.RemoveAt(pieces.Count - 1);
            }

            long length = chunk.End - chunk.Start;
            if (end > start)
                pieces.Add(new Piece(start, end, (int)((start - chunk.Start) * Steps / length), (int)((end - start) * Steps / length), chunk.Times));
        }
    }

    // Neighbours that become one range as long as it is not longer than allowed.
    static List<List<Piece>> Join(List<Piece> pieces, long most)
    {
        var joined = new List<List<Piece>>();
        foreach (Piece piece in pieces)
        {
            if (joined.Count > 0 && joined[^1] is var last && piece.Start - last[^1].End <= MostGap && piece.End - last[0].Start <= most)
                last.Add(piece);
            else
                joined.Add([piece]);
        }

        return joined;
    }

    // Equal parts; they are read from the first to the last, where all that is read side by side fits into a step.
    static IEnumerable<FetchRange> Cut(ByteRangeSource source, List<Piece> pieces, long count)
    {
        (long start, long length) = (pieces[0].Start, BytesOf(pieces));
        int first = pieces.Min(p => p.Step), steps = pieces.Count == 1 ? pieces[0].Steps : 0, times = pieces.Max(p => p.Times);
        List<(long Start, long End)> wanted = [.. pieces.Select(p => (p.Start, p.End))];
        for (long i = 0; i < count; i++)
        {
            long from = start + length * i / count, to = start + length * (i + 1) / count;
            yield return new FetchRange(source, from, (int)(to - from), first + (int)(i * steps / count), wanted) { Times = times };
        }
    }

    static long BytesOf(List<Piece> pieces) => pieces.Max(c => c.End) - pieces[0].Start;

    /// <summary>Bytes of one chunk.</summary>
    /// <param name="Start">Where in the file they start.</param>
    /// <param name="End">Where they end.</param>
    /// <param name="Step">How far into the chunk that is, of <see cref="Steps"/>.</param>
    /// <param name="Steps">How much of the chunk they are, likewise.</param>
    /// <param name="Times">How often they are read.</param>
    readonly record struct Piece(long Start, long End, int Step, int Steps, int Times) : IComparable<Piece>
    {
        public int CompareTo(Piece other) => (Start, End).CompareTo((other.Start, other.End));
    }
}
