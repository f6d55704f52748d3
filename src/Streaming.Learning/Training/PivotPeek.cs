using Streaming.Learning.Data;

namespace Streaming.Learning.Training;

/// <summary>
/// Finds, per feature, a value near the data: the median of its first rows that are wanted. Taken off while decoding, it lets float32 tiles keep the
/// digits of columns whose values are large beside their spread, and costs one page per column.
/// </summary>
static class PivotPeek
{
    const int Rows = 255;

    /// <summary>The scaling that subtracts the pivots.</summary>
    public static FeatureScaling Find(Dataset dataset, IReadOnlyList<string> features, CancellationToken cancellation)
    {
        var pivots = new double[features.Count];
        var ones = new double[features.Count];
        Array.Fill(ones, 1.0);
        using var picker = new RowPicker(RowFilter.None);
        foreach (DatasetRowGroup group in dataset.RowGroups)
        {
            picker.Open(group);
            if (!picker.TryPick(Rows, out RowRun run, cancellation))
                continue;

            for (int j = 0; j < pivots.Length; j++)
                pivots[j] = MedianOf(group, features[j], run);

            break;
        }

        return new FeatureScaling(pivots, ones);
    }

    static double MedianOf(DatasetRowGroup group, string feature, RowRun run)
    {
        using ColumnCursor cursor = group.File.OpenColumn(group.Index, group.File.RequireColumn(feature));
        var values = new double[run.Count];
        cursor.Skip(run.Skip);
        cursor.Read(values);
        var finite = new List<double>();
        for (int i = 0; i < run.Wanted; i++)
        {
            if (double.IsFinite(values[run.PlaceOf(i)]))
                finite.Add(values[run.PlaceOf(i)]);
        }

        finite.Sort();
        return finite.Count > 0 ? finite[finite.Count / 2] : 0;
    }
}
