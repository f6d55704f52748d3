using System.Numerics;
using Streaming.Learning.Data;
using Streaming.Learning.Numerics;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>Weighted sums of every feature by class, in double.</summary>
sealed unsafe class ClassSums : ISum<ClassSums>
{
    readonly int features;
    readonly IReadOnlyList<string>? counts;
    readonly double[] weights;
    readonly double[] sums;
    GroupedRows? rows;

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
    public static long BytesFor(int classes, int features, int batchSize) => sizeof(double) * classes * (features + 1L) + GroupedRows.BytesFor(classes, batchSize);

    /// <summary>Weight of the rows of each class; length: classes.</summary>
    public double[] Weights => weights;

    /// <summary>Sums of the features of each class; [classes × features].</summary>
    public double[] Sums => sums;

    /// <inheritdoc/>
    public void Add(RowBatch tile)
    {
        // Sums that others are only merged into have no rows.
        rows ??= new GroupedRows(weights.Length, tile.Capacity);
        rows.Sort(tile.Target, tile.Weight);
        foreach (GroupedRows.Run run in rows.Runs)
            weights[run.Group] += run.Weight;

        for (int j = 0; j < features; j++)
        {
            if (tile.Doubles != null)
                Take(tile, j, tile.Doubles + (long)j * tile.Stride);
            else
                Take(tile, j, tile.Features + (long)j * tile.Stride);

            foreach (GroupedRows.Run run in rows.Runs)
                sums[run.Group * features + j] += rows.SumOf(run);
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

    void Take<T>(RowBatch tile, int feature, T* column)
        where T : unmanaged, INumber<T>
    {
        for (int row = 0; counts != null && row < tile.RowCount; row++)
        {
            if (column[row] < T.Zero)
                throw Negative(counts[feature], double.CreateTruncating(column[row]), tile.RowIndex(row));
        }

        rows!.Take(column);
    }

    static DatasetException Negative(string feature, double value, long row) => new(FormattableString.Invariant(
        $"Feature '{feature}': wanted counts, at least 0, found {value} in row {row} (counted from 0 over all files). Leave the column out (--exclude) or the row (--where)."));
}
