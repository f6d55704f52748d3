using Streaming.Learning.Data;

namespace Streaming.Benchmarks.Kernels;

/// <summary>Kernels as anybody would write them first, to be compared with ours in the same run.</summary>
static unsafe class PlainLoops
{
    /// <summary>Adds every row to the sums of its group.</summary>
    public static void AddToGroups(RowBatch tile, int* groups, double[] sums, double[] weights)
    {
        for (int i = 0; i < tile.RowCount; i++)
        {
            weights[groups[i]]++;
            Span<double> sum = sums.AsSpan(groups[i] * tile.FeatureCount, tile.FeatureCount);
            for (int j = 0; j < sum.Length; j++)
                sum[j] += tile.Features[(long)j * tile.Stride + i];
        }
    }

    /// <summary>Logistic regression by a gradient step per row.</summary>
    public static void Descend(RowBatch tile, double[] weights, ref double intercept)
    {
        const double Step = 1e-3, Shrink = 1 - 1e-7;
        for (int i = 0; i < tile.RowCount; i++)
        {
            float* row = tile.Rows + (long)i * tile.RowStride;
            double output = intercept;
            for (int j = 0; j < weights.Length; j++)
                output += weights[j] * row[j];

            double step = Step * (tile.TargetPointer[i] - 1 / (1 + Math.Exp(-output)));
            for (int j = 0; j < weights.Length; j++)
                weights[j] = weights[j] * Shrink + step * row[j];

            intercept += step;
        }
    }
}
