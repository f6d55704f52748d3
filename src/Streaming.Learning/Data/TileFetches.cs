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
        Open(source.Dataset, partitions, (p, file) => isCached(p) ? [] : ColumnsOf(source, file), memory, open, cancellation);

    /// <summary>What reading partitions so asks of storage.</summary>
    /// <param name="source">What is read.</param>
    /// <param name="partitions">The row groups of each partition.</param>
    /// <param name="memory">Bytes that may be held.</param>
    /// <param name="open">Partitions that are read at once.</param>
    public static ReadRequests RequestsFor(TileSource source, IReadOnlyList<IReadOnlyList<DatasetRowGroup>> partitions, long memory, int open) =>
        RequestsFor(partitions.SelectMany(p => p), file => ColumnsOf(source, file), ShareOf(memory, open, partitions.Count));

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
            IReadOnlyList<FetchRange> ranges = RangesOf(group, columns, share);
            sum += ranges.Count > 0
                ? new ReadRequests(ranges.Count, ranges.Sum(r => (long)r.Length))
                : group.File.Parquet.EstimateRequests(group.Index, StoredOf(group, columns));
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

    /// <summary>Begins to fetch what readers of a row group's first rows alone begin with.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="group">The row group.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="cancellation">Ends all requests.</param>
    public static Prefetcher OpenFirst(Dataset dataset, DatasetRowGroup group, IEnumerable<DatasetColumn> columns, CancellationToken cancellation)
    {
        ParquetFile file = group.File.Parquet;
        IReadOnlyList<ParquetColumn> stored = file.Source.IsFetched ? [.. columns.Where(c => c.Stored != null).Select(c => c.Stored!).Distinct()] : [];

        // Half of what the readers leave.
        long readers = file.EstimateReaderBytes(group.Index, [.. stored.Select(c => (c, true))]).Total;
        var prefetcher = new Prefetcher(dataset.Pool, Math.Max(0, (dataset.Pool.FreeBytes - readers) / 2), 1, cancellation);
        prefetcher.Add(1, _ => file.PlanFirstFetches(group.Index, stored));
        prefetcher.Start();
        return prefetcher;
    }

    /// <summary>The columns that tiles are made of.</summary>
    public static IEnumerable<DatasetColumn> ColumnsOf(TileSource source, DatasetFile file) =>
    [
        .. source.Columns.FeatureColumns.Where(f => f.IsRead).Select(f => file.RequireColumn(f.Name)),
        .. source.Target == null ? [] : new[] { file.RequireColumn(source.Target.Name) },
        .. source.Columns.Weight == null ? [] : new[] { file.RequireColumn(source.Columns.Weight) },
    ];

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
        return (prefetcher, [.. partitions.Select((p, i) => prefetcher.Add(p.Count, g => RangesOf(p[g], columnsOf(i, p[g].File), share)))]);
    }

    // None where it is not known beforehand which of the pages are wanted.
    static IReadOnlyList<FetchRange> RangesOf(DatasetRowGroup group, IEnumerable<DatasetColumn> columns, long memory)
    {
        ParquetFile file = group.File.Parquet;
        RowGroupInfo info = file.RowGroups[group.Index];
        if (!file.Source.IsFetched || group.Condition?.Columns.Any(c => c.Stored is { } probe && info.Chunks[probe.Index].HasPageIndex) == true)
            return [];

        return file.PlanFetches(group.Index, StoredOf(group, columns), memory);
    }

    static IReadOnlyList<ParquetColumn> StoredOf(DatasetRowGroup group, IEnumerable<DatasetColumn> columns) =>
        [.. columns.Concat(group.Condition?.Columns ?? []).Where(c => c.Stored != null).Select(c => c.Stored!).Distinct()];

    // The partition that comes next should not have to begin from nothing.
    static long ShareOf(long memory, int open, int partitions) => memory / Math.Max(1, Math.Min(open + 1, partitions));
}
