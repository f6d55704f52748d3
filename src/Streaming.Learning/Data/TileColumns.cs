using Streaming.Learning.Data.Conditions;
using Streaming.Learning.Numerics;
using Streaming.Parquet;

namespace Streaming.Learning.Data;

/// <summary>
/// The columns of a row group that go into tiles: features, target and weight. Values of wanted rows are checked; those of other rows may
/// be anything. For one thread.
/// </summary>
sealed unsafe class TileColumns : IDisposable
{
    readonly TileSource source;
    readonly ColumnCursor?[] features;
    readonly ClassIndex? classes;

    // Where rows stand before the wanted ones are taken; a run with gaps is never longer.
    readonly float[] floats = new float[ConditionReader.ChunkRows];
    readonly double[] doubles = new double[ConditionReader.ChunkRows];
    int[] codes = new int[ConditionReader.ChunkRows];
    DatasetRowGroup? current;
    ColumnCursor? target;
    ColumnCursor? weight;

    public TileColumns(TileSource source)
    {
        this.source = source;
        features = new ColumnCursor?[source.Columns.FeatureColumns.Count];
        if (source.Target is { Kind: TargetKind.Classes } info)
            classes = new ClassIndex(info);
    }

    /// <summary>Goes to the first row of a row group.</summary>
    public void Open(DatasetRowGroup group)
    {
        Close();
        current = group;
        for (int j = 0; j < features.Length; j++)
            features[j] = Cursor(source.Columns.FeatureColumns[j].Name);

        target = source.Target != null ? Cursor(source.Target.Name) : null;
        weight = source.Columns.Weight != null ? Cursor(source.Columns.Weight) : null;

        ColumnCursor Cursor(string column) => group.File.OpenColumn(group.Index, group.File.RequireColumn(column));
    }

    /// <summary>Puts the wanted rows of a run into a tile.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="start">Row of the tile that the first of them becomes.</param>
    /// <param name="run">The rows.</param>
    public void Read(RowBatch tile, int start, RowRun run)
    {
        int end = start + run.Wanted;
        for (int c = 0; c < features.Length; c++)
        {
            FeatureColumn column = source.Columns.FeatureColumns[c];
            if (column.Length != null)
                ReadVectors(tile, start, features[c]!, column, run);
            else if (tile.Doubles != null)
                ReadValues(tile.WritableDoubles(column.First, end)[start..], features[c]!, run);
            else
                ReadFloats(tile.WritableColumn(column.First, end)[start..], features[c]!, column.First, run);

            for (int j = column.First; j < column.First + column.Count; j++)
            {
                if (tile.Doubles != null)
                    CheckAndScale(tile.WritableDoubles(j, end)[start..], j, run);
                else
                    Check(tile.WritableColumn(j, end)[start..], j, run);
            }
        }

        if (target != null)
            ReadTarget(tile.WritableTarget(end)[start..], run);

        if (weight != null)
            ReadWeight(tile.WritableWeight(end)[start..], run);
    }

    void ReadFloats(Span<float> values, ColumnCursor column, int feature, RowRun run)
    {
        double offset = source.Scaling.Offset[feature];
        double factor = source.Scaling.Factor[feature];
        ColumnCursor cursor = At(column, run);
        if (run.IsWhole)
        {
            cursor.Read(values, offset, factor);
        }
        else
        {
            cursor.Read(floats.AsSpan(0, run.Count), offset, factor);
            Take(floats, values, run);
        }
    }

    // Lists of rows that are not wanted may have any length: they are passed over, not read.
    void ReadVectors(RowBatch tile, int start, ColumnCursor column, FeatureColumn feature, RowRun run)
    {
        try
        {
            At(column, run);
            for (int done = 0, n; done < run.Wanted; done += n)
            {
                n = run.StretchFrom(done, out int gap);
                if (gap > 0)
                    column.Skip(gap);

                if (tile.Doubles != null)
                {
                    column.ReadVectors(tile.WritableDoublesOf(feature.First, feature.Count, start + done, n), n, feature.Count, tile.Stride);
                    continue;
                }

                column.ReadVectors(
                    tile.WritableColumns(feature.First, feature.Count, start + done, n),
                    n,
                    feature.Count,
                    tile.Stride,
                    source.Scaling.Offset.Slice(feature.First, feature.Count),
                    source.Scaling.Factor.Slice(feature.First, feature.Count));
            }
        }
        catch (VectorLengthException e)
        {
            throw feature.Refuse(source.Dataset, current!, e);
        }
    }

    void Check(ReadOnlySpan<float> values, int feature, RowRun run)
    {
        int bad = Finite.IndexOfNonFinite(values);
        if (bad >= 0)
            throw NotFinite("Feature", source.Columns.Features[feature], run, bad, values[bad]);
    }

    void CheckAndScale(Span<double> values, int feature, RowRun run)
    {
        int bad = Finite.IndexOfNonFinite(values);
        if (bad >= 0)
            throw NotFinite("Feature", source.Columns.Features[feature], run, bad, values[bad]);

        double offset = source.Scaling.Offset[feature];
        double factor = source.Scaling.Factor[feature];
        for (int i = 0; i < values.Length; i++)
            values[i] = (values[i] - offset) * factor;
    }

    void ReadTarget(Span<double> values, RowRun run)
    {
        if (classes != null && source.Target!.ClassType == ClassType.Text)
        {
            ReadLabels(values, run);
            return;
        }

        ReadValues(values, target!, run);
        if (classes == null)
        {
            int bad = Finite.IndexOfNonFinite(values);
            if (bad >= 0)
                throw NotFinite("Target", source.Target!.Name, run, bad, values[bad]);

            return;
        }

        for (int i = 0; i < values.Length; i++)
        {
            int index = classes.Find(values[i]);
            if (index < 0)
                throw NoClass(run, i, values[i]);

            values[i] = index;
        }
    }

    void ReadLabels(Span<double> values, RowRun run)
    {
        if (codes.Length < run.Count)
            codes = new int[source.BatchSize];

        At(target!, run).ReadCategories(codes.AsSpan(0, run.Count), classes!);
        for (int i = 0; i < values.Length; i++)
        {
            int code = codes[run.PlaceOf(i)];
            if (code < 0)
                throw NoClass(run, i, code == ClassIndex.Unknown ? null : double.NaN);

            values[i] = code;
        }
    }

    void ReadWeight(Span<double> values, RowRun run)
    {
        ReadValues(values, weight!, run);
        for (int i = 0; i < values.Length; i++)
        {
            if (!(values[i] >= 0 && double.IsFinite(values[i])))
            {
                throw new DatasetException(
                    $"Weight '{source.Columns.Weight}' must be a finite number of at least 0, found {values[i]} in {Locate(run, i)}.");
            }
        }
    }

    void ReadValues(Span<double> values, ColumnCursor column, RowRun run)
    {
        ColumnCursor cursor = At(column, run);
        if (run.IsWhole)
        {
            cursor.Read(values);
            return;
        }

        cursor.Read(doubles.AsSpan(0, run.Count));
        Take(doubles, values, run);
    }

    static ColumnCursor At(ColumnCursor cursor, RowRun run)
    {
        if (run.Skip > 0)
            cursor.Skip(run.Skip);

        return cursor;
    }

    static void Take<T>(T[] from, Span<T> to, RowRun run)
    {
        ReadOnlySpan<int> picked = run.Picked;
        for (int i = 0; i < picked.Length; i++)
            to[i] = from[picked[i] - run.PickedFrom];
    }

    DatasetException NotFinite(string role, string column, RowRun run, int row, double value) =>
        new($"{role} '{column}' must be a finite number, found {Show(value)} in {Locate(run, row)}. "
            + "Clean the data, leave such rows out (--where), or leave the column out.");

    DatasetException NoClass(RowRun run, int row, double? label)
    {
        TargetInfo info = source.Target!;
        string known = string.Join(", ", info.Classes.Take(10));
        if (info.Classes.Count > 10)
            known += $", … ({info.Classes.Count} in all)";

        string found = label is null ? "a label" : double.IsNaN(label.Value) ? Show(label.Value) : $"'{label}'";
        return new($"Target '{info.Name}' must be one of the classes {known}; found {found} that is none of them in {Locate(run, row)}.");
    }

    static string Show(double value) => double.IsNaN(value) ? "null or NaN" : value > 0 ? "infinity" : "-infinity";

    string Locate(RowRun run, int row) => source.Dataset.Locate(run.FirstRow + run.PlaceOf(row));

    void Close()
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

    /// <summary>Closes the columns.</summary>
    public void Dispose() => Close();
}
