using Streaming.Learning.Data.Encodings;

namespace Streaming.Learning.Data;

/// <summary>Fills the features of a tile that tell which values of a column were missing, before those are filled. For one thread.</summary>
/// <param name="column">The column.</param>
/// <param name="features">The feature that tells of each of its values; -1 where none does.</param>
/// <param name="scaling">How features become those of tiles.</param>
sealed unsafe class IndicatorColumn(FeatureColumn column, int[] features, FeatureScaling scaling)
{
    /// <summary>What tells of each of some columns; null where nothing does.</summary>
    /// <param name="source">What is read.</param>
    /// <param name="columns">Columns of it.</param>
    public static IndicatorColumn?[] Of(TileSource source, IReadOnlyList<FeatureColumn> columns)
    {
        FeatureColumn? made = source.Columns.FeatureColumns.FirstOrDefault(c => c.Encoding is MissingIndicatorEncoding);
        IReadOnlyList<string> of = (made?.Encoding as MissingIndicatorEncoding)?.Of ?? [];
        Dictionary<string, int> featureOf = of.Select((name, k) => (name, Feature: made!.First + k)).ToDictionary(f => f.name, f => f.Feature);
        return [.. columns.Select(Of)];

        IndicatorColumn? Of(FeatureColumn column)
        {
            int[] features = [.. column.ValueNames.Select(name => featureOf.GetValueOrDefault(name, -1))];
            return features.Any(f => f >= 0) ? new IndicatorColumn(column, features, source.Scaling) : null;
        }
    }

    /// <summary>Tells of rows of the column, which has been read.</summary>
    /// <param name="tile">Holds its values, but for those of an encoded column, as they were read.</param>
    /// <param name="start">The first row.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="encoded">What has read it, if it is encoded.</param>
    public void Fill(RowBatch tile, int start, int rows, EncodedColumn? encoded)
    {
        for (int k = 0; k < features.Length; k++)
        {
            if (features[k] < 0)
                continue;

            for (int row = 0; row < rows; row++)
                Set(tile, features[k], start + row, encoded?.WasMissing(row) ?? IsMissing(tile, column.First + k, start + row));
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
