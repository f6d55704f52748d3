using System.Runtime.Intrinsics;
using Streaming.Learning.Data;
using Streaming.Learning.Models;
using Streaming.Learning.Numerics;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>
/// What the covariance of the rows makes of a few directions, in one pass and without the covariance: Σ w x (x·q) for every direction
/// q, with Σ w x and Σ w x² to count from the means in the end. Columns of the tile meet the projections on all directions and a
/// column of ones, 4 × 4 at a time.
/// </summary>
sealed unsafe class RangeSums : ISum<RangeSums>
{
    const int Block = CrossProductKernel.Block;

    // Rows that are turned into doubles at a time: a multiple of 16; the projections stay in the second-level cache.
    const int PanelRows = 128;
    const int PanelStride = PanelRows + 8;

    readonly double[] directions;
    readonly double[] noBias;
    readonly int features;
    readonly int count;
    readonly int rightBlocks;
    readonly AlignedBlock<double> left = new(Block * PanelStride);
    readonly AlignedBlock<double> right;
    readonly AlignedBlock<double> totals;
    readonly double[] squares;
    double[] projections = [];
    long rowCount;
    double weightSum;

    /// <summary>Creates empty sums.</summary>
    /// <param name="features">Features.</param>
    /// <param name="directions">[directions × features].</param>
    public RangeSums(int features, double[] directions)
    {
        this.features = features;
        this.directions = directions;
        count = directions.Length / features;
        noBias = new double[count];
        rightBlocks = (count + Block) / Block;
        right = new AlignedBlock<double>(rightBlocks * Block * PanelStride);
        int leftBlocks = (features + Block - 1) / Block;
        totals = new AlignedBlock<double>(checked(leftBlocks * rightBlocks * Block * Block));
        squares = new double[features];
    }

    /// <summary>Memory that sums take.</summary>
    public static long BytesFor(int features, int directions, int batchSize) =>
        sizeof(double) * ((long)features * ((directions + Block) / Block * Block + 1) + (long)directions * batchSize);

    /// <summary>Rows added.</summary>
    public long RowCount => rowCount;

    /// <summary>Sum of their weights.</summary>
    public double WeightSum => weightSum;

    /// <summary>Means of the features; length: features.</summary>
    public double[] Means() => [.. Enumerable.Range(0, features).Select(j => Total(j, count) / weightSum)];

    /// <summary>Σ w (x - mean)² over all features.</summary>
    public double SquareSum(double[] means)
    {
        double sum = 0;
        for (int j = 0; j < features; j++)
            sum += Math.Max(squares[j] - weightSum * means[j] * means[j], 0);

        return sum;
    }

    /// <summary>Σ w (x - mean) ((x - mean)·q) for every direction q; [directions × features].</summary>
    public double[] Image(double[] means)
    {
        var image = new double[directions.Length];
        for (int c = 0; c < count; c++)
        {
            double shift = weightSum * Lanes.Dot(means, directions.AsSpan(c * features, features));
            for (int j = 0; j < features; j++)
                image[c * features + j] = Total(j, c) - shift * means[j];
        }

        return image;
    }

    /// <inheritdoc/>
    public void Add(RowBatch tile)
    {
        int rows = tile.RowCount;
        if (projections.Length < rows * count)
            projections = new double[rows * count];

        AffineMap.Apply(tile, directions, noBias, projections);
        for (int first = 0; first < rows; first += PanelRows)
        {
            int taken = Math.Min(PanelRows, rows - first);
            int padded = (taken + 15) / 16 * 16;
            FillRight(tile, first, taken, padded);
            for (int j = 0; j < features; j += Block)
            {
                FillLeft(tile, j, first, taken, padded);
                double* blocks = totals.Pointer + (long)(j / Block) * rightBlocks * (Block * Block);
                for (int b = 0; b < rightBlocks; b++)
                    CrossProductKernel.AddBlock(left.Pointer, PanelStride, right.Pointer + b * Block * PanelStride, PanelStride, padded, blocks + b * Block * Block);
            }
        }

        rowCount += rows;
    }

    /// <inheritdoc/>
    public void Merge(RangeSums other)
    {
        rowCount += other.rowCount;
        weightSum += other.weightSum;
        RowKernels.AddTo(totals.Pointer, other.totals.Pointer, totals.Length);
        Lanes.AddScaled(squares, other.squares, 1);
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.Value(ref rowCount);
        state.Value(ref weightSum);
        state.Values(totals.Span);
        state.Values(squares.AsSpan());
    }

    double Total(int feature, int column) =>
        totals.Pointer[((long)(feature / Block) * rightBlocks + column / Block) * (Block * Block) + feature % Block * Block + column % Block];

    // The projections and the ones, times the weights of the rows; zeros behind the last row.
    void FillRight(RowBatch tile, int first, int taken, int padded)
    {
        int rows = tile.RowCount;
        for (int i = 0; i < padded; i++)
        {
            double weight = i < taken ? tile.WeightOf(first + i) : 0;
            weightSum += weight;
            for (int c = 0; c < count; c++)
                right.Pointer[c * PanelStride + i] = i < taken ? weight * projections[c * rows + first + i] : 0;

            right.Pointer[count * PanelStride + i] = weight;
        }
    }

    // Four columns, and their squares along the way; zeros where there are no more rows or columns.
    void FillLeft(RowBatch tile, int column, int first, int taken, int padded)
    {
        left.Span.Clear();
        double* weights = right.Pointer + (long)count * PanelStride;
        for (int k = 0; k < Math.Min(Block, features - column); k++)
        {
            double* to = left.Pointer + k * PanelStride;
            float* from = tile.Features + (long)(column + k) * tile.Stride + first;
            for (int i = 0; i < taken; i++)
                to[i] = from[i];

            Vector512<double> sum = default;
            for (int i = 0; i < padded; i += 8)
            {
                Vector512<double> x = Vector512.Load(to + i);
                sum = Vector512.FusedMultiplyAdd(x * Vector512.Load(weights + i), x, sum);
            }

            squares[column + k] += Lanes.Sum(sum);
        }
    }
}
