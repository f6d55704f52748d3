using Streaming.Storage;

namespace Streaming.Parquet;

/// <summary>How a file is written anew.</summary>
/// <param name="RowGroupSize">Rows of each row group but the last, unless lists or texts end it earlier.</param>
/// <param name="Codec">Compression of the pages.</param>
/// <param name="Float32">Whether double columns become float columns.</param>
public sealed record RewriteOptions(int RowGroupSize, CompressionCodec Codec = CompressionCodec.Zstd, bool Float32 = false)
{
    /// <summary>A row group ends with the row that brings it to so many elements of lists: all columns of lists share them equally.</summary>
    public const int MaxElements = 1 << 23;

    /// <summary>
    /// A row group ends with the row that brings it to so many bytes of text, in UTF-8, all columns together: of long ones it would take all
    /// memory, and its pages more bytes than a page can have.
    /// </summary>
    public const long MaxTextBytes = 1 << 26;
}

/// <summary>
/// Writes the rows of a file into another one, in their order, in row groups of another size. Columns keep names, types and values, but
/// for a few types that are written in place of others: FLOAT for FLOAT16, microseconds for INT96, text for enumerations. Fields of
/// groups become columns of their own, named by their path; lists become optional ones of three levels. Memory is bounded by one row group of the new file; the old one is read
/// page by page.
/// </summary>
public static class ParquetRewriter
{
    // Bytes of a remote file that are fetched ahead.
    const long MostAhead = 64 * 1024 * 1024;

    /// <summary>Writes columns of all rows of <paramref name="file"/> to <paramref name="output"/>.</summary>
    /// <param name="file">What to read.</param>
    /// <param name="chosen">Which of its columns to write.</param>
    /// <param name="output">Where the new file goes; stays open.</param>
    /// <param name="options">How to write.</param>
    /// <param name="written">Told of the rows written so far, after each row group.</param>
    /// <param name="cancellation">Ends the writing early; the new file is then not usable.</param>
    /// <exception cref="ParquetException">The file is broken, or has a column that can't be written anew; the message names it.</exception>
    public static async Task RunAsync(
        ParquetFile file,
        IReadOnlyList<ParquetColumn> chosen,
        Stream output,
        RewriteOptions options,
        Action<long>? written = null,
        CancellationToken cancellation = default)
    {
        var columns = new List<RewriteColumn>();
        try
        {
            int capacity = (int)Math.Min(options.RowGroupSize, Math.Max(1, file.RowCount));
            var room = new RowGroupRoom(capacity, RewriteOptions.MaxElements / Math.Max(1, chosen.Count(c => c.Kind == ColumnKind.Vector)));
            foreach (ParquetColumn column in chosen)
                columns.Add(await RewriteColumn.CreateAsync(file, column, options.Float32, room, cancellation));

            TableWriter writer = await TableWriter.CreateAsync(output, [.. columns.Select(c => c.Target)], options.Codec, cancellation);
            await using (writer)
            {
                (Prefetcher prefetcher, FetchLane lane) = FetchAhead(file, chosen, cancellation);
                using Prefetcher ahead = prefetcher;
                long done = 0;
                int filled = 0;
                for (int g = 0; g < file.RowGroups.Count; g++)
                {
                    lane.MoveTo(g);
                    columns.ForEach(c => c.Open(g));
                    for (long left = file.RowGroups[g].RowCount; left > 0;)
                    {
                        var wanted = (int)Math.Min(filled + left, capacity);
                        int fitting = wanted;
                        foreach (RewriteColumn column in columns)
                        {
                            cancellation.ThrowIfCancellationRequested();
                            fitting = column.Fit(fitting);
                        }

                        room.Settle(fitting);
                        int rows = fitting - filled;
                        foreach (RewriteColumn column in columns)
                        {
                            cancellation.ThrowIfCancellationRequested();
                            column.Read(filled, rows);
                        }

                        left -= rows;
                        filled += rows;
                        if (filled == capacity || fitting < wanted)
                            await WriteAsync();
                    }
                }

                if (filled > 0)
                    await WriteAsync();

                async Task WriteAsync()
                {
                    await writer.WriteRowGroupAsync(filled, [.. columns.Select(c => c.Take(filled))], cancellation);
                    room.Empty();
                    done += filled;
                    filled = 0;
                    written?.Invoke(done);
                }
            }
        }
        finally
        {
            columns.ForEach(c => c.Dispose());
        }
    }

    static (Prefetcher Prefetcher, FetchLane Lane) FetchAhead(ParquetFile file, IReadOnlyList<ParquetColumn> chosen, CancellationToken cancellation)
    {
        long memory = Math.Min(MostAhead, file.Pool.FreeBytes / 4);
        var prefetcher = new Prefetcher(file.Pool, memory, 1, cancellation);
        FetchLane lane = prefetcher.Add(file.RowGroups.Count, g => file.Source.IsFetched ? file.PlanFetches(g, chosen, memory) : []);
        prefetcher.Start();
        return (prefetcher, lane);
    }
}
