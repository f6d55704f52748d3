using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Streaming.Learning.Data;

namespace Streaming.Learning.Models;

/// <summary>
/// <c>output[c] = bias[c] + Σ weights[c, j] · feature[j]</c> for every row of a tile, in double. A vector lane is a row, and each row
/// is summed feature by feature with fused multiply-adds, so the bits depend neither on the width of the machine's registers nor on
/// a row's place in its tile. In scalar words:
/// <code>
/// for each row i, for each output c:
///     sum = bias[c]
///     for each feature j: sum = fma(weights[c, j], tile[j, i], sum)
///     output[c, i] = sum
/// </code>
/// Rows are taken 16 at a time (one cache line of a float32 column) and outputs four at a time, so that a line that was
/// loaded and widened serves four outputs:
/// <code>
///              rows i..i+7   rows i+8..i+15
/// output c        s00             s01
/// output c+1      s10             s11
/// output c+2      s20             s21
/// output c+3      s30             s31
/// </code>
/// </summary>
static unsafe class AffineMap
{
    const int Block = 16;

    /// <summary>Maps a tile.</summary>
    /// <param name="tile">The rows.</param>
    /// <param name="weights">[outputs × features], row-major.</param>
    /// <param name="bias">One per output.</param>
    /// <param name="output">Column-major: row i of output c goes to <c>output[c * tile.RowCount + i]</c>.</param>
    internal static void Apply(RowBatch tile, ReadOnlySpan<double> weights, ReadOnlySpan<double> bias, Span<double> output)
    {
        int rows = tile.RowCount;
        int features = tile.FeatureCount;
        int outputs = bias.Length;
        double* sums = stackalloc double[4 * Block];
        fixed (double* weightsStart = weights)
        {
            for (int row = 0; row < rows; row += Block)
            {
                // Columns are longer than their rows by at least a line (RowBatch.Stride), so the last block may read past the rows.
                float* x = tile.Features + row;
                int count = Math.Min(Block, rows - row);
                for (int c = 0; c < outputs;)
                {
                    double* w = weightsStart + (long)c * features;
                    int taken = outputs - c >= 4 ? 4 : 1;
                    if (taken == 4)
                        Four(x, tile.Stride, features, w, bias.Slice(c, 4), sums);
                    else
                        One(x, tile.Stride, features, w, bias[c], sums);

                    for (int k = 0; k < taken; k++, c++)
                        new ReadOnlySpan<double>(sums + k * Block, count).CopyTo(output.Slice(c * rows + row, count));
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void One(float* x, long stride, int features, double* w, double bias, double* sums)
    {
        Vector512<double> s0 = Vector512.Create(bias), s1 = s0;
        for (int j = 0; j < features; j++)
        {
            (Vector512<double> x0, Vector512<double> x1) = Vector512.Widen(Vector512.Load(x + j * stride));
            Vector512<double> weight = Vector512.Create(w[j]);
            s0 = Vector512.FusedMultiplyAdd(weight, x0, s0);
            s1 = Vector512.FusedMultiplyAdd(weight, x1, s1);
        }

        s0.Store(sums);
        s1.Store(sums + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Four(float* x, long stride, int features, double* w, ReadOnlySpan<double> bias, double* sums)
    {
        Vector512<double> s00 = Vector512.Create(bias[0]), s01 = s00;
        Vector512<double> s10 = Vector512.Create(bias[1]), s11 = s10;
        Vector512<double> s20 = Vector512.Create(bias[2]), s21 = s20;
        Vector512<double> s30 = Vector512.Create(bias[3]), s31 = s30;
        for (int j = 0; j < features; j++)
        {
            (Vector512<double> x0, Vector512<double> x1) = Vector512.Widen(Vector512.Load(x + j * stride));
            Vector512<double> weight = Vector512.Create(w[j]);
            s00 = Vector512.FusedMultiplyAdd(weight, x0, s00);
            s01 = Vector512.FusedMultiplyAdd(weight, x1, s01);
            weight = Vector512.Create(w[features + j]);
            s10 = Vector512.FusedMultiplyAdd(weight, x0, s10);
            s11 = Vector512.FusedMultiplyAdd(weight, x1, s11);
            weight = Vector512.Create(w[2L * features + j]);
            s20 = Vector512.FusedMultiplyAdd(weight, x0, s20);
            s21 = Vector512.FusedMultiplyAdd(weight, x1, s21);
            weight = Vector512.Create(w[3L * features + j]);
            s30 = Vector512.FusedMultiplyAdd(weight, x0, s30);
            s31 = Vector512.FusedMultiplyAdd(weight, x1, s31);
        }

        s00.Store(sums);
        s01.Store(sums + 8);
        s10.Store(sums + 16);
        s11.Store(sums + 24);
        s20.Store(sums + 32);
        s21.Store(sums + 40);
        s30.Store(sums + 48);
        s31.Store(sums + 56);
    }
}
