using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Streaming.Learning.Data;
using Streaming.Learning.Numerics;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>
/// The rows of one step, gathered from tiles: a column of ones for the intercept, then the features as columns of doubles about a fixed
/// point near the data (the mean of the first tile), then zeros up to a multiple of 4 columns. Rows beyond the last weigh 0 and are 0.
/// </summary>
sealed unsafe class SgdPanel : IPersistent
{
    // Rows that are transposed at a time: a multiple of 16 that is no power of two, so that columns don't evict each other.
    const int Chunk = 112;

    readonly ClassWeights classWeights;
    readonly int rowStride;
    readonly AlignedBlock<double> values;
    readonly AlignedBlock<double> targets;
    readonly AlignedBlock<double> weights;
    readonly AlignedBlock<double> restWeights;
    readonly AlignedBlock<float> chunk;
    bool hasOrigin;
    int rowCount;

    /// <summary>Creates an empty panel.</summary>
    /// <param name="features">Features.</param>
    /// <param name="capacity">Most rows, a multiple of 8.</param>
    /// <param name="hasIntercept">Whether features are centred and the column of ones is 1; else both are left at 0.</param>
    /// <param name="classWeights">What rows weigh by their class.</param>
    public SgdPanel(int features, int capacity, bool hasIntercept, ClassWeights classWeights)
    {
        HasIntercept = hasIntercept;
        this.classWeights = classWeights;
        Features = features;
        Columns = (features + 1 + CrossProductKernel.Block - 1) / CrossProductKernel.Block * CrossProductKernel.Block;
        Capacity = capacity;
        Stride = capacity + 8;
        rowStride = BatchShape.RowStrideOf(features);
        values = new AlignedBlock<double>(checked(Columns * Stride));
        targets = new AlignedBlock<double>(Stride);
        weights = new AlignedBlock<double>(Stride);
        restWeights = new AlignedBlock<double>(Stride);
        chunk = new AlignedBlock<float>(checked(rowStride * Chunk));
        Origin = new double[features];
    }

    public bool HasIntercept { get; }

    public int Features { get; }

    /// <summary>Columns, those of ones and zeros included.</summary>
    public int Columns { get; }

    public int Capacity { get; }

    /// <summary>Doubles from one column to the next.</summary>
    public int Stride { get; }

    public int RowCount => rowCount;

    /// <summary>Rows up to a multiple of 8.</summary>
    public int PaddedRows => (RowCount + 7) / 8 * 8;

    /// <summary>What is taken off the features.</summary>
    public double[] Origin { get; }

    public double* Targets => targets.Pointer;

    public double* Weights => weights.Pointer;

    /// <summary>The weights without those of the classes.</summary>
    public double* RestWeights => restWeights.Pointer;

    public double* Column(int column) => values.Pointer + (long)column * Stride;

    /// <summary>Takes rows of a tile, from <paramref name="first"/> on, as many as there is room for; says how many.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Take(RowBatch tile, int first)
    {
        if (!hasOrigin && HasIntercept)
            SetOrigin(tile);

        hasOrigin = true;
        int count = Math.Min(tile.RowCount - first, Capacity - RowCount);
        for (int done = 0; done < count; done += Chunk)
            TakeChunk(tile.Rows + (long)(first + done) * rowStride, RowCount + done, Math.Min(Chunk, count - done));

        new ReadOnlySpan<double>(tile.TargetPointer + first, count).CopyTo(new Span<double>(Targets + RowCount, count));
        var into = new Span<double>(Weights + RowCount, count);
        if (tile.HasWeight)
            tile.Weight.Slice(first, count).CopyTo(into);
        else
            into.Fill(1);

        into.CopyTo(new Span<double>(RestWeights + RowCount, count));
        classWeights.MultiplyInto(Weights + RowCount, Targets + RowCount, count);
        new Span<double>(Column(0) + RowCount, count).Fill(HasIntercept ? 1 : 0);
        rowCount += count;
        return count;
    }

    /// <summary>Makes the rows up to a multiple of 8 zeros that weigh nothing.</summary>
    public void Pad()
    {
        int rest = PaddedRows - RowCount;
        for (int j = 0; j <= Features; j++)
            new Span<double>(Column(j) + RowCount, rest).Clear();

        new Span<double>(Targets + RowCount, rest).Clear();
        new Span<double>(Weights + RowCount, rest).Clear();
        new Span<double>(RestWeights + RowCount, rest).Clear();
    }

    /// <summary>Leaves the first rows.</summary>
    public void Truncate(int rows) => rowCount = rows;

    /// <summary>Keeps some of the rows, in ascending order.</summary>
    public void Keep(ReadOnlySpan<int> rows)
    {
        Copy(this, rows, 0);
        rowCount = rows.Length;
    }

    /// <summary>Adds rows of a panel about the same point; there must be room.</summary>
    public void Add(SgdPanel from, ReadOnlySpan<int> rows)
    {
        Copy(from, rows, rowCount);
        rowCount += rows.Length;
    }

    /// <summary>Adds to a sum per column that column times a number per row, over the rows up to a multiple of 8.</summary>
    public void AddDots(double* numbers, Span<double> sums) => PanelKernel.AddDots(Column(0), Stride, numbers, PaddedRows, sums[..(Features + 1)]);

    /// <summary>Per row Σ vector · columns; <paramref name="result"/> has room for the rows up to a multiple of 8.</summary>
    public void Map(ReadOnlySpan<double> vector, double* result) =>
        PanelKernel.Map(Column(0), Stride, vector[..(Features + 1)], PaddedRows, result);

    /// <summary><see cref="Map"/> of four vectors, [columns × 4].</summary>
    public void MapFour(double* vectors, double** results) => PanelKernel.MapFour(Column(0), Stride, vectors, Features + 1, PaddedRows, results);

    /// <summary><see cref="PanelKernel.Dot"/> of all columns with four arrays; gives [columns × 4].</summary>
    public void DotFour(double** numbers, double* sums) => PanelKernel.DotFour(Column(0), Stride, numbers, Features + 1, PaddedRows, sums);

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.Value(ref hasOrigin);
        state.Values(Origin.AsSpan());
        state.Count<double>(ref rowCount);
        if (rowCount > Capacity)
            throw new StateException($"wanted at most {Capacity} rows of a step, found {rowCount}.");

        for (int j = 0; j <= Features; j++)
            state.Values(new Span<double>(Column(j), rowCount));

        state.Values(new Span<double>(Targets, rowCount));
        state.Values(new Span<double>(Weights, rowCount));
        state.Values(new Span<double>(RestWeights, rowCount));
    }

    // Column by column: row by row every number would lie in another page of memory.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Copy(SgdPanel from, ReadOnlySpan<int> rows, int to)
    {
        for (int j = 0; j <= Features; j++)
            Gather(from.Column(j), rows, Column(j) + to);

        Gather(from.Targets, rows, Targets + to);
        Gather(from.Weights, rows, Weights + to);
        Gather(from.RestWeights, rows, RestWeights + to);
    }

    /// <summary>Copies numbers of some rows one behind the other; also to the front of the same array, rows ascending.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Gather(double* from, ReadOnlySpan<int> rows, double* to)
    {
        for (int i = 0; i < rows.Length; i++)
            to[i] = from[rows[i]];
    }

    void SetOrigin(RowBatch tile)
    {
        for (int i = 0; i < tile.RowCount; i++)
        {
            float* row = tile.Rows + (long)i * rowStride;
            for (int j = 0; j < Origin.Length; j++)
                Origin[j] += row[j];
        }

        for (int j = 0; j < Origin.Length; j++)
            Origin[j] /= tile.RowCount;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void TakeChunk(float* rows, int at, int count)
    {
        // What turns columns into rows turns rows into columns.
        int stride = (count + Transpose.Block - 1) / Transpose.Block * Transpose.Block;
        Transpose.ToRows(rows, rowStride, count, rowStride, chunk.Pointer, stride);
        for (int j = 0; j < Features; j++)
        {
            float* from = chunk.Pointer + j * stride;
            double* to = Column(1 + j) + at;
            Vector512<double> origin = Vector512.Create(Origin[j]);
            int i = 0;
            for (; i + 8 <= count; i += 8)
                (Lanes.Widen(from + i) - origin).Store(to + i);

            for (; i < count; i++)
                to[i] = from[i] - Origin[j];
        }
    }
}
