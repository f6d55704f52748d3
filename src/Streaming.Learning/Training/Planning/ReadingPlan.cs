using Streaming.Learning.Data;
using Streaming.Parquet;

namespace Streaming.Learning.Training.Planning;

/// <summary>What reading a dataset takes, from the footers alone: memory for each partition's open columns, and requests to storage.</summary>
sealed class ReadingPlan
{
    ReadingPlan(IReadOnlyList<ReaderBytes> partitions, ReadRequests requests, long remoteBytes)
    {
        Partitions = partitions;
        Requests = requests;
        RemoteBytes = remoteBytes;
    }

    /// <summary>Memory for reading each partition: that of its row group that takes most.</summary>
    public IReadOnlyList<ReaderBytes> Partitions { get; }

    /// <summary>What a pass asks of storage when nothing is fetched ahead.</summary>
    public ReadRequests Requests { get; }

    /// <summary>Bytes of the column chunks that are fetched from remote files.</summary>
    public long RemoteBytes { get; }

    /// <summary>Plans a pass over features, target, weight and the columns of the condition.</summary>
    /// <param name="source">What is read; scaling and classes do not matter.</param>
    /// <param name="partitions">The row groups of each partition.</param>
    /// <param name="doubles">Whether features are read as doubles.</param>
    public static ReadingPlan Of(TileSource source, IReadOnlyList<IReadOnlyList<DatasetRowGroup>> partitions, bool doubles)
    {
        // Target and weight stand behind the features.
        int features = source.FeatureColumnCount;
        return Of(partitions, file => [.. source.ColumnsOf(file).Select((c, i) => (c, doubles || i >= features))]);
    }

    /// <summary>Plans a scan of one column.</summary>
    public static ReadingPlan OfColumn(string column, IReadOnlyList<IReadOnlyList<DatasetRowGroup>> partitions) =>
        Of(partitions, file => [(file.RequireColumn(column), true)]);

    static ReadingPlan Of(
        IReadOnlyList<IReadOnlyList<DatasetRowGroup>> partitions,
        Func<DatasetFile, List<(DatasetColumn Column, bool AsDoubles)>> columnsOf)
    {
        var most = new ReaderBytes[partitions.Count];
        ReadRequests requests = default;
        long remoteBytes = 0;
        ParquetFile? current = null;
        List<(ParquetColumn Column, bool AsDoubles)> together = [];
        for (int p = 0; p < most.Length; p++)
        {
            foreach (DatasetRowGroup group in partitions[p])
            {
                ParquetFile file = group.File.Parquet;

                // Files that share their columns give the same ones.
                if (file.Columns != current?.Columns)
                    (current, together) = (file, [.. Stored(columnsOf(group.File))]);

                List<(ParquetColumn Column, bool AsDoubles)> probes = [.. Stored(group.Condition?.Probes.Select(c => (c.Column, true)) ?? [])];
                ReaderBytes bytes = file.EstimateReaderBytes(group.Index, together) + file.EstimateReaderBytes(group.Index, probes);
                requests += file.EstimateRequests(group.Index, [.. together.Select(c => c.Column)]);
                requests += file.EstimateRequests(group.Index, [.. probes.Select(c => c.Column)]);
                if (file.Source.IsFetched)
                    remoteBytes += together.Concat(probes).Sum(c => file.RowGroups[group.Index].Chunks[c.Column.Index].CompressedBytes);

                most[p] = new ReaderBytes(Math.Max(most[p].Held, bytes.Held), Math.Max(most[p].Passing, bytes.Passing));
            }
        }

        return new ReadingPlan(most, requests, remoteBytes);
    }

    static IEnumerable<(ParquetColumn Column, bool AsDoubles)> Stored(IEnumerable<(DatasetColumn Column, bool AsDoubles)> columns) =>
        columns.Where(c => c.Column.Stored != null).Select(c => (c.Column.Stored!, c.AsDoubles));
}
