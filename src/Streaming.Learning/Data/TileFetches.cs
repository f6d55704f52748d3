using Streaming.Learning.Data.Conditions;
using Streaming.Parquet;
using Streaming.Storage;

namespace Streaming.Learning.Data;

/// <summary>The requests that readers of row groups will make of remote files, known from the footers: what is fetched ahead.</summary>
static class TileFetches
{
    /// <summary>Opens a prefetcher with a lane for each partition.</summary>
    /// <param name="source">What is read.</param>
    /// <param name="partitions">The row groups of each partition.</param>
    /// <param name="memory">Bytes that may be held.</param>
    /// <param name="open">Partitions that are read at once.</param>
    /// <param name="isCached">Whether the columns of a partition are cached, so that only its condition's are asked for.</param>
    /// <param name="cancellation">Ends all requests.</param>
    public static (Prefetcher Prefetcher, FetchLane[] Lanes) Open(
        TileSource source,
        IReadOnlyList<IReadOnlyList<DatasetRowGroup>> partitions,
        long memory,
        int open,
        Func<int, bool> isCached,
        CancellationToken cancellation) =>
        Open(source.Dataset, partitions, (p, file) => isCached(p) ? [] : source.ColumnsOf(file), memory, open, cancellation);

    /// <summary>What reading partitions so asks of storage.</summary>
    /// <param name="source">What is read.</param>
    /// <param name="partitions">The row groups of each partition.</param>
    /// <param name="memory">Bytes that may be held.</param>
    /// <param name="open">Partitions that are read at once.</param>
    public static ReadRequests RequestsFor(TileSource source, IReadOnlyList<IReadOnlyList<DatasetRowGroup>> partitions, long memory, int open) =>
        RequestsFor(partitions.SelectMany(p => p), source.ColumnsOf, ShareOf(memory, open, partitions.Count));

    /// <summary>What reading the row groups of a dataset asks of storage, for readers that take them in their order.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="columnsOf">The columns of a file that are read.</param>
    /// <param name="memory">Bytes that may be held.</param>
    /// <param name="ahead">Row groups that are fetched at once.</param>
    public static ReadRequests RequestsForRowGroups(Dataset dataset, Func<DatasetFile, IEnumerable<DatasetColumn>> columnsOf, long memory, int ahead) =>
        RequestsFor(dataset.RowGroups, columnsOf, ShareOf(memory, ahead, dataset.RowGroups.Count));

    static ReadRequests RequestsFor(IEnumerable<DatasetRowGroup> groups, Func<DatasetFile, IEnumerable<DatasetColumn>> columnsOf, long share)
    {
        ReadRequests sum = default;
        foreach (DatasetRowGroup group in groups)
        {
            IEnumerable<DatasetColumn> columns = columnsOf(group.File);
            IReadOnlyList<FetchRange> ranges = PlanOf(group, columns, share) is { Rest: null } plan ? plan.Ranges : [];

            // Nobody has looked which pages are wanted: all may be.
            sum += ranges.Count > 0
                ? new ReadRequests(ranges.Count, ranges.Sum(r => (long)r.Length))
                : group.File.Parquet.EstimateRequests(group.Index, StoredOf(columns.Concat(group.Condition?.Columns ?? [])));
        }

        return sum;
    }

    /// <summary>Opens a prefetcher with a lane for each row group of a dataset, for readers that take them in their order.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="columnsOf">The columns of a file that are read.</param>
    /// <param name="memory">Bytes that may be held.</param>
    /// <param name="ahead">Row groups that are fetched at once.</param>
    /// <param name="cancellation">Ends all requests.</param>
    public static (Prefetcher Prefetcher, FetchLane[] Lanes) OpenRowGroups(
        Dataset dataset, Func<DatasetFile, IEnumerable<DatasetColumn>> columnsOf, long memory, int ahead, CancellationToken cancellation) =>
        Open(dataset, [.. dataset.RowGroups.Select(g => new[] { g })], (_, file) => columnsOf(file), memory, ahead, cancellation);

    /// <summary>Begins to fetch what readers of a few rows of a row group alone want.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="group">The row group.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="first">The first of the rows; what lies behind the row group's first rows is found by the page index, where there is one.</param>
    /// <param name="count">Rows.</param>
    /// <param name="cancellation">Ends all requests.</param>
    public static Prefetcher OpenFew(
        Dataset dataset, DatasetRowGroup group, IEnumerable<DatasetColumn> columns, long first, int count, CancellationToken cancellation)
    {
        ParquetFile file = group.File.Parquet;
        IReadOnlyList<ParquetColumn> stored = file.Source.IsFetched ? StoredOf(columns) : [];

        // Half of what the readers leave.
        long readers = file.EstimateReaderBytes(group.Index, [.. stored.Select(c => (c, true))]).Total;
        long memory = Math.Max(0, (dataset.Pool.FreeBytes - readers) / 2);
        var prefetcher = new Prefetcher(dataset.Pool, memory, 1, cancellation, dataset.FetchWindow);
        FetchLane lane = prefetcher.AddPlanned(1, _ => first == 0
            ? new FetchPlan(file.PlanFirstFetches(group.Index, stored))
            : PlanOf(group, [.. stored.Where(c => file.RowGroups[group.Index].Chunks[c.Index].HasPageIndex)], [(first, first + count)], memory));
        prefetcher.Start();
        lane.WhenReady().GetAwaiter().GetResult();
        return prefetcher;
    }

    static (Prefetcher Prefetcher, FetchLane[] Lanes) Open(
        Dataset dataset,
        IReadOnlyList<IReadOnlyList<DatasetRowGroup>> partitions,
        Func<int, DatasetFile, IEnumerable<DatasetColumn>> columnsOf,
        long memory,
        int open,
        CancellationToken cancellation)
    {
        long share = ShareOf(memory, open, partitions.Count);
        var prefetcher = new Prefetcher(dataset.Pool, memory, open, cancellation, dataset.FetchWindow);
        return (prefetcher, [.. partitions.Select((p, i) => prefetcher.AddPlanned(p.Count, g => PlanOf(p[g], columnsOf(i, p[g].File), share)))]);
    }

    static FetchPlan PlanOf(DatasetRowGroup group, IEnumerable<DatasetColumn> columns, long memory)
    {
        ParquetFile file = group.File.Parquet;
        if (!file.Source.IsFetched)
            return new FetchPlan([]);

        // What the condition asks for, and what becomes tiles: a column of both is read twice.
        IReadOnlyList<ParquetColumn> asked = StoredOf(group.Condition?.Columns ?? []), tiled = StoredOf(columns);
        IReadOnlyList<ParquetColumn> indexed = [.. asked.Where(c => file.RowGroups[group.Index].Chunks[c.Index].HasPageIndex)];
        if (indexed.Count == 0)
            return new FetchPlan(file.PlanFetches(group.Index, [.. asked, .. tiled], memory));

        // Which pages are wanted is written in their indexes.
        return new FetchPlan(file.PlanIndexFetches(group.Index, [.. asked.Union(tiled)], indexed), () => WantedPages(group, asked, tiled, memory));
    }

    static FetchPlan PlanOf(DatasetRowGroup group, IReadOnlyList<ParquetColumn> columns, IReadOnlyList<(long, long)> rows, long memory) => new(
        group.File.Parquet.PlanIndexFetches(group.Index, columns, []),
        () => group.File.Parquet.PlanPageFetches(group.Index, [.. columns.Select(c => (c, rows))], memory));

    static IReadOnlyList<FetchRange> WantedPages(DatasetRowGroup group, IReadOnlyList<ParquetColumn> asked, IReadOnlyList<ParquetColumn> tiled, long memory)
    {
        List<(long First, long End)> held = [], inDoubt = [];
        long row = 0;
        foreach (RowRange range in PageRanges.Find(group.Condition!, group))
        {
            if (range.MayHold)
                held.Add((row, row + range.Count));

            if (range is { MayHold: true, MayFail: true })
                inDoubt.Add((row, row + range.Count));

            row += range.Count;
        }

        IEnumerable<(ParquetColumn, IReadOnlyList<(long, long)>)> wanted = [.. asked.Select(c => (c, inDoubt)), .. tiled.Select(c => (c, held))];
        return group.File.Parquet.PlanPageFetches(group.Index, [.. wanted], memory);
    }

    static IReadOnlyList<ParquetColumn> StoredOf(IEnumerable<DatasetColumn> columns) =>
        [.. columns.Select(c => c.Stored).OfType<ParquetColumn>().Distinct()];

    // The partition that comes next should not have to begin from nothing.
    static long ShareOf(long memory, int open, int partitions) => memory / Math.Max(1, Math.Min(open + 1, partitions));
}
