using Streaming.Learning.Data;
using Streaming.Parquet;

namespace Streaming.Learning.Training;

/// <summary>
/// Finds, per feature, a value near the data: the median of its first rows that are wanted. Taken off while decoding, it lets float32 tiles keep the
/// digits of columns whose values are large beside their spread, and costs one page per column.
/// </summary>
static class PivotPeek
{
    const int Rows = 255;

    // Of vectors so long that this many rows would be very much memory, fewer are looked at.
    const int MaxValues = 1 << 23;

    /// <summary>The scaling that subtracts the pivots.</summary>
    public static FeatureScaling Find(Dataset dataset, ColumnSelection columns, CancellationToken cancellation)
    {
        var pivots = new double[columns.Features.Count];
        var ones = new double[pivots.Length];
        Array.Fill(ones, 1.0);
        using var picker = new RowPicker(RowFilter.None);
        foreach (DatasetRowGroup group in dataset.RowGroups)
        {
            picker.Open(group);
            if (!picker.TryPick(Rows, out RowRun run, cancellation))
                continue;

            foreach (FeatureColumn column in columns.FeatureColumns)
            {
                int rows = Math.Min(run.Wanted, Math.Max(1, MaxValues / column.Count));
                double[] values = Read(dataset, group, column, run, rows);
                for (int k = 0; k < column.Count; k++)
                    pivots[column.First + k] = MedianOf(values.AsSpan(k * rows, rows));
            }

            break;
        }

        return new FeatureScaling(pivots, ones);
    }

    // The wanted rows, feature after feature.
    static double[] Read(Dataset dataset, DatasetRowGroup group, FeatureColumn column, RowRun run, int rows)
    {
        using ColumnCursor cursor = group.File.OpenColumn(group.Index, group.File.RequireColumn(column.Name));
        var values = new double[rows * column.Count];
        try
        {
            cursor.Skip(run.Skip);
            for (int done = 0, n; done < rows; done += n)
            {
                n = Math.Min(run.StretchFrom(done, out int gap), rows - done);
                cursor.Skip(gap);
                if (column.Length is { } length)
                    cursor.ReadVectors(values.AsSpan(done), n, length, rows);
                else
                    cursor.Read(values.AsSpan(done, n));
            }
        }
        catch (VectorLengthException e)
        {
            throw column.Refuse(dataset, group, e);
        }

        return values;
    }

    static double MedianOf(Span<double> values)
    {
        var finite = new List<double>();
        foreach (double value in values)
        {
            if (double.IsFinite(value))
                finite.Add(value);
        }

        finite.Sort();
        return finite.Count > 0 ? finite[finite.Count / 2] : 0;
    }
}
