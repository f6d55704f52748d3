using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Streaming.Learning.Training;
using Streaming.Parquet;
using Streaming.Storage;

namespace Streaming.Cli.Commands;

/// <summary>
/// Reads every column that can be a feature or a category. Column chunks are read side by side, one file after the other; what was
/// found is put together in the order of the data, so that it does not depend on the number of threads.
/// </summary>
sealed class StatisticsScan(int workers, BufferPool pool, IProgress<TrainingProgress> progress)
{
    // Column chunks that are fetched ahead of a remote file, and bytes of them.
    const int ChunksAhead = 16;
    const long MostAhead = 64 * 1024 * 1024;

    readonly long started = Stopwatch.GetTimestamp();
    readonly Dictionary<string, ColumnTotals> totals = new(StringComparer.Ordinal);
    readonly List<ColumnTotals> columns = [];
    readonly List<UnreadColumn> unread = [];
    readonly List<FileStatistics> files = [];
    long totalRows;
    long rowsDone;
    long bytesRead;

    /// <summary>Reads files.</summary>
    /// <exception cref="ParquetException">A file is broken, or no column of them can be read.</exception>
    /// <exception cref="IOException">A file can't be read.</exception>
    public StatisticsSummary Run(IReadOnlyList<StoredFile> found, CancellationToken cancellation)
    {
        foreach (ByteRangeSource source in StoredFile.OpenAll(found, ParquetFile.RemoteTailBytes))
        {
            using ParquetFile file = ParquetFile.Open(source, pool);
            totalRows += file.RowCount;
        }

        foreach (StoredFile stored in found)
        {
            cancellation.ThrowIfCancellationRequested();
            using ParquetFile file = Open(stored);
            Add(file, cancellation);
            rowsDone += file.RowCount;
            bytesRead += file.Source.BytesRead;
        }

        if (columns.Count == 0)
        {
            throw new ParquetException(
                $"'{found[0].Name}'{(found.Count == 1 ? "" : $" and {found.Count - 1} other files")}: wanted columns that can be a feature or a category, found "
                    + (unread.Count == 0 ? "none." : string.Join("; ", unread.Take(5).Select(c => $"'{c.Name}' ({c.Type}), which can't be read: {c.Reason}")) + "."),
                isUnsupported: true);
        }

        return new StatisticsSummary(files, columns, unread, Stopwatch.GetElapsedTime(started), bytesRead);
    }

    ParquetFile Open(StoredFile file) => ParquetFile.Open(file.Open(), pool);

    void Add(ParquetFile file, CancellationToken cancellation)
    {
        // Of columns that share a name only the first can be chosen.
        List<ParquetColumn> readable = [.. file.Columns.Where(c => c.Kind != ColumnKind.Unsupported && file.FindColumn(c.Name) == c)];
        foreach (ParquetColumn column in file.Columns.Where(c => c.Kind == ColumnKind.Unsupported))
            unread.Add(new UnreadColumn(column.Name, column.TypeName, column.UnsupportedReason!, file.Name));

        ColumnStatistics[][] found = Read(file, readable, cancellation);
        var inFile = new List<ColumnTotals>();
        for (int c = 0; c < readable.Count; c++)
        {
            ParquetColumn column = readable[c];
            if (!totals.TryGetValue(column.Name, out ColumnTotals? total))
            {
                totals.Add(column.Name, total = new ColumnTotals(column.Name));
                columns.Add(total);
            }

            var alone = new ColumnTotals(column.Name);
            alone.Add(column, found[c]);
            total.Add(column, [alone.Values]);
            inFile.Add(alone);
        }

        files.Add(new FileStatistics(file.Name, file.Length, file.RowCount, file.RowGroups.Count, inFile));
    }

    // Per column what is in each row group.
    ColumnStatistics[][] Read(ParquetFile file, List<ParquetColumn> readable, CancellationToken cancellation)
    {
        int groups = file.RowGroups.Count;
        ColumnStatistics[][] found = [.. readable.Select(_ => new ColumnStatistics[groups])];
        var errors = new Exception?[groups * readable.Count];
        int next = -1;
        int hasFailed = 0;
        long valuesRead = 0;
        using IDisposable opened = file.Source.Hold(isReadThrough: true);
        using var ahead = new Prefetcher(pool, Math.Min(MostAhead, pool.FreeBytes / 4), workers + ChunksAhead, cancellation);
        FetchLane[] lanes = [.. Enumerable.Range(0, errors.Length).Select(i => ahead.Add(1, _ => FetchesOf(file, i / readable.Count, readable[i % readable.Count])))];
        ahead.Start();

        // Chunks are taken in the order of the file and each one taken is read to its end or first error, so the first error in the
        // file's order is the one that is told, whatever the number of threads.
        Task[] tasks = [.. Enumerable.Range(0, Math.Min(workers, errors.Length)).Select(_ => Task.Run(Work, CancellationToken.None))];
        Task.WaitAll(tasks, CancellationToken.None);
        if (errors.FirstOrDefault(e => e != null) is { } first)
            ExceptionDispatchInfo.Throw(first);

        return found;

        void Work()
        {
            while (Volatile.Read(ref hasFailed) == 0 && Interlocked.Increment(ref next) is int i && i < errors.Length)
            {
                (int g, int c) = (i / readable.Count, i % readable.Count);
                try
                {
                    found[c][g] = ColumnStatistics.Read(file, g, readable[c], cancellation);
                    lanes[i].MoveTo(1);
                    Report(file, Interlocked.Add(ref valuesRead, file.RowGroups[g].RowCount) / readable.Count);
                }
                catch (Exception e)
                {
                    errors[i] = e;
                    Volatile.Write(ref hasFailed, 1);
                }
            }
        }
    }

    static IReadOnlyList<FetchRange> FetchesOf(ParquetFile file, int rowGroup, ParquetColumn column) =>
        file.Source.IsFetched ? file.PlanFetches(rowGroup, [column], MostAhead) : [];

    void Report(ParquetFile file, long rowsOfFile)
    {
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        progress.Report(new TrainingProgress("reading", 1, rowsDone + rowsOfFile, totalRows, bytesRead + file.Source.BytesRead, elapsed, elapsed, null));
    }
}
