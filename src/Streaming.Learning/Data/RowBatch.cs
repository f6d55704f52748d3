using Streaming.Learning.Numerics;
using Streaming.Storage;

namespace Streaming.Learning.Data;

/// <summary>
/// A tile: up to <see cref="Capacity"/> rows of the chosen columns, column-major float32 (double on demand) in pooled memory. Feature values are
/// what <see cref="FeatureScaling"/> makes of the values in the file; targets and weights are double. Estimators read tiles and
/// never write to them.
/// </summary>
public sealed unsafe class RowBatch : IDisposable
{
    readonly NativeBuffer buffer;
    readonly bool hasTarget;
    readonly bool hasWeight;

    /// <summary>Takes a tile's memory from <paramref name="pool"/>.</summary>
    /// <param name="pool">Where the memory comes from; <see cref="Dispose"/> returns it.</param>
    /// <param name="shape">Features, rows, and which of the optional columns there are.</param>
    public RowBatch(BufferPool pool, BatchShape shape)
    {
        FeatureCount = shape.FeatureCount;
        Capacity = shape.Capacity;
        Stride = shape.Stride;
        hasTarget = shape.HasTarget;
        hasWeight = shape.HasWeight;
        buffer = pool.Rent(shape.Bytes, "a tile of rows");
        byte* next = buffer.Pointer;
        Features = shape.HasColumns && !shape.HasDoubles ? (float*)next : null;
        Doubles = shape.HasColumns && shape.HasDoubles ? (double*)next : null;
        next += shape.ColumnBytes;
        TargetPointer = (double*)next;
        next += hasTarget ? sizeof(double) * (long)Stride : 0;
        WeightPointer = (double*)next;
        next += hasWeight ? sizeof(double) * (long)Stride : 0;
        RowOffsets = (int*)next;
        next += sizeof(int) * (long)Stride;
        Rows = shape.HasRowMajor ? (float*)next : null;
    }

    /// <summary>Number of feature columns.</summary>
    public int FeatureCount { get; }

    /// <summary>Most rows that the tile can hold.</summary>
    public int Capacity { get; }

    /// <summary>Floats from the start of one column to the start of the next; never a power of two, which would make columns evict each other from the cache.</summary>
    public int Stride { get; }

    /// <summary>Rows that the tile holds now.</summary>
    public int RowCount { get; internal set; }

    /// <summary>Position in the dataset (0-based, in file order) of the first row of the tile.</summary>
    public long FirstRow { get; internal set; }

    /// <summary>Position in the dataset of a row of the tile: where rows were left out, later than <see cref="FirstRow"/> + <paramref name="row"/>.</summary>
    public long RowIndex(int row) => FirstRow + (IsFiltered ? RowOffsets[row] : row);

    /// <summary>The partition that the tile was read from; the runtime's note.</summary>
    internal int Partition { get; set; }

    /// <summary>Where that partition goes on behind the tile.</summary>
    internal TileEnd End { get; } = new();

    /// <summary>Whether rows were left out, so that <see cref="RowOffsets"/> holds where each row was.</summary>
    internal bool IsFiltered { get; set; }

    /// <summary>For a filtered tile: distance of each row from <see cref="FirstRow"/>; room for <see cref="Capacity"/>.</summary>
    internal int* RowOffsets { get; }

    /// <summary>
    /// The features, column-major: value of row i, feature j at <c>Features[j * Stride + i]</c>; aligned to 64 bytes. Null in tiles
    /// that hold <see cref="Doubles"/> or only <see cref="Rows"/>.
    /// </summary>
    public float* Features { get; }

    /// <summary>The features in double, laid out likewise, for passes that ask for doubles (<see cref="Passes.Pass.NeedsDoubles"/>); then <see cref="Features"/> is null.</summary>
    public double* Doubles { get; }

    /// <summary>The features row-major (row i starts at <c>Rows + i * RowStride</c>), for passes that ask for rows (<see cref="Passes.Pass.NeedsRowMajor"/>); otherwise null.</summary>
    public float* Rows { get; }

    /// <summary>Floats from one row to the next in <see cref="Rows"/>: the feature count rounded up to 16; the padding holds zeros.</summary>
    public int RowStride => BatchShape.RowStrideOf(FeatureCount);

    /// <summary>Whether rows have a target.</summary>
    public bool HasTarget => hasTarget;

    /// <summary>Whether rows have weights of their own; without, each row weighs 1.</summary>
    public bool HasWeight => hasWeight;

    /// <summary>Per row the target value, or the index of its class; length <see cref="RowCount"/>, empty without a target.</summary>
    public ReadOnlySpan<double> Target => new(TargetPointer, hasTarget ? RowCount : 0);

    /// <summary>Per row its weight; length <see cref="RowCount"/>, empty when all rows weigh 1.</summary>
    public ReadOnlySpan<double> Weight => new(WeightPointer, hasWeight ? RowCount : 0);

    internal double* TargetPointer { get; }

    internal double* WeightPointer { get; }

    /// <summary>The values of one feature; length <see cref="RowCount"/>.</summary>
    public ReadOnlySpan<float> Column(int feature)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)feature, (uint)FeatureCount, nameof(feature));
        if (Features == null)
            throw new InvalidOperationException("The tile does not hold its features as columns of float32: use Doubles or Rows.");

        return new ReadOnlySpan<float>(Features + (long)feature * Stride, RowCount);
    }

    /// <summary>Copies the values of one feature as doubles, whether the tile holds it as float32 or as double.</summary>
    /// <param name="feature">The feature.</param>
    /// <param name="values">Receives them; length <see cref="RowCount"/>.</param>
    public void CopyColumn(int feature, Span<double> values)
    {
        if (Doubles != null)
        {
            new ReadOnlySpan<double>(Doubles + (long)feature * Stride, RowCount).CopyTo(values);
            return;
        }

        ReadOnlySpan<float> column = Column(feature);
        for (int row = 0; row < column.Length; row++)
            values[row] = column[row];
    }

    /// <summary>A row's weight.</summary>
    public double WeightOf(int row) => hasWeight ? WeightPointer[row] : 1.0;

    /// <summary>Copies all rows, with their targets, weights and positions, to a tile that holds them row-major.</summary>
    internal void CopyTo(RowBatch rows)
    {
        rows.RowCount = RowCount;
        rows.FirstRow = FirstRow;
        rows.IsFiltered = IsFiltered;
        Transpose.ToRows(Features, Stride, FeatureCount, RowCount, rows.Rows, rows.RowStride);
        Target.CopyTo(rows.WritableTarget(RowCount));
        Weight.CopyTo(rows.WritableWeight(RowCount));
        if (IsFiltered)
            new ReadOnlySpan<int>(RowOffsets, RowCount).CopyTo(new Span<int>(rows.RowOffsets, RowCount));
    }

    /// <summary>Of the rows from <paramref name="start"/> on keeps some, without those between them; not their positions.</summary>
    /// <param name="start">The first row that may move.</param>
    /// <param name="kept">Which of the rows from there on stay, ascending.</param>
    internal void CloseUp(int start, ReadOnlySpan<int> kept)
    {
        for (int j = 0; j < FeatureCount; j++)
        {
            if (Doubles != null)
                CloseUp(Doubles + (long)j * Stride + start, kept);
            else
                CloseUp(Features + (long)j * Stride + start, kept);
        }

        if (hasTarget)
            CloseUp(TargetPointer + start, kept);

        if (hasWeight)
            CloseUp(WeightPointer + start, kept);
    }

    static void CloseUp<T>(T* values, ReadOnlySpan<int> kept)
        where T : unmanaged
    {
        for (int i = 0; i < kept.Length; i++)
            values[i] = values[kept[i]];
    }

    internal Span<float> WritableColumn(int feature, int rows) => new(Features + (long)feature * Stride, rows);

    internal Span<double> WritableDoubles(int feature, int rows) => new(Doubles + (long)feature * Stride, rows);

    /// <summary>Columns that follow one another, <see cref="Stride"/> apart, from a row on.</summary>
    internal Span<float> WritableColumns(int first, int count, int start, int rows) =>
        new(Features + (long)first * Stride + start, checked((count - 1) * Stride + rows));

    internal Span<double> WritableDoublesOf(int first, int count, int start, int rows) =>
        new(Doubles + (long)first * Stride + start, checked((count - 1) * Stride + rows));

    internal Span<double> WritableTarget(int rows) => new(TargetPointer, hasTarget ? rows : 0);

    internal Span<double> WritableWeight(int rows) => new(WeightPointer, hasWeight ? rows : 0);

    /// <summary>Gives the memory back to the pool.</summary>
    public void Dispose() => buffer.Dispose();
}
