using Streaming.Learning.Data;
using Streaming.Learning.Data.Conditions;
using Streaming.Learning.Data.Encodings;
using Streaming.Parquet;
using Streaming.Storage;

namespace Streaming.Learning.Training;

/// <summary>
/// Finds, per feature, a value near the data: the median of its first rows that are wanted, or of the products of two features in them. Taken off while decoding, it lets float32
/// tiles keep the digits of columns whose values are large beside their spread, and costs one page per column.
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
        foreach (DatasetRowGroup group in dataset.RowGroups)
        {
            int[] picked = PickFirst(group, cancellation, out long skip);
            if (picked.Length == 0)
                continue;

            ReadPivots(dataset, columns, group, skip, picked, pivots, cancellation);
            break;
        }

        return new FeatureScaling(pivots, ones);
    }

    static void ReadPivots(Dataset dataset, ColumnSelection columns, DatasetRowGroup group, long skip, int[] picked, double[] pivots, CancellationToken cancellation)
    {
        // Encoded values are near 0 already, or far from each other; products with them are, too.
        (int Product, int First, int Second)[] products =
            [.. columns.FeatureColumns.Where(c => c.Encoding is PolynomialEncoding).SelectMany(c => ProductColumns.FactorsOf(columns, c).Select((f, k) => (c.First + k, f.First, f.Second)))];
        HashSet<int> factors = [.. products.SelectMany(p => new[] { p.First, p.Second })];
        var kept = new Dictionary<int, double[]>();
        FeatureColumn[] peeked = [.. columns.FeatureColumns.Where(c => c.Encoding == null)];
        DatasetColumn[] read = [.. peeked.Select(c => columns.ColumnOf(group.File, c))];

        using Prefetcher ahead = TileFetches.OpenFew(dataset, group, read, skip, picked[^1] + 1, cancellation);
        ColumnCursor[] cursors = group.File.OpenColumns(group.Index, read, skipsPages: skip > 0);
        try
        {
            foreach ((FeatureColumn column, ColumnCursor cursor) in peeked.Zip(cursors))
            {
                int rows = Math.Min(picked.Length, Math.Max(1, MaxValues / column.Count));
                cursor.Skip(skip);
                double[] values = Read(dataset, group, column, cursor, picked.AsSpan(0, rows));
                cursor.Dispose();
                for (int k = 0; k < column.Count; k++)
                {
                    ReadOnlySpan<double> ofFeature = values.AsSpan(k * rows, rows);
                    pivots[column.First + k] = MedianOf(ofFeature);
                    if (factors.Contains(column.First + k))
                        kept[column.First + k] = ofFeature.ToArray();
                }
            }

            foreach ((int product, int first, int second) in products)
            {
                if (kept.TryGetValue(first, out double[]? left) && kept.TryGetValue(second, out double[]? right))
                    pivots[product] = MedianOf([.. left.Zip(right, (a, b) => a * b)]);
            }
        }
        finally
        {
            foreach (ColumnCursor cursor in cursors)
                cursor.Dispose();
        }
    }

    // Wanted rows that lie close together, in however many runs they come: which they are does not depend on indexes.
    static int[] PickFirst(DatasetRowGroup group, CancellationToken cancellation, out long first)
    {
        var picked = new List<int>();
        using var picker = new RowPicker(RowFilter.None);
        picker.Open(group);
        first = 0;
        while (picked.Count < Rows && picker.TryPick(Rows - picked.Count, out RowRun run, cancellation))
        {
            for (int i = 0; i < run.Wanted; i++)
            {
                long row = run.FirstRow + run.PlaceOf(i) - group.FirstRow;
                if (picked.Count == 0)
                    first = row;

                if (row / ConditionReader.ChunkRows > first / ConditionReader.ChunkRows)
                    return [.. picked];

                picked.Add((int)(row - first));
            }
        }

        return [.. picked];
    }

    // The picked rows, feature after feature.
    static double[] Read(Dataset dataset, DatasetRowGroup group, FeatureColumn column, ColumnCursor cursor, ReadOnlySpan<int> picked)
    {
        if (column.Length is not { } length)
        {
            var all = new double[picked[^1] + 1];
            cursor.Read(all);
            var wanted = new double[picked.Length];
            for (int i = 0; i < wanted.Length; i++)
                wanted[i] = all[picked[i]];

            return wanted;
        }

        try
        {
            var values = new double[picked.Length * length];
            cursor.ReadVectors(values, picked.Length, length, picked.Length, picked);
            return values;
        }
        catch (VectorLengthException e)
        {
            throw column.Refuse(dataset, group, e);
        }
    }

    static double MedianOf(ReadOnlySpan<double> values)
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
