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

    // Of vectors so long that this many rows would be very much memory, fewer are looked at.
    const int MaxValues = 1 << 23;

    /// <summary>The scaling that subtracts the pivots.</summary>
    public static FeatureScaling Find(Dataset dataset, ColumnSelection columns)
    {
        DatasetRowGroup group = dataset.RowGroups.First(g => g.RowCount > 0);
        var pivots = new double[columns.Features.Count];
        var ones = new double[pivots.Length];
        Array.Fill(ones, 1.0);
        foreach (FeatureColumn column in columns.FeatureColumns)
        {
            int rows = (int)Math.Min(Math.Clamp(MaxValues / column.Count, 1, Rows), group.RowCount);
            var values = new double[rows * column.Count];
            Read(dataset, group, column, values, rows);
            for (int k = 0; k < column.Count; k++)
            {
                double[] finite = [.. new ArraySegment<double>(values, k * rows, rows).Where(double.IsFinite).Order()];
                pivots[column.First + k] = finite.Length > 0 ? finite[finite.Length / 2] : 0;
            }
        }

        return new FeatureScaling(pivots, ones);
    }

    static void Read(Dataset dataset, DatasetRowGroup group, FeatureColumn column, double[] values, int rows)
    {
        using ColumnReader reader = group.File.OpenColumn(group.Index, group.File.FindColumn(column.Name)!);
        if (column.Length is not { } length)
        {
            reader.Read(values);
            return;
        }

        try
        {
            reader.ReadVectors(values, rows, length, rows);
        }
        catch (VectorLengthException e)
        {
            throw column.Refuse(dataset, group, e);
        }
    }
}
