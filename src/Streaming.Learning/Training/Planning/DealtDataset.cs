using Streaming.Learning.Data;

namespace Streaming.Learning.Training.Planning;

/// <summary>
/// A dataset whose row groups are dealt to partitions, and what reading columns of it takes: that is worked out from the footers of all files, and
/// plans and passes of a run mostly read the same columns.
/// </summary>
/// <param name="dataset">The data.</param>
/// <param name="partitions">Partitions, at most one per row group.</param>
sealed class DealtDataset(Dataset dataset, int partitions)
{
    readonly Dictionary<(ColumnSelection Columns, string? Target, bool Doubles), ReadingPlan> readings = [];

    /// <summary>The data.</summary>
    public Dataset Dataset => dataset;

    /// <summary>The row groups of each partition.</summary>
    public IReadOnlyList<IReadOnlyList<DatasetRowGroup>> Partitions { get; } = Data.Partitions.Deal(dataset.RowGroups, partitions);

    /// <summary>What a pass over columns takes; by one thread at a time.</summary>
    /// <param name="source">What is read; scaling, classes and rows do not matter.</param>
    /// <param name="doubles">Whether features are read as doubles.</param>
    public ReadingPlan ReadingOf(TileSource source, bool doubles)
    {
        var key = (source.Columns, source.Target?.Name, doubles);
        if (!readings.TryGetValue(key, out ReadingPlan? reading))
            readings.Add(key, reading = ReadingPlan.Of(source, Partitions, doubles));

        return reading;
    }
}
