using System.Runtime.Intrinsics;
using Streaming.Learning.Data;
using Streaming.Learning.Numerics;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Preprocessing;

/// <summary>
/// Weight, mean and variance of every feature in one pass: each tile's own mean and squared deviations in double, merged into the
/// total by the formula of Chan, Golub and LeVeque (1979), which loses no digits however far the mean is from zero.
/// </summary>
public sealed unsafe class Moments : ISum<Moments>
{
    readonly double[] mean;
    readonly double[] squares;
    readonly float[] minimum;
    readonly float[] maximum;
    long rowCount;
    double weightSum;

    /// <summary>Creates empty moments.</summary>
    /// <param name="featureCount">Feature columns.</param>
    public Moments(int featureCount)
    {
        mean = new double[featureCount];
        squares = new double[featureCount];
        minimum = new float[featureCount];
        maximum = new float[featureCount];
        Array.Fill(minimum, float.PositiveInfinity);
        Array.Fill(maximum, float.NegativeInfinity);
    }

    /// <summary>Memory of such moments.</summary>
    public static long BytesFor(int featureCount) => 2L * (sizeof(double) + sizeof(float)) * featureCount;

    /// <summary>Rows added.</summary>
    public long RowCount => rowCount;

    /// <summary>Sum of the weights of the rows; the number of rows when they have none.</summary>
    public double WeightSum => weightSum;

    /// <summary>Weighted mean of each feature, as tiles have it; length: features.</summary>
    public ReadOnlySpan<double> Mean => mean;

    /// <summary>Smallest value of each feature; +∞ without rows.</summary>
    public ReadOnlySpan<float> Minimum => minimum;

    /// <summary>Largest value of each feature; -∞ without rows.</summary>
    public ReadOnlySpan<float> Maximum => maximum;

    /// <summary>Weighted variance of a feature, divided by the sum of weights (ddof 0); 0 without rows.</summary>
    public double Variance(int feature) => WeightSum > 0 ? squares[feature] / WeightSum : 0;

    /// <inheritdoc/>
    public void Add(RowBatch tile)
    {
        int rows = tile.RowCount;
        rowCount += rows;
        double weight = rows;
        if (tile.HasWeight)
        {
            weight = 0;
            foreach (double w in tile.Weight)
                weight += w;
        }

        double total = WeightSum + weight;
        for (int j = 0; j < mean.Length; j++)
        {
            float* column = tile.Features + (long)j * tile.Stride;
            Range(column, rows, ref minimum[j], ref maximum[j]);
            if (weight > 0)
            {
                double* weights = tile.HasWeight ? tile.WeightPointer : null;
                double tileMean = WeightedSum(column, weights, rows) / weight;
                Merge(j, tileMean, WeightedSquares(column, weights, rows, tileMean), weight, total);
            }
        }

        weightSum = total;
    }

    /// <inheritdoc/>
    public void Merge(Moments other)
    {
        rowCount += other.RowCount;
        double total = WeightSum + other.WeightSum;
        for (int j = 0; j < mean.Length; j++)
        {
            minimum[j] = Math.Min(minimum[j], other.minimum[j]);
            maximum[j] = Math.Max(maximum[j], other.maximum[j]);
            if (other.WeightSum > 0)
                Merge(j, other.mean[j], other.squares[j], other.WeightSum, total);
        }

        weightSum = total;
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.Value(ref rowCount);
        state.Value(ref weightSum);
        state.Values(mean.AsSpan());
        state.Values(squares.AsSpan());
        state.Values(minimum.AsSpan());
        state.Values(maximum.AsSpan());
    }

    void Merge(int feature, double otherMean, double otherSquares, double otherWeight, double total)
    {
        double delta = otherMean - mean[feature];
        double share = otherWeight / total;
        mean[feature] += delta * share;
        squares[feature] += otherSquares + delta * delta * WeightSum * share;
    }

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
