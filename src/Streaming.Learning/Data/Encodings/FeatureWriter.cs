namespace Streaming.Learning.Data.Encodings;

/// <summary>
/// Writes the features of one column into rows of a tile that follow each other. Tiles of float32 get scaled values, tiles of doubles values as
/// they are, as from columns that are numbers.
/// </summary>
/// <param name="tile">The tile.</param>
/// <param name="start">Its first row.</param>
/// <param name="rows">Rows.</param>
/// <param name="first">Number of the column's first feature.</param>
/// <param name="scaling">The scaling of all features.</param>
readonly unsafe ref struct FeatureWriter(RowBatch tile, int start, int rows, int first, FeatureScaling scaling)
{
    /// <summary>Gives all rows the same value in a feature.</summary>
    public void Fill(int feature, double value)
    {
        int j = first + feature;
        if (tile.Doubles != null)
            tile.WritableDoubles(j, start + rows)[start..].Fill(value);
        else
            tile.WritableColumn(j, start + rows)[start..].Fill(Scaled(j, value));
    }

    /// <summary>Gives a row a value in a feature.</summary>
    public void Set(int row, int feature, double value)
    {
        int j = first + feature;
        long at = (long)j * tile.Stride + start + row;
        if (tile.Doubles != null)
            tile.Doubles[at] = value;
        else
            tile.Features[at] = Scaled(j, value);
    }

    float Scaled(int feature, double value) => (float)((value - scaling.Offset[feature]) * scaling.Factor[feature]);
}
