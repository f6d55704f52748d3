using Streaming.Learning.Data;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>Weighted sums of every feature by class, in double.</summary>
sealed class ClassSums : ISum<ClassSums>
{
    readonly int features;
    readonly IReadOnlyList<string>? counts;
    readonly double[] weights;
    readonly double[] sums;
    double[] column = [];

    /// <summary>Creates empty sums.</summary>
    /// <param name="classes">Classes.</param>
    /// <param name="features">Feature columns.</param>
    /// <param name="counts">Names of the features if they are counts, so that a negative value must be refused; null otherwise.</param>
    public ClassSums(int classes, int features, IReadOnlyList<string>? counts = null)
    {
        this.features = features;
        this.counts = counts;
        weights = new double[classes];
        sums = new double[checked(classes * features)];
    }

    /// <summary>Memory of such sums.</summary>
    public static long BytesFor(int classes, int features, int batchSize) => sizeof(double) * (classes * (features + 1L) + batchSize);

    /// <summary>Weight of the rows of each class; length: classes.</summary>
    public double[] Weights => weights;

    /// <summary>Sums of the features of each class; [classes × features].</summary>
    public double[] Sums => sums;

    /// <inheritdoc/>
    public void Add(RowBatch tile)
    {
        if (column.Length < tile.RowCount)
            column = new double[tile.Capacity];

        Span<double> values = column.AsSpan(0, tile.RowCount);
        ReadOnlySpan<double> target = tile.Target;
        for (int row = 0; row < values.Length; row++)
            weights[(int)target[row]] += tile.WeightOf(row);

        for (int j = 0; j < features; j++)
        {
            tile.CopyColumn(j, values);
            for (int row = 0; row < values.Length; row++)
            {
                if (counts != null && values[row] < 0)
                    throw Negative(counts[j], values[row], tile.RowIndex(row));

                sums[(int)target[row] * features + j] += tile.WeightOf(row) * values[row];
            }
        }
    }

    /// <inheritdoc/>
    public void Merge(ClassSums other)
    {
        for (int i = 0; i < weights.Length; i++)
            weights[i] += other.weights[i];

        for (int i = 0; i < sums.Length; i++)
            sums[i] += other.sums[i];
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.Values(weights.AsSpan());
        state.Values(sums.AsSpan());
    }

    static DatasetException Negative(string feature, double value, long row) => new(FormattableString.Invariant(
        $"Feature '{feature}': wanted counts, at least 0, found {value} in row {row} (counted from 0 over all files). Leave the column out (--exclude) or the row (--where)."));
}
