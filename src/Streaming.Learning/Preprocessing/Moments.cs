using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Streaming.Learning.Data;
using Streaming.Learning.Numerics;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Preprocessing;

/// <summary>
/// Weight, mean and variance of the finite values of every feature in one pass: each tile's own mean and squared deviations in double, merged into the
/// total by the formula of Chan, Golub and LeVeque (1979), which loses no digits however far the mean is from zero. Values that are
/// missing or infinite only count by their weights: what they are to be filled with is added later (<see cref="AddConstant"/>).
/// </summary>
public sealed unsafe class Moments : ISum<Moments>
{
    readonly double[] weight;
    readonly double[] missing;
    readonly double[] infinite;
    readonly double[] mean;
    readonly double[] squares;
    readonly float[] minimum;
    readonly float[] maximum;
    long rowCount;

    // Finite values of a tile that has others too, and the weights that go with them.
    float[] finite = [];
    double[] finiteWeights = [];

    /// <summary>Creates empty moments.</summary>
    /// <param name="featureCount">Feature columns.</param>
    public Moments(int featureCount)
    {
        weight = new double[featureCount];
        missing = new double[featureCount];
        infinite = new double[featureCount];
        mean = new double[featureCount];
        squares = new double[featureCount];
        minimum = new float[featureCount];
        maximum = new float[featureCount];
        Array.Fill(minimum, float.PositiveInfinity);
        Array.Fill(maximum, float.NegativeInfinity);
    }

    /// <summary>Memory of such moments.</summary>
    public static long BytesFor(int featureCount, int batchSize) =>
        (5L * sizeof(double) + 2 * sizeof(float)) * featureCount + (sizeof(float) + sizeof(double)) * (long)batchSize;

    /// <summary>Rows added.</summary>
    public long RowCount => rowCount;

    /// <summary>Weight of the finite values of each feature: their number where rows have no weights; length: features.</summary>
    public ReadOnlySpan<double> Weight => weight;

    /// <summary>Weight of the missing values (NaN) of each feature; length: features.</summary>
    public ReadOnlySpan<double> Missing => missing;

    /// <summary>Weight of the infinite values of each feature; length: features.</summary>
    public ReadOnlySpan<double> Infinite => infinite;

    /// <summary>Weighted mean of each feature, as tiles have it; length: features.</summary>
    public ReadOnlySpan<double> Mean => mean;

    /// <summary>Smallest value of each feature; +∞ without rows.</summary>
    public ReadOnlySpan<float> Minimum => minimum;

    /// <summary>Largest value of each feature; -∞ without rows.</summary>
    public ReadOnlySpan<float> Maximum => maximum;

    /// <summary>Weighted variance of a feature, divided by the sum of weights (ddof 0); 0 without rows.</summary>
    public double Variance(int feature) => weight[feature] > 0 ? squares[feature] / weight[feature] : 0;

    /// <inheritdoc/>
    public void Add(RowBatch tile)
    {
        int rows = tile.RowCount;
        rowCount += rows;
        double* weights = tile.HasWeight ? tile.WeightPointer : null;
        double tileWeight = Total(weights, rows);
        for (int j = 0; j < mean.Length; j++)
        {
            float* column = tile.Features + (long)j * tile.Stride;
            if (Finite.IndexOfNonFinite(new ReadOnlySpan<float>(column, rows)) >= 0)
                AddFinite(j, column, weights, rows);
            else
                AddColumn(j, column, weights, rows, tileWeight);
        }
    }

    /// <summary>Adds rows that have the same value in a feature.</summary>
    /// <param name="feature">The feature.</param>
    /// <param name="value">The value, as tiles have it; NaN where it is missing.</param>
    /// <param name="valueWeight">Weight of the rows, at least 0.</param>
    public void AddConstant(int feature, double value, double valueWeight)
    {
        if (double.IsNaN(value))
            missing[feature] += valueWeight;

        if (valueWeight == 0 || double.IsNaN(value))
            return;

        minimum[feature] = Math.Min(minimum[feature], (float)value);
        maximum[feature] = Math.Max(maximum[feature], (float)value);
        Merge(feature, value, 0, valueWeight);
    }

    /// <summary>Takes over what other moments have measured of one of their features, and how many rows they have.</summary>
    /// <param name="feature">The feature here, of which nothing was added yet.</param>
    /// <param name="other">The other moments.</param>
    /// <param name="from">Their feature.</param>
    public void Take(int feature, Moments other, int from)
    {
        rowCount = other.rowCount;
        (weight[feature], missing[feature], infinite[feature]) = (other.weight[from], other.missing[from], other.infinite[from]);
        (mean[feature], squares[feature]) = (other.mean[from], other.squares[from]);
        (minimum[feature], maximum[feature]) = (other.minimum[from], other.maximum[from]);
    }

    /// <inheritdoc/>
    public void Merge(Moments other)
    {
        rowCount += other.rowCount;
        for (int j = 0; j < mean.Length; j++)
        {
            missing[j] += other.missing[j];
            infinite[j] += other.infinite[j];
            minimum[j] = Math.Min(minimum[j], other.minimum[j]);
            maximum[j] = Math.Max(maximum[j], other.maximum[j]);
            if (other.weight[j] > 0)
                Merge(j, other.mean[j], other.squares[j], other.weight[j]);
        }
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.Value(ref rowCount);
        state.Values(weight.AsSpan());
        state.Values(missing.AsSpan());
        state.Values(infinite.AsSpan());
        state.Values(mean.AsSpan());
        state.Values(squares.AsSpan());
        state.Values(minimum.AsSpan());
        state.Values(maximum.AsSpan());
    }

    void AddColumn(int feature, float* column, double* weights, int rows, double columnWeight)
    {
        Range(column, rows, ref minimum[feature], ref maximum[feature]);
        if (!(columnWeight > 0))
            return;

        double columnMean = WeightedSum(column, weights, rows) / columnWeight;
        Merge(feature, columnMean, WeightedSquares(column, weights, rows, columnMean), columnWeight);
    }

    void AddFinite(int feature, float* column, double* weights, int rows)
    {
        if (finite.Length < rows)
        {
            finite = new float[rows];
            finiteWeights = new double[rows];
        }

        int count = 0;
        for (int i = 0; i < rows; i++)
        {
            double rowWeight = weights == null ? 1 : weights[i];
            if (float.IsFinite(column[i]))
            {
                finite[count] = column[i];
                finiteWeights[count++] = rowWeight;
            }
            else if (float.IsNaN(column[i]))
            {
                missing[feature] += rowWeight;
            }
            else
            {
                infinite[feature] += rowWeight;
            }
        }

        fixed (float* values = finite)
        fixed (double* valueWeights = finiteWeights)
            AddColumn(feature, values, valueWeights, count, Total(valueWeights, count));
    }

    void Merge(int feature, double otherMean, double otherSquares, double otherWeight)
    {
        double total = weight[feature] + otherWeight;
        double delta = otherMean - mean[feature];
        double share = otherWeight / total;
        mean[feature] += delta * share;
        squares[feature] += otherSquares + delta * delta * weight[feature] * share;
        weight[feature] = total;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static double Total(double* weights, int rows)
    {
        if (weights == null)
            return rows;

        double total = 0;
        for (int i = 0; i < rows; i++)
            total += weights[i];

        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static double WeightedSum(float* column, double* weights, int rows)
    {
        Vector512<double> low = default, high = default, one = Vector512<double>.One;
        int i = 0;
        for (; i + 16 <= rows; i += 16)
        {
            Vector512<float> x = Vector512.Load(column + i);
            low = Vector512.FusedMultiplyAdd(Vector512.WidenLower(x), weights == null ? one : Vector512.Load(weights + i), low);
            high = Vector512.FusedMultiplyAdd(Vector512.WidenUpper(x), weights == null ? one : Vector512.Load(weights + i + 8), high);
        }

        double sum = Lanes.Sum(low + high);
        for (; i < rows; i++)
            sum += column[i] * (weights == null ? 1 : weights[i]);

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static double WeightedSquares(float* column, double* weights, int rows, double mean)
    {
        Vector512<double> low = default, high = default, m = Vector512.Create(mean), one = Vector512<double>.One;
        int i = 0;
        for (; i + 16 <= rows; i += 16)
        {
            Vector512<float> x = Vector512.Load(column + i);
            Vector512<double> a = Vector512.WidenLower(x) - m, b = Vector512.WidenUpper(x) - m;
            low = Vector512.FusedMultiplyAdd(a * a, weights == null ? one : Vector512.Load(weights + i), low);
            high = Vector512.FusedMultiplyAdd(b * b, weights == null ? one : Vector512.Load(weights + i + 8), high);
        }

        double sum = Lanes.Sum(low + high);
        for (; i < rows; i++)
            sum += (column[i] - mean) * (column[i] - mean) * (weights == null ? 1 : weights[i]);

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Range(float* column, int rows, ref float minimum, ref float maximum)
    {
        Vector512<float> low = Vector512.Create(minimum), high = Vector512.Create(maximum);
        int i = 0;
        for (; i + 16 <= rows; i += 16)
        {
            Vector512<float> x = Vector512.Load(column + i);
            low = Vector512.Min(low, x);
            high = Vector512.Max(high, x);
        }

        for (int lane = 0; lane < 16; lane++)
        {
            minimum = Math.Min(minimum, low[lane]);
            maximum = Math.Max(maximum, high[lane]);
        }

        for (; i < rows; i++)
        {
            minimum = Math.Min(minimum, column[i]);
            maximum = Math.Max(maximum, column[i]);
        }
    }
}
