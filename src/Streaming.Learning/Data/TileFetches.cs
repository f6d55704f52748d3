using Streaming.Parquet;
using Streaming.Storage;

namespace Streaming.Learning.Data;

/// <summary>The requests that readers of partitions will make of remote files, known from the footers: what is fetched ahead.</summary>
static class TileFetches
{
    /// <summary>Opens a prefetcher with a lane for each partition.</summary>
    /// <param name="source">What is read.</param>
    /// <param name="partitions">The row groups of each partition.</param>
    /// <param name="memory">Bytes that may be held.</param>
    /// <param name="open">Partitions that are read at once.</param>
    /// <param name="cancellation">Ends all requests.</param>
    public static (Prefetcher Prefetcher, FetchLane[] Lanes) Open(
        TileSource source, IReadOnlyList<IReadOnlyList<DatasetRowGroup>> partitions, long memory, int open, CancellationToken cancellation)
    {
        // The partition that comes next should not have to begin from nothing.
        int lanes = Math.Min(open + 1, partitions.Count);
        var prefetcher = new Prefetcher(source.Dataset.Pool, memory, lanes, cancellation);
        return (prefetcher, [.. partitions.Select(p => prefetcher.Add(p.Count, g => RangesOf(source, p[g], memory / lanes)))]);
    }

    /// <summary>The requests for a row group; none where it is not known beforehand which of its pages are wanted.</summary>
    /// <param name="source">What is read.</param>
    /// <param name="group">The row group.</param>
    /// <param name="memory">Bytes that may be held for its partition.</param>
    public static IReadOnlyList<FetchRange> RangesOf(TileSource source, DatasetRowGroup group, long memory)
    {
        ParquetFile file = group.File.Parquet;
        RowGroupInfo info = file.RowGroups[group.Index];
        if (!file.Source.IsRemote || group.Condition?.Columns.Any(c => c.Stored is { } probe && info.Chunks[probe.Index].HasPageIndex) == true)
            return [];

        IEnumerable<DatasetColumn> columns =
        [
            .. source.Columns.FeatureColumns.Select(f => group.File.RequireColumn(f.Name)),
            .. source.Target == null ? [] : new[] { group.File.RequireColumn(source.Target.Name) },
            .. source.Columns.Weight == null ? [] : new[] { group.File.RequireColumn(source.Columns.Weight) },
            .. group.Condition?.Columns ?? [],
        ];
        return file.PlanFetches(group.Index, [.. columns.Where(c => c.Stored != null).Select(c => c.Stored!).Distinct()], memory);
    }
}
