using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Streaming.Learning.Data.Conditions;
using Streaming.Learning.Data.Encodings;
using Streaming.Parquet;

namespace Streaming.Learning.Data;

/// <summary>
/// The columns of a row group that go into tiles: features, target and weight. Values of wanted rows are held to the rules
/// (<see cref="ValueGuard"/>); those of other rows may be anything. For one thread; several may each read some of the columns.
/// </summary>
sealed unsafe class TileColumns : ITileColumns
{
    readonly TileSource source;
    readonly int featureCount;
    readonly int from;
    readonly int to;
    readonly ClassIndex? classes;
    readonly ValueGuard guard;

    // The columns that features are read from here, and of them those that are encoded; null for the others.
    readonly FeatureColumn[] features;
    readonly EncodedColumn?[] encoded;
    readonly IndicatorColumn?[] indicators;

    // Behind them, made of others of them, so that they can't be read in parts.
    readonly ProductColumns[] products;

    // Where rows stand before the wanted ones are taken, made when there are such: a pass has many partitions.
    float[] floats = [];
    double[] doubles = [];
    int[] codes = [];
    DatasetRowGroup? current;

    // Of the features, and behind them target and weight, where there are such, those from the first column on that is read here.
    DatasetColumn[] stored = [];
    ColumnCursor[] cursors = [];
    ColumnCursor? target;
    ColumnCursor? weight;

    /// <summary>Prepares to read one part of the columns: the features, and behind them target and weight.</summary>
    /// <param name="source">What is read.</param>
    /// <param name="part">Number of the part.</param>
    /// <param name="parts">Parts that the columns are cut into.</param>
    public TileColumns(TileSource source, int part = 0, int parts = 1)
    {
        this.source = source;
        from = source.ColumnCount * part / parts;
        to = source.ColumnCount * (part + 1) / parts;
        guard = new ValueGuard(source);
        featureCount = source.FeatureColumnCount;
        features = [.. source.Columns.FeatureColumns.Take(from..Math.Min(to, featureCount))];
        encoded = [.. features.Select(c => c.Encoding is RawEncoding encoding ? new EncodedColumn(encoding, source.BatchSize) : null)];
        indicators = IndicatorColumn.Of(source, features);
        products = [.. source.Columns.FeatureColumns.Where(c => c.Encoding is PolynomialEncoding).Select(c => new ProductColumns(source, c))];
        if (source.Target is { Kind: TargetKind.Classes } info)
            classes = new ClassIndex(info);
    }

    /// <inheritdoc/>
    public int FailedRow => guard.FailedRow;

    /// <inheritdoc/>
    public Rejections Rejections => guard.Rejections;

    /// <inheritdoc/>
    public void Open(DatasetRowGroup group, bool skipsPages, long row = 0)
    {
        Close();
        if (current?.File != group.File)
            stored = [.. source.ColumnsOf(group.File).Take(from..to)];

        current = group;
        cursors = group.File.OpenColumns(group.Index, stored, skipsPages);
        target = source.Target != null && from <= featureCount && featureCount < to ? cursors[featureCount - from] : null;
        weight = source.Columns.Weight != null && to == source.ColumnCount ? cursors[^1] : null;
    }

    /// <inheritdoc/>
    public int Kept(int i) => guard.Kept(i);

    /// <summary>Why a wanted row of the last run is not in the tile (<see cref="Data.Rejections.ReasonOf"/>).</summary>
    public int ReasonOf(int row) => guard.ReasonOf(row);

    /// <inheritdoc/>
    public int Read(RowBatch tile, int start, RowRun run)
    {
        int end = start + run.Wanted;
        for (int i = 0; i < features.Length; i++)
        {
            FeatureColumn column = features[i];
            bool areFinite = false;
            if (encoded[i] is { } encodedColumn)
                ReadEncoded(encodedColumn, tile, start, i, run);
            else if (column.Length != null)
                ReadVectors(tile, start, cursors[i], column, run);
            else if (tile.Doubles != null)
                ReadValues(tile.WritableDoubles(column.First, end)[start..], cursors[i], run);
            else
                areFinite = ReadFloats(tile.WritableColumn(column.First, end)[start..], cursors[i], column.First, run);

            indicators[i]?.Fill(tile, start, run.Wanted, encoded[i]);
            if (!areFinite)
                CheckFeatures(tile, start, end, from + i, column, run);
        }

        for (int i = 0; i < products.Length; i++)
            FillProducts(products[i], featureCount + i, tile, start, run);

        if (target != null)
            ReadTarget(tile.WritableTarget(end)[start..], run);

        if (weight != null)
        {
            Span<double> weights = tile.WritableWeight(end)[start..];
            ReadValues(weights, weight, run);
            guard.CheckWeights(weights, run);
        }

        return guard.Close(tile, start, run);
    }

    // What is read as double is yet to be scaled.
    void CheckFeatures(RowBatch tile, int start, int end, int column, FeatureColumn feature, in RowRun run)
    {
        for (int j = feature.First; j < feature.First + feature.Count; j++)
        {
            if (tile.Doubles != null)
            {
                Span<double> values = tile.WritableDoubles(j, end)[start..];
                Scale(values, j);
                guard.CheckFeature(values, column, j, run);
            }
            else
            {
                guard.CheckFeature(tile.WritableColumn(j, end)[start..], column, j, run);
            }
        }
    }

    void FillProducts(ProductColumns columns, int column, RowBatch tile, int start, in RowRun run)
    {
        columns.Fill(tile, start, run.Wanted);
        for (int j = columns.First; j < columns.First + columns.Count; j++)
        {
            if (tile.Doubles != null)
                guard.CheckFeature(tile.WritableDoubles(j, start + run.Wanted)[start..], column, j, run);
            else
                guard.CheckFeature(tile.WritableColumn(j, start + run.Wanted)[start..], column, j, run);
        }
    }

    // Whether all are known to be finite, as the decoder has seen them in passing.
    bool ReadFloats(Span<float> values, ColumnCursor column, int feature, in RowRun run)
    {
        double offset = source.Scaling.Offset[feature];
        double factor = source.Scaling.Factor[feature];
        ColumnCursor cursor = At(column, run);
        if (run.IsWhole)
            return cursor.Read(values, offset, factor);

        bool areFinite = cursor.Read(RoomFor(run, ref floats), offset, factor);
        Take(floats, values, run);
        return areFinite;
    }

    void ReadEncoded(EncodedColumn reader, RowBatch tile, int start, int column, in RowRun run)
    {
        FeatureColumn feature = features[column];
        var writer = new FeatureWriter(tile, start, run.Wanted, feature.First, source.Scaling);
        int row = reader.Read(At(cursors[column], run), stored[column], run, writer, out string? refused);
        if (row >= 0)
            guard.UnknownCategory(row, feature.Name, refused, run);
    }

    // Lists of rows that are not wanted may have any length: they are passed over, not read.
    void ReadVectors(RowBatch tile, int start, ColumnCursor column, FeatureColumn feature, in RowRun run)
    {
        try
        {
            (int first, int length, int rows) = (feature.First, feature.Count, run.Wanted);
            At(column, run);
            if (tile.Doubles != null)
            {
                column.ReadVectors(tile.WritableDoublesOf(first, length, start, rows), rows, length, tile.Stride, run.Picked);
                return;
            }

            column.ReadVectors(
                tile.WritableColumns(first, length, start, rows),
                rows,
                length,
                tile.Stride,
                source.Scaling.Offset.Slice(first, length),
                source.Scaling.Factor.Slice(first, length),
                run.Picked);
        }
        catch (VectorLengthException e)
        {
            throw feature.Refuse(source.Dataset, current!, e);
        }
    }

    // Of numbers that stay as they are, which is usual, not one is touched.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Scale(Span<double> values, int feature)
    {
        double offset = source.Scaling.Offset[feature];
        double factor = source.Scaling.Factor[feature];
        if (offset == 0 && factor == 1)
            return;

        int i = 0;
        for (; i <= values.Length - Vector512<double>.Count; i += Vector512<double>.Count)
        {
            Span<double> eight = values.Slice(i, Vector512<double>.Count);
            ((Vector512.Create<double>(eight) - Vector512.Create(offset)) * factor).CopyTo(eight);
        }

        for (; i < values.Length; i++)
            values[i] = (values[i] - offset) * factor;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void ReadTarget(Span<double> values, in RowRun run)
    {
        if (classes != null && source.Target!.ClassType == ClassType.Text)
        {
            ReadLabels(values, run);
            return;
        }

        ReadValues(values, target!, run);
        if (classes == null)
        {
            guard.CheckTarget(values, run);
            return;
        }

        for (int i = 0; i < values.Length; i++)
        {
            int index = classes.Find(values[i]);
            if (index < 0 && double.IsFinite(values[i]))
                guard.UnknownLabel(i, values[i], run);
            else if (index < 0)
                guard.NoLabel(i, values[i], run);

            values[i] = index;
        }
    }

    void ReadLabels(Span<double> values, in RowRun run)
    {
        At(target!, run).ReadCategories(RoomFor(run, ref codes), classes!);
        for (int i = 0; i < values.Length; i++)
        {
            int code = codes[run.PlaceOf(i)];
            if (code == ClassIndex.Unknown)
                guard.UnknownLabel(i, null, run);
            else if (code < 0)
                guard.NoLabel(i, double.NaN, run);

            values[i] = code;
        }
    }

    void ReadValues(Span<double> values, ColumnCursor column, in RowRun run)
    {
        ColumnCursor cursor = At(column, run);
        if (run.IsWhole)
        {
            cursor.Read(values);
            return;
        }

        cursor.Read(RoomFor(run, ref doubles));
        Take(doubles, values, run);
    }

    // A run with gaps is no longer than a chunk of decided rows, any other no longer than a tile.
    Span<T> RoomFor<T>(in RowRun run, ref T[] room)
    {
        if (room.Length < run.Count)
            room = new T[Math.Max(source.BatchSize, ConditionReader.ChunkRows)];

        return room.AsSpan(0, run.Count);
    }

    static ColumnCursor At(ColumnCursor cursor, in RowRun run)
    {
        if (run.Skip > 0)
            cursor.Skip(run.Skip);

        return cursor;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Take<T>(T[] from, Span<T> to, in RowRun run)
    {
        ReadOnlySpan<int> picked = run.Picked;
        for (int i = 0; i < picked.Length; i++)
            to[i] = from[picked[i] - run.PickedFrom];
    }

    void Close()
    {
        foreach (ColumnCursor cursor in cursors)
            cursor.Dispose();

        cursors = [];
        target = null;
        weight = null;
    }

    /// <summary>Closes the columns.</summary>
    public void Dispose() => Close();
}
