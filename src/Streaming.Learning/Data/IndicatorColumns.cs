using Streaming.Learning.Data.Encodings;

namespace Streaming.Learning.Data;

/// <summary>Fills the features of a tile that tell which values of its columns were missing, before those are filled. For one thread.</summary>
sealed unsafe class IndicatorColumns
{
    readonly FeatureScaling scaling;

    // What is told of, and the feature that tells it.
    readonly Dictionary<string, int> features;

    IndicatorColumns(FeatureColumn column, FeatureScaling scaling)
    {
        this.scaling = scaling;
        features = ((MissingIndicatorEncoding)column.Encoding!).Of.Select((name, k) => (name, Feature: column.First + k)).ToDictionary(f => f.name, f => f.Feature);
    }

    /// <summary>Those of what is read; null where it has none.</summary>
    public static IndicatorColumns? Of(TileSource source) =>
        source.Columns.FeatureColumns.FirstOrDefault(c => c.Encoding is MissingIndicatorEncoding) is { } column ? new IndicatorColumns(column, source.Scaling) : null;

    /// <summary>Tells of a column that has been read.</summary>
    /// <param name="tile">Holds its values, but for those of encoded columns, as they were read.</param>
    /// <param name="start">The first row.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="column">The column.</param>
    /// <param name="encoded">What has read it, if it is encoded.</param>
    public void Fill(RowBatch tile, int start, int rows, FeatureColumn column, EncodedColumn? encoded)
    {
        IReadOnlyList<string> names = column.ValueNames;
        for (int k = 0; k < names.Count; k++)
        {
            if (!features.TryGetValue(names[k], out int feature))
                continue;

            for (int row = 0; row < rows; row++)
                Set(tile, feature, start + row, encoded?.WasMissing(row) ?? IsMissing(tile, column.First + k, start + row));
        }
    }

    static bool IsMissing(RowBatch tile, int feature, int row)
    {
        long at = (long)feature * tile.Stride + row;
        return tile.Doubles != null ? double.IsNaN(tile.Doubles[at]) : float.IsNaN(tile.Features[at]);
    }

    void Set(RowBatch tile, int feature, int row, bool isMissing)
    {
        long at = (long)feature * tile.Stride + row;
        double scaled = ((isMissing ? 1 : 0) - scaling.Offset[feature]) * scaling.Factor[feature];
        if (tile.Doubles != null)
            tile.Doubles[at] = scaled;
        else
            tile.Features[at] = (float)scaled;
    }
}
