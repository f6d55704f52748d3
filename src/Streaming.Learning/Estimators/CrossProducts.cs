using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Streaming.Learning.Data;
using Streaming.Learning.Numerics;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>
/// All sums of products of two columns, weighted by the rows: what least squares and principal components need of the data, in one
/// pass. A tile's rows are columns of doubles: the features, a column of ones, and the target; so counts, sums and products are
/// all entries of one symmetric matrix, of which 4 × 4 blocks on and above the diagonal are kept. Products of float32 features are
/// exact in double; tiles may bring doubles too. Nothing is centred before <see cref="About(ReadOnlySpan{double}, double)"/>: raw sums merge by addition.
/// </summary>
sealed unsafe class CrossProducts : ISum<CrossProducts>
{
    const int Block = CrossProductKernel.Block;

    // Rows at a time: enough for the sums of lanes at their end to cost little, and few enough for blocks of columns to stay in the first-level cache.
    const int MostRows = 256;
    const int MostPanelDoubles = 200_000;

    readonly int columns;
    readonly int panelRows;
    readonly int panelStride;
    readonly AlignedBlock<double> panel;
    readonly AlignedBlock<double> totals;
    AlignedBlock<double>? weightedPanel;

    // The target counts from its first value, so that a large one (a price, a time) keeps its digits when it is squared.
    double targetPivot = double.NaN;
    long rowCount;

    /// <summary>Creates empty sums.</summary>
    /// <param name="featureCount">Feature columns.</param>
    /// <param name="hasTarget">Whether products with the target are wanted.</param>
    public CrossProducts(int featureCount, bool hasTarget)
    {
        FeatureCount = featureCount;
        HasTarget = hasTarget;
        columns = (featureCount + (hasTarget ? 2 : 1) + Block - 1) / Block * Block;
        panelRows = Math.Clamp(MostPanelDoubles / columns / 16 * 16, 64, MostRows);
        panelStride = panelRows + 8;
        panel = new AlignedBlock<double>(checked(panelStride * columns));
        int blocks = columns / Block;
        totals = new AlignedBlock<double>(checked(blocks * (blocks + 1) / 2 * Block * Block));
    }

    /// <summary>Memory of such sums.</summary>
    public static long BytesFor(int featureCount, bool hasTarget, bool hasWeights)
    {
        long columns = featureCount + (hasTarget ? 2 : 1) + Block - 1;
        return sizeof(double) * (columns * (columns + Block) / 2 + (hasWeights ? 2 : 1) * Math.Max(columns * 72, Math.Min(MostPanelDoubles, columns * MostRows)));
    }

    /// <summary>Feature columns.</summary>
    public int FeatureCount { get; }

    /// <summary>Whether products with the target are kept.</summary>
    public bool HasTarget { get; }

    /// <summary>Rows added.</summary>
    public long RowCount => rowCount;

    /// <summary>Sum of the weights of the rows; the number of rows when they have none.</summary>
    public double WeightSum => Entry(Ones, Ones);

    /// <summary>Mean of the target.</summary>
    public double TargetMean => targetPivot + Entry(Ones, Target) / WeightSum;

    int Ones => FeatureCount;

    int Target => FeatureCount + 1;

    /// <summary>Means of the features; length: features.</summary>
    public double[] Means()
    {
        var means = new double[FeatureCount];
        for (int j = 0; j < means.Length; j++)
            means[j] = Entry(j, Ones) / WeightSum;

        return means;
    }

    /// <inheritdoc/>
    public void Add(RowBatch tile)
    {
        if (HasTarget && double.IsNaN(targetPivot) && tile.RowCount > 0)
            targetPivot = tile.Target[0];

        if (tile.HasWeight)
            weightedPanel ??= new AlignedBlock<double>(panel.Length);

        for (int first = 0; first < tile.RowCount; first += panelRows)
        {
            int count = Math.Min(panelRows, tile.RowCount - first);
            int padded = (count + 15) / 16 * 16;

            // Whole blocks of columns are read where they are, unless they have to be widened, or zeros have to stand behind them.
            int inTile = tile.Doubles != null && count == padded ? FeatureCount / Block * Block : 0;
            Fill(tile, first, count, padded, inTile);
            var right = new PanelColumns(panel.Pointer, panelStride, tile.Doubles + first, tile.Stride, inTile);
            PanelColumns left = right;
            if (tile.HasWeight)
            {
                Weigh(right, tile.Weight.Slice(first, count), padded);
                left = new PanelColumns(weightedPanel!.Pointer, panelStride);
            }

            CrossProductKernel.Add(left, right, FeatureCount + (HasTarget ? 2 : 1), padded, totals.Pointer);
        }

        rowCount += tile.RowCount;
    }

    /// <inheritdoc/>
    public void Merge(CrossProducts other)
    {
        rowCount += other.RowCount;
        if (HasTarget && other.RowCount > 0)
        {
            if (double.IsNaN(targetPivot))
                targetPivot = other.targetPivot;

            other.MoveTargetPivot(targetPivot);
        }

        Span<double> mine = totals.Span;
        ReadOnlySpan<double> theirs = other.totals.Span;
        for (int i = 0; i < mine.Length; i++)
            mine[i] += theirs[i];
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.Value(ref rowCount);
        state.Value(ref targetPivot);
        state.Values(totals.Span);
    }

    /// <summary>
    /// The sums of products of differences from a point: about the means they are the centred products. A feature that does not vary
    /// but for rounding gives zeros, so that nobody takes noise for a direction.
    /// </summary>
    /// <param name="point">What to take off each feature; length: features.</param>
    /// <param name="targetPoint">What to take off the target.</param>
    public Products About(ReadOnlySpan<double> point, double targetPoint = 0)
    {
        const double Noise = 1e-13;
        int d = FeatureCount;
        var features = new double[d * d];
        var varies = new bool[d];
        for (int i = 0; i < d; i++)
            varies[i] = Pair(i, i, point[i], point[i]) > Noise * Entry(i, i);

        for (int i = 0; i < d; i++)
        {
            for (int j = i; j < d; j++)
                features[i * d + j] = features[j * d + i] = varies[i] && varies[j] ? Pair(i, j, point[i], point[j]) : 0;
        }

        if (!HasTarget)
            return new Products(features, [], 0);

        double y = targetPoint - targetPivot;
        var target = new double[d];
        for (int i = 0; i < d; i++)
            target[i] = varies[i] ? Pair(i, Target, point[i], y) : 0;

        return new Products(features, target, Math.Max(0, Pair(Target, Target, y, y)));
    }

    double Pair(int i, int j, double a, double b) =>
        (Entry(i, j) - Entry(i, Ones) * b) - a * (Entry(Ones, j) - WeightSum * b);

    double Entry(int i, int j) => totals.Pointer[CrossProductKernel.IndexOf(Math.Min(i, j), Math.Max(i, j))];

    void MoveTargetPivot(double pivot)
    {
        double move = targetPivot - pivot;
        targetPivot = pivot;
        double* sums = totals.Pointer;
        sums[CrossProductKernel.IndexOf(Target, Target)] += move * (2 * Entry(Ones, Target) + move * WeightSum);
        for (int i = 0; i <= Ones; i++)
            sums[CrossProductKernel.IndexOf(i, Target)] += move * Entry(i, Ones);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Fill(RowBatch tile, int first, int count, int padded, int firstColumn)
    {
        for (int j = firstColumn; j < FeatureCount; j++)
        {
            double* column = panel.Pointer + (long)j * panelStride;
            if (tile.Doubles != null)
            {
                new ReadOnlySpan<double>(tile.Doubles + (long)j * tile.Stride + first, count).CopyTo(new Span<double>(column, count));
            }
            else
            {
                float* source = tile.Features + (long)j * tile.Stride + first;
                for (int i = 0; i < padded; i += 16)
                {
                    Vector512<float> values = Vector512.Load(source + i);
                    Vector512.WidenLower(values).StoreAligned(column + i);
                    Vector512.WidenUpper(values).StoreAligned(column + i + 8);
                }
            }

            new Span<double>(column + count, padded - count).Clear();
        }

        var ones = new Span<double>(panel.Pointer + (long)Ones * panelStride, padded);
        ones[..count].Fill(1);
        ones[count..].Clear();
        if (!HasTarget)
            return;

        double* targets = panel.Pointer + (long)Target * panelStride;
        ReadOnlySpan<double> target = tile.Target.Slice(first, count);
        for (int i = 0; i < count; i++)
            targets[i] = target[i] - targetPivot;

        new Span<double>(targets + count, padded - count).Clear();
    }

    void Weigh(in PanelColumns from, ReadOnlySpan<double> weights, int padded)
    {
        double* padding = stackalloc double[MostRows];
        new Span<double>(padding, padded).Clear();
        weights.CopyTo(new Span<double>(padding, padded));
        for (int j = 0; j < columns; j++)
        {
            double* column = from[j], to = weightedPanel!.Pointer + (long)j * panelStride;
            for (int i = 0; i < padded; i += 8)
                (Vector512.Load(column + i) * Vector512.Load(padding + i)).StoreAligned(to + i);
        }
    }
}

/// <summary>Sums of weighted products about a point.</summary>
/// <param name="Features">[d × d], symmetric: feature by feature.</param>
/// <param name="Target">Length d: feature by target; empty without a target.</param>
/// <param name="TargetSquare">Target by target.</param>
readonly record struct Products(double[] Features, double[] Target, double TargetSquare);
