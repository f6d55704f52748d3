using Streaming.Learning.Data;
using Streaming.Learning.Numerics;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>
/// Mean and variance of every feature by class, in double: a tile's own means and squared deviations in two sweeps, merged into the
/// total by the formula of Chan, Golub and LeVeque (1979), so classes that lie far from zero or from each other keep their digits.
/// </summary>
sealed class ClassMoments : ISum<ClassMoments>
{
    readonly int features;
    readonly WeightedMoments[] moments;
    readonly double[] tileWeights;
    readonly double[] means;
    readonly double[] squares;
    double[] column = [];

    /// <summary>Creates empty moments.</summary>
    public ClassMoments(int classes, int features)
    {
        this.features = features;
        moments = new WeightedMoments[checked(classes * features)];
        tileWeights = new double[classes];
        means = new double[classes];
        squares = new double[classes];
    }

    /// <summary>Memory of such moments.</summary>
    public static long BytesFor(int classes, int features, int batchSize) =>
        3L * sizeof(double) * classes * (features + 1L) + sizeof(double) * (long)batchSize;

    /// <summary>Moments of a feature within a class.</summary>
    public WeightedMoments this[int c, int feature] => moments[c * features + feature];

    /// <summary>Moments of a feature over all classes.</summary>
    public WeightedMoments Overall(int feature)
    {
        var all = default(WeightedMoments);
        for (int c = 0; c < tileWeights.Length; c++)
            all = all.Merge(this[c, feature]);

        return all;
    }

    /// <inheritdoc/>
    public void Add(RowBatch tile)
    {
        if (column.Length < tile.RowCount)
            column = new double[tile.Capacity];

        Span<double> values = column.AsSpan(0, tile.RowCount);
        ReadOnlySpan<double> target = tile.Target;
        Array.Clear(tileWeights);
        for (int row = 0; row < values.Length; row++)
            tileWeights[(int)target[row]] += tile.WeightOf(row);

        for (int j = 0; j < features; j++)
        {
            tile.CopyColumn(j, values);
            Array.Clear(means);
            Array.Clear(squares);
            for (int row = 0; row < values.Length; row++)
                means[(int)target[row]] += tile.WeightOf(row) * values[row];

            for (int c = 0; c < means.Length; c++)
                means[c] = tileWeights[c] > 0 ? means[c] / tileWeights[c] : 0;

            for (int row = 0; row < values.Length; row++)
            {
                int c = (int)target[row];
                double deviation = values[row] - means[c];
                squares[c] += tile.WeightOf(row) * deviation * deviation;
            }

            for (int c = 0; c < means.Length; c++)
                moments[c * features + j] = this[c, j].Merge(new WeightedMoments(tileWeights[c], means[c], squares[c]));
        }
    }

    /// <inheritdoc/>
    public void Merge(ClassMoments other)
    {
        for (int i = 0; i < moments.Length; i++)
            moments[i] = moments[i].Merge(other.moments[i]);
    }

    /// <inheritdoc/>
    public void Persist(StateStream state) => state.Values(moments.AsSpan());
}
