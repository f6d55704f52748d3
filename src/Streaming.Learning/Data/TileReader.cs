using Streaming.Learning.Numerics;
using Streaming.Parquet;

namespace Streaming.Learning.Data;

/// <summary>What a pass reads: columns, their scaling, and the rows it sees.</summary>
/// <param name="Dataset">The data.</param>
/// <param name="Columns">The columns.</param>
/// <param name="Scaling">How file values become tile values.</param>
/// <param name="Target">The target, where <see cref="ColumnSelection.Target"/> is to be read.</param>
/// <param name="Filter">The rows.</param>
/// <param name="BatchSize">Most rows per tile.</param>
public sealed record TileSource(
    Dataset Dataset, ColumnSelection Columns, FeatureScaling Scaling, TargetInfo? Target, RowFilter Filter, int BatchSize)
{
    /// <summary>The tiles that <see cref="TileReader"/> fills.</summary>
    /// <param name="doubles">Whether their features are double.</param>
    public BatchShape Shape(bool doubles = false) =>
        new(Columns.Features.Count, BatchSize, Target != null, Columns.Weight != null, HasRowMajor: false, doubles);

    /// <summary>The tiles that hold their features row-major.</summary>
    public BatchShape RowShape =>
        new(Columns.Features.Count, BatchSize, Target != null, Columns.Weight != null, HasRowMajor: true, HasColumns: false);
}

/// <summary>
/// Reads one partition, tile by tile: rows in file order, across the borders of its row groups. Used by one thread at a time.
/// </summary>
sealed unsafe class TileReader : IDisposable
{
    readonly TileSource source;
    readonly IReadOnlyList<DatasetRowGroup> rowGroups;
    readonly ColumnReader?[] features;
    readonly ClassIndex? classes;
    ColumnReader? target;
    ColumnReader? weight;
    int[] codes = [];
    int nextRowGroup;
    DatasetRowGroup? current;
    long rowsLeft;
    long position;

    public TileReader(TileSource source, IReadOnlyList<DatasetRowGroup> rowGroups)
    {
        this.source = source;
        this.rowGroups = rowGroups;
        features = new ColumnReader?[source.Columns.FeatureColumns.Count];
        if (source.Target is { Kind: TargetKind.Classes } info)
            classes = new ClassIndex(info);
    }

    /// <summary>Rows read so far, kept or not.</summary>
    public long RowsRead { get; private set; }

    /// <summary>Fills <paramref name="tile"/> with the next rows; false when there are none left.</summary>
    public bool Read(RowBatch tile)
    {
        int filled = 0;
        while (filled < tile.Capacity && (rowsLeft > 0 || OpenNextRowGroup()))
        {
            if (filled == 0)
                tile.FirstRow = position;

            int n = (int)Math.Min(tile.Capacity - filled, rowsLeft);
            ReadRows(tile, filled, n);
            filled += n;
            rowsLeft -= n;
            position += n;
        }

        RowsRead += filled;
        tile.RowCount = filled;
        tile.IsFiltered = false;
        if (filled == 0)
            return false;

        if (source.Filter.IsActive)
            TileFilter.Apply(tile, source.Filter);

        return true;
    }

    bool OpenNextRowGroup()
    {
        CloseColumns();
        if (nextRowGroup == rowGroups.Count)
            return false;

        current = rowGroups[nextRowGroup++];
        rowsLeft = current.RowCount;
        position = current.FirstRow;
        for (int j = 0; j < features.Length; j++)
            features[j] = Open(source.Columns.FeatureColumns[j].Name);

        target = source.Target != null ? Open(source.Target.Name) : null;
        weight = source.Columns.Weight != null ? Open(source.Columns.Weight) : null;
        return true;
    }

    ColumnReader Open(string column) => current!.File.OpenColumn(current.Index, current.File.FindColumn(column)!);

    void ReadRows(RowBatch tile, int start, int count)
    {
        for (int c = 0; c < features.Length; c++)
        {
            FeatureColumn column = source.Columns.FeatureColumns[c];
            if (column.Length is { } length)
                ReadVectors(tile, start, count, features[c]!, column, length);
            else
                ReadNumbers(tile, start, count, features[c]!, column.First);

            for (int j = column.First; j < column.First + column.Count; j++)
            {
                if (tile.Doubles != null)
                    CheckAndScale(tile.WritableDoubles(j, start + count)[start..], j);
                else
                    Check(tile.WritableColumn(j, start + count)[start..], j);
            }
        }

        if (target != null)
            ReadTarget(tile.WritableTarget(start + count)[start..]);

        if (weight != null)
            ReadWeight(tile.WritableWeight(start + count)[start..]);
    }

    void ReadNumbers(RowBatch tile, int start, int count, ColumnReader reader, int feature)
    {
        if (tile.Doubles != null)
            reader.Read(tile.WritableDoubles(feature, start + count)[start..]);
        else
            reader.Read(tile.WritableColumn(feature, start + count)[start..], source.Scaling.Offset[feature], source.Scaling.Factor[feature]);
    }

    void ReadVectors(RowBatch tile, int start, int count, ColumnReader reader, FeatureColumn column, int length)
    {
        try
        {
            if (tile.Doubles != null)
            {
                reader.ReadVectors(tile.WritableDoublesOf(column.First, length, start, count), count, length, tile.Stride);
                return;
            }

            reader.ReadVectors(
                tile.WritableColumns(column.First, length, start, count),
                count,
                length,
                tile.Stride,
                source.Scaling.Offset.Slice(column.First, length),
                source.Scaling.Factor.Slice(column.First, length));
        }
        catch (VectorLengthException e)
        {
            throw column.Refuse(source.Dataset, current!, e);
        }
    }

    void Check(ReadOnlySpan<float> values, int feature)
    {
        int bad = Finite.IndexOfNonFinite(values);
        if (bad >= 0)
            throw NotFinite("Feature", source.Columns.Features[feature], bad, values[bad]);
    }

    void CheckAndScale(Span<double> values, int feature)
    {
        int bad = Finite.IndexOfNonFinite(values);
        if (bad >= 0)
            throw NotFinite("Feature", source.Columns.Features[feature], bad, values[bad]);

        double offset = source.Scaling.Offset[feature];
        double factor = source.Scaling.Factor[feature];
        for (int i = 0; i < values.Length; i++)
            values[i] = (values[i] - offset) * factor;
    }

    void ReadTarget(Span<double> values)
    {
        string name = source.Target!.Name;
        if (classes == null)
        {
            target!.Read(values);
            int bad = Finite.IndexOfNonFinite(values);
            if (bad >= 0)
                throw NotFinite("Target", name, bad, values[bad]);

            return;
        }

        if (source.Target.ClassType == ClassType.Text)
        {
            if (codes.Length < values.Length)
                codes = new int[source.BatchSize];

            Span<int> found = codes.AsSpan(0, values.Length);
            target!.ReadCategories(found, classes);
            for (int i = 0; i < found.Length; i++)
            {
                if (found[i] < 0)
                    throw NoClass(name, i, found[i] == ClassIndex.Unknown ? null : double.NaN);

                values[i] = found[i];
            }

            return;
        }

        target!.Read(values);
        for (int i = 0; i < values.Length; i++)
        {
            int index = classes.Find(values[i]);
            if (index < 0)
                throw NoClass(name, i, values[i]);

            values[i] = index;
        }
    }

    void ReadWeight(Span<double> values)
    {
        weight!.Read(values);
        for (int i = 0; i < values.Length; i++)
        {
            if (!(values[i] >= 0 && double.IsFinite(values[i])))
                throw new DatasetException($"Weight '{source.Columns.Weight}' must be a finite number of at least 0, found {values[i]} in {Locate(i)}.");
        }
    }

    DatasetException NotFinite(string role, string column, int row, double value) =>
        new($"{role} '{column}' must be a finite number, found {Show(value)} in {Locate(row)}. "
            + "Clean the data, or leave the column out.");

    DatasetException NoClass(string column, int row, double? label)
    {
        string known = string.Join(", ", source.Target!.Classes.Take(10));
        if (source.Target.Classes.Count > 10)
            known += $", … ({source.Target.Classes.Count} in all)";

        string found = label is null ? "a label" : double.IsNaN(label.Value) ? Show(label.Value) : $"'{label}'";
        return new($"Target '{column}' must be one of the classes {known}; found {found} that is none of them in {Locate(row)}.");
    }

    static string Show(double value) => double.IsNaN(value) ? "null or NaN" : value > 0 ? "infinity" : "-infinity";

    string Locate(int row) => source.Dataset.Locate(position + row);

    void CloseColumns()
    {
        for (int j = 0; j < features.Length; j++)
        {
            features[j]?.Dispose();
            features[j] = null;
        }

        target?.Dispose();
        weight?.Dispose();
        target = null;
        weight = null;
    }

    public void Dispose() => CloseColumns();
}
