using Streaming.Learning.Data;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Preprocessing;

/// <summary>Summaries of all features in one pass, over tiles of doubles that may hold NaN and infinite values.</summary>
sealed class FeatureSummaries : ISum<FeatureSummaries>
{
    // So many sketches of the usual size; of more features each gets a smaller one, so that all take about the same memory.
    const int FullSketches = 128;
    const int LeastSketchSize = 256;

    readonly FeatureSummary[] features;
    double[] values = [];
    double[] weights = [];

    /// <summary>Creates empty summaries.</summary>
    /// <param name="featureCount">How many.</param>
    /// <param name="counted">The features whose most frequent values are wanted.</param>
    public FeatureSummaries(int featureCount, IReadOnlySet<int> counted) =>
        features = [.. Enumerable.Range(0, featureCount).Select(j => new FeatureSummary(SketchSizeFor(featureCount), counted.Contains(j)))];

    /// <summary>The features.</summary>
    public IReadOnlyList<FeatureSummary> Features => features;

    /// <summary>Size of the sketch of each of so many features.</summary>
    public static int SketchSizeFor(int featureCount)
    {
        int size = QuantileSketch.DefaultK;
        for (int most = FullSketches; featureCount > most && size > LeastSketchSize; most *= 2)
            size /= 2;

        return size;
    }

    /// <summary>Memory of such summaries.</summary>
    /// <param name="featureCount">How many.</param>
    /// <param name="counted">Of how many of them the most frequent values are wanted.</param>
    public static long BytesFor(int featureCount, int counted = 0) =>
        featureCount * QuantileSketch.BytesFor(SketchSizeFor(featureCount)) + counted * ValueCounts.Bytes;

    /// <inheritdoc/>
    public void Add(RowBatch tile)
    {
        if (values.Length < tile.RowCount)
        {
            values = new double[tile.Capacity];
            weights = new double[tile.HasWeight ? tile.Capacity : 0];
        }

        for (int j = 0; j < features.Length; j++)
        {
            tile.CopyColumn(j, values.AsSpan(0, tile.RowCount));
            int finite = 0, missing = 0;
            double missingWeight = 0, infiniteWeight = 0;
            for (int row = 0; row < tile.RowCount; row++)
            {
                double value = values[row];
                if (double.IsNaN(value))
                {
                    missing++;
                    missingWeight += tile.WeightOf(row);
                    continue;
                }

                if (!double.IsFinite(value))
                {
                    infiniteWeight += tile.WeightOf(row);
                    continue;
                }

                if (tile.HasWeight)
                    weights[finite] = tile.WeightOf(row);

                values[finite++] = value;
            }

            features[j].Add(
                values.AsSpan(0, finite), tile.HasWeight ? weights.AsSpan(0, finite) : [], missing, tile.RowCount - finite - missing);
            features[j].AddWeights(missingWeight, infiniteWeight);
        }
    }

    /// <inheritdoc/>
    public void Merge(FeatureSummaries other)
    {
        for (int j = 0; j < features.Length; j++)
            features[j].Merge(other.features[j]);
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        foreach (FeatureSummary feature in features)
            feature.Persist(state);
    }
}
