using System.Runtime.CompilerServices;
using Streaming.Learning.Data;
using Streaming.Learning.Numerics;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>
/// Weighted sums of products of all pairs of features, for their covariance: in float32 at the speed of float32, and with an error that is below 1e-7 of what two columns' squares
/// allow, most often a hundredth of that. Columns are counted from a pivot near their mean, in a unit near their deviation, and only then rounded; a few hundred rows are added in
/// float32, all else in double. The pivots follow the means, and sums move with them in double, so that rows in order cost no digits. The first rows, which pivots and units are found
/// from, and rows that float32 can't hold are multiplied in double. Sums and squares of single columns are double throughout.
/// </summary>
sealed unsafe class CovarianceSums : ISum<CovarianceSums>
{
    // Rows in double before any in float32, and values: nobody waits for them, they keep small data exact, and of more they are enough to choose pivots from.
    const int LeastExactRows = 4096;
    const int LeastExactValues = 1 << 19;

    // Rows of float32 at a time, each in half as much memory as one of double: long enough for the sums of lanes at their end to cost little, short enough for float32
    // to add them, for blocks of columns to stay in the first-level cache, and for most rows of a tile to be asked for while those before them are multiplied.
    const int MostRows = 256;
    const int MostPanelFloats = 400_000;

    // Mean squares, in the units of the sums, between which float32 neither overflows in a panel nor loses digits to the smallest numbers there are.
    const double LeastSquare = 1.0 / (1L << 40), MostSquare = 1L << 40;

    // Values that are asked for ahead, at most.
    const int MostAhead = 1 << 16;

    // A panel with squares so many times those of the rows before it would be most of a sum by itself, and so would its rounding.
    const double MostGrowth = 64;

    readonly FeatureScaling scaling;
    readonly int exactRows;
    readonly int panelRows;
    readonly int panelStride;
    readonly AlignedBlock<float> panel;
    readonly AlignedBlock<double> totals;
    readonly AlignedBlock<double> column;
    readonly AlignedBlock<double> factors;

    // By feature: u = (x - pivot) · scale, its sum, its squares, and those of the rows being added.
    readonly double[] pivots;
    readonly double[] scales;
    readonly double[] sums;
    readonly double[] squares;
    readonly double[] newSums;
    readonly double[] newSquares;

    // What pivots and scales are to be.
    readonly double[] nextPivots;
    readonly double[] nextScales;
    double weightSum;
    long rowCount;

    /// <summary>Creates empty sums.</summary>
    /// <param name="scaling">What the values of tiles are made of.</param>
    public CovarianceSums(FeatureScaling scaling)
    {
        this.scaling = scaling;
        exactRows = Math.Max(LeastExactRows, LeastExactValues / FeatureCount);
        int columns = (FeatureCount + CrossProductKernel.Block - 1) / CrossProductKernel.Block * CrossProductKernel.Block;
        panelRows = PanelRowsFor(columns);
        panelStride = panelRows + 16;
        panel = new AlignedBlock<float>(checked(panelStride * columns));
        totals = new AlignedBlock<double>(checked(columns * (columns + CrossProductKernel.Block) / 2));
        column = new AlignedBlock<double>(panelRows);
        factors = new AlignedBlock<double>(panelRows);
        (pivots, scales, nextPivots, nextScales) = (NewVector(), NewVector(), NewVector(), NewVector());
        (sums, squares, newSums, newSquares) = (NewVector(), NewVector(), NewVector(), NewVector());
        Array.Fill(scales, 1);
    }

    /// <summary>Memory of such sums.</summary>
    public static long BytesFor(int featureCount)
    {
        long columns = featureCount + CrossProductKernel.Block - 1;
        int rows = PanelRowsFor(columns);
        return sizeof(float) * columns * (rows + 16) + sizeof(double) * (columns * (columns + CrossProductKernel.Block) / 2 + 2 * rows + 8 * columns);
    }

    /// <summary>Feature columns.</summary>
    public int FeatureCount => scaling.Count;

    /// <summary>Whether the next rows are multiplied in double.</summary>
    public bool IsExact => rowCount < exactRows;

    /// <summary>Rows added.</summary>
    public long RowCount => rowCount;

    /// <summary>Sum of the weights of the rows; the number of rows when they have none.</summary>
    public double WeightSum => weightSum;

    /// <summary>Means of the features; length: features.</summary>
    public double[] Means() => [.. pivots.Select((p, j) => p + sums[j] / weightSum / scales[j])];

    /// <summary>
    /// Sums of products of differences from the means, [features × features], symmetric. A feature that does not vary but for rounding gives zeros, so that nobody takes noise
    /// for a direction.
    /// </summary>
    public double[] Centered()
    {
        const double Noise = 1e-26;
        Correct();
        int d = FeatureCount;
        var products = new double[d * d];
        double[] means = [.. sums.Select(s => s / weightSum)];
        var varies = new bool[d];
        for (int j = 0; j < d; j++)
        {
            double zero = pivots[j] * scales[j];
            varies[j] = Pair(j, j, means) > Noise * (squares[j] + zero * (2 * sums[j] + zero * weightSum));
        }

        for (int j = 0; j < d; j++)
        {
            for (int i = 0; i <= j && varies[j]; i++)
                products[i * d + j] = products[j * d + i] = varies[i] ? Pair(i, j, means) / scales[i] / scales[j] : 0;
        }

        return products;
    }

    /// <inheritdoc/>
    public void Add(RowBatch tile)
    {
        if (rowCount == 0 && tile.RowCount > 0)
        {
            // Any row is nearer to the mean than zero may be.
            for (int j = 0; j < FeatureCount; j++)
                pivots[j] = Value(tile, j, 0);
        }

        for (int first = 0; first < tile.RowCount; first += panelRows)
        {
            int count = Math.Min(panelRows, tile.RowCount - first);
            bool isExact = IsExact;
            if (isExact || !TryAddRounded(tile, first, count))
                AddExactly(tile, first, count);

            if ((isExact && !IsExact) || IsOff())
                Follow();
        }
    }

    /// <inheritdoc/>
    public void Merge(CovarianceSums other)
    {
        if (other.rowCount == 0)
            return;

        other.Correct();
        Correct();
        if (rowCount == 0)
        {
            other.pivots.CopyTo(pivots, 0);
            other.scales.CopyTo(scales, 0);
        }

        other.Move(pivots, scales);
        RowKernels.AddTo(totals.Pointer, other.totals.Pointer, totals.Length);
        Lanes.AddScaled(sums, other.sums, 1);
        Lanes.AddScaled(squares, other.squares, 1);
        weightSum += other.weightSum;
        rowCount += other.rowCount;
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.Value(ref rowCount);
        state.Value(ref weightSum);
        state.Values(pivots.AsSpan());
        state.Values(scales.AsSpan());
        state.Values(sums.AsSpan());
        state.Values(squares.AsSpan());
        state.Values(totals.Span);
    }

    static int PanelRowsFor(long columns) => (int)Math.Clamp(MostPanelFloats / columns / 32 * 32, 128, MostRows);

    double[] NewVector() => new double[FeatureCount];

    ref double Total(int i, int j) => ref totals.Pointer[CrossProductKernel.IndexOf(i, j)];

    // For i ≤ j the sum of products of differences from a point in the units of the sums.
    double Pair(int i, int j, double[] point) => (Total(i, j) - sums[i] * point[j]) - point[i] * (sums[j] - weightSum * point[j]);

    bool TryAddRounded(RowBatch tile, int first, int count)
    {
        double weight = Fill(tile, first, count, isExact: false, out int padded);
        for (int j = 0; j < FeatureCount; j++)
        {
            double added = newSquares[j], square = (squares[j] + added) / (rowCount + count);
            if (added != 0 && (square is not (>= LeastSquare and <= MostSquare) || added * rowCount > MostGrowth * count * squares[j]))
                return false;
        }

        Count(weight, count);

        // Rows of many features would not stay in the second-level cache beside the panel.
        double* next = tile.Doubles != null && first + count < tile.RowCount && FeatureCount * panelRows <= MostAhead ? tile.Doubles + first + count : null;
        FloatProductKernel.Add(panel.Pointer, panelStride, FeatureCount, padded, totals.Pointer, next, tile.Stride);
        return true;
    }

    void AddExactly(RowBatch tile, int first, int count)
    {
        var right = new PanelColumns((double*)panel.Pointer, panelStride / 2);
        for (int start = first; start < first + count; start += panelRows / 2)
        {
            int some = Math.Min(panelRows / 2, first + count - start);
            Count(Fill(tile, start, some, isExact: true, out int padded), some);
            CrossProductKernel.Add(right, right, FeatureCount, padded, totals.Pointer);
        }
    }

    void Count(double weight, int count)
    {
        weightSum += weight;
        rowCount += count;
        Lanes.AddScaled(sums, newSums, 1);
        Lanes.AddScaled(squares, newSquares, 1);
    }

    // Rows times the roots of their weights, so that the panel meets itself; returns the sum of the weights.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    double Fill(RowBatch tile, int first, int count, bool isExact, out int padded)
    {
        padded = (count + 15) / 16 * 16;
        double weight = count;
        double* roots = null;
        if (tile.HasWeight)
        {
            weight = 0;
            roots = factors.Pointer;
            new Span<double>(roots, padded).Clear();
            for (int i = 0; i < count; i++)
            {
                double w = tile.WeightPointer[first + i];
                roots[i] = Math.Sqrt(w);
                weight += w;
            }
        }

        long ahead = tile.Doubles != null ? tile.Stride : 0;
        for (int j = 0; j < FeatureCount; j++)
        {
            double* values = Column(tile, j, first, count, padded);
            (newSums[j], newSquares[j]) = isExact
                ? ShiftKernel.ToDoubles(values, padded, pivots[j], scales[j], roots, ahead, (double*)panel.Pointer + (long)j * (panelStride / 2))
                : ShiftKernel.ToFloats(values, padded, pivots[j], scales[j], roots, ahead, panel.Pointer + (long)j * panelStride);
        }

        return weight;
    }

    // The values of a feature as doubles, where they are if no row has to stand behind them: the pivot, which becomes 0.
    double* Column(RowBatch tile, int feature, int first, int count, int padded)
    {
        if (tile.Doubles != null && count == padded)
            return tile.Doubles + (long)feature * tile.Stride + first;

        double* to = column.Pointer;
        for (int i = 0; i < count; i++)
            to[i] = Value(tile, feature, first + i);

        new Span<double>(to + count, padded - count).Fill(pivots[feature]);
        return to;
    }

    static double Value(RowBatch tile, int feature, int row)
    {
        long place = (long)feature * tile.Stride + row;
        return tile.Doubles != null ? tile.Doubles[place] : tile.Features[place];
    }

    // Whether means have left the pivots, or deviations the units. What a panel adds in squares before that shows is at most a few times what it
    // adds to the squares about the mean, so that the error stays a share of those.
    bool IsOff()
    {
        bool isOff = false;
        for (int j = 0; j < FeatureCount; j++)
        {
            double square = squares[j] / rowCount;
            isOff |= 5 * sums[j] * sums[j] > squares[j] * weightSum || (square > 0 && square is < 1.0 / (1 << 20) or > 1 << 20);
        }

        return isOff;
    }

    void Follow()
    {
        bool isOther = false;
        for (int j = 0; j < FeatureCount; j++)
        {
            (nextPivots[j], nextScales[j]) = PivotOf(j);
            isOther |= nextPivots[j] != pivots[j] || nextScales[j] != scales[j];
        }

        if (!isOther)
            return;

        Correct();
        Move(nextPivots, nextScales);
    }

    // A pivot within an eighth of the deviation from the mean or so, and a power of two near the deviation, both of the values in the file: with so few digits
    // whole numbers and flags become whole numbers of a small power of two, scaled or not, and float32 multiplies and adds them without any rounding.
    (double Pivot, double Scale) PivotOf(int feature)
    {
        double pivot = pivots[feature], scale = scales[feature], factor = scaling.Factor[feature];
        double mean = scaling.Restore(feature, pivot + sums[feature] / weightSum / scale);
        double square = squares[feature] - sums[feature] * sums[feature] / weightSum, deviation = Math.Sqrt(square / weightSum) / (scale * factor);
        if (!double.IsFinite(mean) || !double.IsFinite(deviation))
            return (pivot, scale);

        if (deviation == 0)
            return ((mean - scaling.Offset[feature]) * factor, scale);

        double unit = Math.ScaleB(1, Math.ILogB(deviation) - 3), steps = mean / unit;
        double rounded = Math.Abs(steps) < 1L << 53 ? Math.Round(steps) * unit : mean;
        int exponent = Math.ILogB(Math.Sqrt(square / rowCount) / (scale * factor));

        // Beyond its last digit the pivot tells nothing.
        exponent = rounded == 0 ? exponent : Math.Max(exponent, Math.ILogB(rounded) - 52);
        return ((rounded - scaling.Offset[feature]) * factor, Math.ScaleB(1 / factor, -exponent));
    }

    // The sums as they are about other pivots and in other units. The squares are the totals' by then.
    void Move(double[] toPivots, double[] toScales)
    {
        double[] point = [.. pivots.Select((p, j) => (toPivots[j] - p) * scales[j])], ratios = [.. scales.Select((s, j) => toScales[j] / s)];
        for (int j = 0; j < FeatureCount; j++)
        {
            for (int i = 0; i <= j; i++)
                Total(i, j) = Pair(i, j, point) * ratios[i] * ratios[j];
        }

        for (int j = 0; j < FeatureCount; j++)
        {
            squares[j] = Math.Max(Total(j, j), 0);
            sums[j] = (sums[j] - weightSum * point[j]) * ratios[j];
        }

        toPivots.CopyTo(pivots, 0);
        toScales.CopyTo(scales, 0);
    }

    // Squares are known to double: they tell what rounding did to the length of each column, and take it out of all its products.
    void Correct()
    {
        double[] lengths = [.. squares.Select((s, j) => s > 0 && Total(j, j) > 0 ? Math.Sqrt(s / Total(j, j)) : 1)];
        for (int j = 0; j < FeatureCount; j++)
        {
            for (int i = 0; i < j; i++)
                Total(i, j) *= lengths[i] * lengths[j];

            Total(j, j) = squares[j];
        }
    }
}
