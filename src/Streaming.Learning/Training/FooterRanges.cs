using Streaming.Learning.Data;

namespace Streaming.Learning.Training;

/// <summary>Smallest and largest values of features as the files' footers tell them, so that no row need be read.</summary>
static class FooterRanges
{
    /// <summary>The bounds of each feature; null where a footer does not tell them, or tells those of other rows than a run learns from.</summary>
    /// <param name="dataset">The data.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="options">Which rows the run learns from.</param>
    public static (double Min, double Max)[]? Of(Dataset dataset, ColumnSelection columns, TrainingOptions options)
    {
        bool areAllRows = dataset.Options.Where == null && options is { HoldoutFraction: 0, Weight: null, Rules: { Drops: false, Fills: false }, Imputers.Count: 0 };
        if (!areAllRows || columns.FeatureColumns.Any(c => c.Encoding != null || c.Length != null))
            return null;

        var ranges = new (double Min, double Max)[columns.FeatureColumns.Count];
        for (int j = 0; j < ranges.Length; j++)
        {
            (double min, double max) = (double.PositiveInfinity, double.NegativeInfinity);
            foreach (DatasetRowGroup group in dataset.RowGroups)
            {
                DatasetColumn column = columns.ColumnOf(group.File, columns.FeatureColumns[j]);
                if (column.Stored is not { } stored
                    || group.File.Parquet.RowGroups[group.Index].Chunks[stored.Index] is not { Min: { } low, Max: { } high }
                    || !double.IsFinite(low) || !double.IsFinite(high))
                {
                    return null;
                }

                if (column.Change is var (from, to))
                    (low, high) = (from.Convert(low, to), from.Convert(high, to));

                (min, max) = (Math.Min(min, low), Math.Max(max, high));
            }

            ranges[j] = (min, max);
        }

        return ranges;
    }
}
