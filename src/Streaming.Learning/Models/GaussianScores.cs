using System.Runtime.Intrinsics;
using Streaming.Learning.Data;

namespace Streaming.Learning.Models;

/// <summary>
/// <c>output[c] = constant[c] - Σ halves[c, j] · (feature[j] - mean[c, j])²</c> for every row of a tile, in double: the logarithm of a
/// product of normal densities. As in <see cref="AffineMap"/> a lane is a row, 16 rows at a time. In scalar words:
/// <code>
/// for each row i, for each class c:
///     sum = constant[c]
///     for each feature j: d = tile[j, i] - mean[c, j]; sum = fma(d · -halves[c, j], d, sum)
///     output[c, i] = sum
/// </code>
/// </summary>
static unsafe class GaussianScores
{
    const int Block = 16;

    /// <summary>Scores a tile.</summary>
    /// <param name="tile">The rows.</param>
    /// <param name="means">[classes × features].</param>
    /// <param name="halves">Half the inverse variances; [classes × features].</param>
    /// <param name="constants">One per class.</param>
    /// <param name="output">Column-major: row i of class c goes to <c>output[c * tile.RowCount + i]</c>.</param>
    internal static void Apply(
        RowBatch tile, ReadOnlySpan<double> means, ReadOnlySpan<double> halves, ReadOnlySpan<double> constants, Span<double> output)
    {
        int rows = tile.RowCount, features = tile.FeatureCount;
        double* sums = stackalloc double[Block];
        fixed (double* mean = means, half = halves)
        {
            for (int row = 0; row < rows; row += Block)
            {
                // Columns are longer than their rows by at least a line (RowBatch.Stride), so the last block may read past the rows.
                int count = Math.Min(Block, rows - row);
                for (int c = 0; c < constants.Length; c++)
                {
                    Vector512<double> s0 = Vector512.Create(constants[c]), s1 = s0;
                    for (int j = 0; j < features; j++)
                    {
                        (Vector512<double> x0, Vector512<double> x1) = Vector512.Widen(Vector512.Load(tile.Features + row + (long)j * tile.Stride));
                        Vector512<double> center = Vector512.Create(mean[(long)c * features + j]), h = Vector512.Create(-half[(long)c * features + j]);
                        Vector512<double> d0 = x0 - center, d1 = x1 - center;
                        s0 = Vector512.FusedMultiplyAdd(d0 * h, d0, s0);
                        s1 = Vector512.FusedMultiplyAdd(d1 * h, d1, s1);
                    }

                    s0.Store(sums);
                    s1.Store(sums + 8);
                    new ReadOnlySpan<double>(sums, count).CopyTo(output.Slice(c * rows + row, count));
                }
            }
        }
    }
}
