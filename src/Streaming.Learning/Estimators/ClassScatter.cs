using Streaming.Learning.Data;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>Products of all pairs of features, and sums by class: what discriminant analysis needs of the data, in one pass.</summary>
sealed class ClassScatter(int classes, int features) : ISum<ClassScatter>
{
    readonly CrossProducts products = new(features, hasTarget: false);
    readonly ClassSums sums = new(classes, features);

    /// <summary>Memory of such sums.</summary>
    public static long BytesFor(RunShape run) =>
        CrossProducts.BytesFor(run.Features, hasTarget: false, run.HasWeights) + ClassSums.BytesFor(run.Classes, run.Features, run.BatchSize);

    /// <summary>Weight of the rows of each class; length: classes.</summary>
    public double[] Weights => sums.Weights;

    /// <inheritdoc/>
    public void Add(RowBatch tile)
    {
        products.Add(tile);
        sums.Add(tile);
    }

    /// <inheritdoc/>
    public void Merge(ClassScatter other)
    {
        products.Merge(other.products);
        sums.Merge(other.sums);
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        products.Persist(state);
        sums.Persist(state);
    }

    /// <summary>Means of the features of each class; [classes × features].</summary>
    public double[] Means() => [.. sums.Sums.Select((sum, i) => sum / Weights[i / features])];

    /// <summary>
    /// Sums of products of differences from the rows' class means, [features × features]: those from the overall mean, less what the
    /// class means explain. Features that do not vary within any class, but for rounding, give zeros.
    /// </summary>
    public double[] Within()
    {
        const double Noise = 1e-13;
        double[] center = products.Means(), means = Means();
        double[] within = products.About(center).Features;
        double[] whole = [.. Enumerable.Range(0, features).Select(j => within[j * features + j])];
        for (int c = 0; c < classes; c++)
        {
            for (int i = 0; i < features; i++)
            {
                double weighted = Weights[c] * (means[c * features + i] - center[i]);
                for (int j = 0; j < features; j++)
                    within[i * features + j] -= weighted * (means[c * features + j] - center[j]);
            }
        }

        bool[] varies = [.. whole.Select((w, j) => within[j * features + j] > Noise * w)];
        for (int i = 0; i < within.Length; i++)
            within[i] = varies[i / features] && varies[i % features] ? within[i] : 0;

        return within;
    }
}
