using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Streaming.Learning.Data;

namespace Streaming.Learning.Models;

/// <summary>
/// The nearest of a set of centres for every row of a tile, by Euclidean distance, in double. As in <see cref="AffineMap"/> a lane
/// is a row, 16 rows and four centres at a time. In scalar words:
/// <code>
/// for each row i:
///     best = +∞, index = 0
///     for each centre c:
///         sum = 0
///         for each feature j: d = tile[j, i] - centre[c, j]; sum = fma(d, d, sum)
///         second = min(second, max(best, sum))
///         if sum &lt; best: best = sum, index = c
///     output[0, i] = index, output[1, i] = √best, output[2, i] = √second where it is wanted
/// </code>
/// </summary>
sealed unsafe class NearestCenter
{
    const int Block = 16;

    readonly double[] padded;
    readonly int features;
    readonly int count;

    /// <summary>Creates a search among <paramref name="centers"/>, [k × features].</summary>
    internal NearestCenter(ReadOnlySpan<double> centers, int features)
    {
        this.features = features;
        count = centers.Length / features;

        // Distances are computed of four at a time; those of the padding are not looked at.
        padded = new double[(count + 3) / 4 * 4 * features];
        centers.CopyTo(padded);
    }

    /// <summary>Writes to <paramref name="output"/>, column-major, each row's index of the nearest centre and its distance.</summary>
    internal void Find(RowBatch tile, Span<double> output) => Find(tile, output, columns: 2);

    /// <summary>As <see cref="Find(RowBatch, Span{double})"/>, and in a third column the distance to the second nearest; +∞ if there is one only.</summary>
    internal void FindTwo(RowBatch tile, Span<double> output) => Find(tile, output, columns: 3);

    void Find(RowBatch tile, Span<double> output, int columns)
    {
        int rows = tile.RowCount;
        double* found = stackalloc double[3 * Block];
        for (int row = 0; row < rows; row += Block)
        {
            FindBlock(tile.Features + row, tile.Stride, found);
            int taken = Math.Min(Block, rows - row);
            for (int c = 0; c < columns; c++)
                new ReadOnlySpan<double>(found + c * Block, taken).CopyTo(output.Slice(c * rows + row, taken));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void FindBlock(float* x, long stride, double* found)
    {
        Vector512<double> best0 = Vector512.Create(double.PositiveInfinity), best1 = best0, second0 = best0, second1 = best0;
        Vector512<double> index0 = Vector512<double>.Zero, index1 = index0;
        double* sums = stackalloc double[4 * Block];
        fixed (double* start = padded)
        {
            for (int c = 0; c < count; c += 4)
            {
                FourDistances(x, stride, start + (long)c * features, sums);
                for (int k = 0; k < Math.Min(4, count - c); k++)
                {
                    Vector512<double> sum0 = Vector512.Load(sums + k * Block), sum1 = Vector512.Load(sums + k * Block + 8);
                    Vector512<double> center = Vector512.Create((double)(c + k));
                    Vector512<double> nearer0 = Vector512.LessThan(sum0, best0), nearer1 = Vector512.LessThan(sum1, best1);
                    index0 = Vector512.ConditionalSelect(nearer0, center, index0);
                    index1 = Vector512.ConditionalSelect(nearer1, center, index1);
                    second0 = Vector512.Min(second0, Vector512.Max(best0, sum0));
                    second1 = Vector512.Min(second1, Vector512.Max(best1, sum1));
                    best0 = Vector512.ConditionalSelect(nearer0, sum0, best0);
                    best1 = Vector512.ConditionalSelect(nearer1, sum1, best1);
                }
            }
        }

        index0.Store(found);
        index1.Store(found + 8);
        Vector512.Sqrt(best0).Store(found + 16);
        Vector512.Sqrt(best1).Store(found + 24);
        Vector512.Sqrt(second0).Store(found + 32);
        Vector512.Sqrt(second1).Store(found + 40);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void FourDistances(float* x, long stride, double* c, double* sums)
    {
        Vector512<double> s00 = default, s01 = default, s10 = default, s11 = default;
        Vector512<double> s20 = default, s21 = default, s30 = default, s31 = default;
        for (int j = 0; j < features; j++)
        {
            (Vector512<double> x0, Vector512<double> x1) = Vector512.Widen(Vector512.Load(x + j * stride));
            (s00, s01) = AddSquares(x0, x1, c[j], s00, s01);
            (s10, s11) = AddSquares(x0, x1, c[features + j], s10, s11);
            (s20, s21) = AddSquares(x0, x1, c[2L * features + j], s20, s21);
            (s30, s31) = AddSquares(x0, x1, c[3L * features + j], s30, s31);
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector512<double> S0, Vector512<double> S1) AddSquares(
        Vector512<double> x0, Vector512<double> x1, double center, Vector512<double> s0, Vector512<double> s1)
    {
        Vector512<double> d0 = x0 - Vector512.Create(center), d1 = x1 - Vector512.Create(center);
        return (Vector512.FusedMultiplyAdd(d0, d0, s0), Vector512.FusedMultiplyAdd(d1, d1, s1));
    }
}
