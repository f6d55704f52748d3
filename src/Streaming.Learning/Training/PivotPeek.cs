using Streaming.Learning.Data;
using Streaming.Parquet;

namespace Streaming.Learning.Training;

/// <summary>
/// Finds, per feature, a value near the data: the median of its first rows. Taken off while decoding, it lets float32 tiles keep the
/// digits of columns whose values are large beside their spread, and costs one page per column.
/// </summary>
static class PivotPeek
{
    const int Rows = 255;

    /// <summary>The scaling that subtracts the pivots.</summary>
    public static FeatureScaling Find(Dataset dataset, IReadOnlyList<string> features)
    {
        DatasetRowGroup group = dataset.RowGroups.First(g => g.RowCount > 0);
        var pivots = new double[features.Count];
        var ones = new double[features.Count];
        Array.Fill(ones, 1.0);
        var values = new double[Math.Min(Rows, group.RowCount)];
        for (int j = 0; j < pivots.Length; j++)
        {
            using ColumnReader reader = group.File.OpenColumn(group.Index, group.File.FindColumn(features[j])!);
            reader.Read(values);
            double[] finite = [.. values.Where(double.IsFinite).Order()];
            pivots[j] = finite.Length > 0 ? finite[finite.Length / 2] : 0;
        }

        return new FeatureScaling(pivots, ones);
    }
}
