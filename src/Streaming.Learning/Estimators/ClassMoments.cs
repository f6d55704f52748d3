using Streaming.Learning.Data;
using Streaming.Learning.Numerics;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>
/// Mean and variance of every feature by class, in double: a tile's own means and squared deviations in two sweeps, merged into the
/// total by the formula of Chan, Golub and LeVeque (1979), so classes that lie far from zero or from each other keep their digits.
/// </summary>
sealed unsafe class ClassMoments : ISum<ClassMoments>
{
    readonly int classes;
    readonly int features;
    readonly WeightedMoments[] moments;
    GroupedRows? rows;

    /// <summary>Creates empty moments.</summary>
    public ClassMoments(int classes, int features)
    {
        this.classes = classes;
        this.features = features;
        moments = new WeightedMoments[checked(classes * features)];
    }

    /// <summary>Memory of such moments.</summary>
    public static long BytesFor(int classes, int features, int batchSize) =>
        3L * sizeof(double) * classes * features + GroupedRows.BytesFor(classes, batchSize);

    /// <summary>Moments of a feature within a class.</summary>
    public WeightedMoments this[int c, int feature] => moments[c * features + feature];

    /// <summary>Moments of a feature over all classes.</summary>
    public WeightedMoments Overall(int feature)
    {
        var all = default(WeightedMoments);
        for (int c = 0; c < classes; c++)
            all = all.Merge(this[c, feature]);

        return all;
    }

    /// <inheritdoc/>
    public void Add(RowBatch tile)
    {
        // Sums that others are only merged into have no rows.
        rows ??= new GroupedRows(classes, tile.Capacity);
        rows.Sort(tile.Target, tile.Weight);
        for (int j = 0; j < features; j++)
        {
            if (tile.Doubles != null)
                rows.Take(tile.Doubles + (long)j * tile.Stride);
            else
                rows.Take(tile.Features + (long)j * tile.Stride);

            foreach (GroupedRows.Run run in rows.Runs)
            {
                ref WeightedMoments total = ref moments[run.Group * features + j];
                total = total.Merge(rows.MomentsOf(run));
            }
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
