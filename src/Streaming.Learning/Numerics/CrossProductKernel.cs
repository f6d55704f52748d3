using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Streaming.Learning.Numerics;

/// <summary>
/// Adds Z'Z of a panel of columns of doubles to blocks of totals. A block is 4 × 4 columns: 16 accumulators of 8 rows, so that each
/// number that is loaded is used four times and the chains of additions are long enough to hide their latency.
/// </summary>
static unsafe class CrossProductKernel
{
    /// <summary>Columns on a side of a block.</summary>
    public const int Block = 4;

    // Columns of a last block that don't fill it: mostly that of ones and the target, behind a number of features that a block divides.
    const int Narrow = 2;

    // Columns on the left that meet many on the right before the next ones do: they stay in the first-level cache, those on the right in the second.
    const int Group = 16;
    const int Range = 256;

    /// <summary>
    /// Where the total of columns <paramref name="i"/> ≤ <paramref name="j"/> is kept: blocks by column of blocks, then row of blocks.
    /// </summary>
    public static int IndexOf(int i, int j)
    {
        int bi = i / Block, bj = j / Block;
        return (bj * (bj + 1) / 2 + bi) * (Block * Block) + i % Block * Block + j % Block;
    }

    /// <summary>Adds the products of a panel's columns.</summary>
    /// <param name="left">The columns, times the weights of the rows.</param>
    /// <param name="right">The columns; the same memory as <paramref name="left"/> if the rows have no weights.</param>
    /// <param name="columns">Columns. Those up to the next multiple of 4 are read, too; what their totals become means nothing.</param>
    /// <param name="rows">Rows, a multiple of 8 (zeros fill up).</param>
    /// <param name="totals">The totals, see <see cref="IndexOf"/>.</param>
    public static void Add(in PanelColumns left, in PanelColumns right, int columns, int rows, double* totals)
    {
        for (int range = 0; range < columns; range += Range)
        {
            int end = Math.Min(columns, range + Range);
            for (int group = 0; group < end; group += Group)
                AddGroup(left, right, group, Math.Max(group, range), end, columns, rows, totals);
        }
    }

    // The columns of a group on the left with some on the right.
    static void AddGroup(in PanelColumns left, in PanelColumns right, int group, int first, int end, int columns, int rows, double* totals)
    {
        for (int j = first; j < end; j += Block)
        {
            bool isNarrow = columns - j <= Narrow;
            double* r = right[j];
            long rightStride = right.StrideAt(j);
            for (int i = group; i <= Math.Min(j, group + Group - Block); i += Block)
            {
                double* l = left[i], block = totals + IndexOf(i, j);
                if (isNarrow)
                    AddNarrow(l, left.StrideAt(i), r, rightStride, rows, block);
                else if (i == j)
                    AddTriangle(l, left.StrideAt(i), r, rightStride, rows, block);
                else
                    AddBlock(l, left.StrideAt(i), r, rightStride, rows, block);
            }
        }
    }

    /// <summary>Adds the products of four columns with four others to 16 totals, row-major.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddBlock(double* left, long leftStride, double* right, long rightStride, int rows, double* totals)
    {
        if (!Vector512.IsHardwareAccelerated)
        {
            Vector256<double>* sums = stackalloc Vector256<double>[NarrowProducts.Sums];
            NarrowProducts.Multiply(left, leftStride, right, rightStride, Block, rows, sums);
            Take(sums, totals);
            return;
        }

        Vector512<double> t00 = default, t01 = default, t02 = default, t03 = default;
        Vector512<double> t10 = default, t11 = default, t12 = default, t13 = default;
        Vector512<double> t20 = default, t21 = default, t22 = default, t23 = default;
        Vector512<double> t30 = default, t31 = default, t32 = default, t33 = default;
        double* l0 = left, l1 = left + leftStride, l2 = l1 + leftStride, l3 = l2 + leftStride;
        double* r0 = right, r1 = right + rightStride, r2 = r1 + rightStride, r3 = r2 + rightStride;
        for (int i = 0; i < rows; i += 8)
        {
            Vector512<double> a0 = Vector512.Load(l0 + i), a1 = Vector512.Load(l1 + i);
            Vector512<double> a2 = Vector512.Load(l2 + i), a3 = Vector512.Load(l3 + i);
            Vector512<double> b = Vector512.Load(r0 + i);
            t00 = Vector512.FusedMultiplyAdd(a0, b, t00);
            t10 = Vector512.FusedMultiplyAdd(a1, b, t10);
            t20 = Vector512.FusedMultiplyAdd(a2, b, t20);
            t30 = Vector512.FusedMultiplyAdd(a3, b, t30);
            b = Vector512.Load(r1 + i);
            t01 = Vector512.FusedMultiplyAdd(a0, b, t01);
            t11 = Vector512.FusedMultiplyAdd(a1, b, t11);
            t21 = Vector512.FusedMultiplyAdd(a2, b, t21);
            t31 = Vector512.FusedMultiplyAdd(a3, b, t31);
            b = Vector512.Load(r2 + i);
            t02 = Vector512.FusedMultiplyAdd(a0, b, t02);
            t12 = Vector512.FusedMultiplyAdd(a1, b, t12);
            t22 = Vector512.FusedMultiplyAdd(a2, b, t22);
            t32 = Vector512.FusedMultiplyAdd(a3, b, t32);
            b = Vector512.Load(r3 + i);
            t03 = Vector512.FusedMultiplyAdd(a0, b, t03);
            t13 = Vector512.FusedMultiplyAdd(a1, b, t13);
            t23 = Vector512.FusedMultiplyAdd(a2, b, t23);
            t33 = Vector512.FusedMultiplyAdd(a3, b, t33);
        }

        (Vector256.Load(totals) + Lanes.Sums(t00, t01, t02, t03)).Store(totals);
        (Vector256.Load(totals + 4) + Lanes.Sums(t10, t11, t12, t13)).Store(totals + 4);
        (Vector256.Load(totals + 8) + Lanes.Sums(t20, t21, t22, t23)).Store(totals + 8);
        (Vector256.Load(totals + 12) + Lanes.Sums(t30, t31, t32, t33)).Store(totals + 12);
    }

    // AddBlock of four columns with themselves, with the same bits: each pair once, the totals below the diagonal are left alone.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void AddTriangle(double* left, long leftStride, double* right, long rightStride, int rows, double* totals)
    {
        if (!Vector512.IsHardwareAccelerated)
        {
            Vector256<double>* sums = stackalloc Vector256<double>[NarrowProducts.Sums];
            NarrowProducts.MultiplyTriangle(left, leftStride, right, rightStride, rows, sums);
            Take(sums, totals);
            return;
        }

        Vector512<double> t00 = default, t01 = default, t02 = default, t03 = default;
        Vector512<double> t11 = default, t12 = default, t13 = default, t22 = default, t23 = default, t33 = default;
        double* l0 = left, l1 = left + leftStride, l2 = l1 + leftStride, l3 = l2 + leftStride;
        double* r0 = right, r1 = right + rightStride, r2 = r1 + rightStride, r3 = r2 + rightStride;
        for (int i = 0; i < rows; i += 8)
        {
            Vector512<double> a0 = Vector512.Load(l0 + i), a1 = Vector512.Load(l1 + i);
            Vector512<double> a2 = Vector512.Load(l2 + i), a3 = Vector512.Load(l3 + i);
            t00 = Vector512.FusedMultiplyAdd(a0, Vector512.Load(r0 + i), t00);
            Vector512<double> b = Vector512.Load(r1 + i);
            t01 = Vector512.FusedMultiplyAdd(a0, b, t01);
            t11 = Vector512.FusedMultiplyAdd(a1, b, t11);
            b = Vector512.Load(r2 + i);
            t02 = Vector512.FusedMultiplyAdd(a0, b, t02);
            t12 = Vector512.FusedMultiplyAdd(a1, b, t12);
            t22 = Vector512.FusedMultiplyAdd(a2, b, t22);
            b = Vector512.Load(r3 + i);
            t03 = Vector512.FusedMultiplyAdd(a0, b, t03);
            t13 = Vector512.FusedMultiplyAdd(a1, b, t13);
            t23 = Vector512.FusedMultiplyAdd(a2, b, t23);
            t33 = Vector512.FusedMultiplyAdd(a3, b, t33);
        }

        Vector512<double> none = default;
        (Vector256.Load(totals) + Lanes.Sums(t00, t01, t02, t03)).Store(totals);
        (Vector256.Load(totals + 4) + Lanes.Sums(none, t11, t12, t13)).Store(totals + 4);
        (Vector256.Load(totals + 8) + Lanes.Sums(none, none, t22, t23)).Store(totals + 8);
        (Vector256.Load(totals + 12) + Lanes.Sums(none, none, none, t33)).Store(totals + 12);
    }

    // AddBlock of two columns on the right, with the same bits: half the work, and still eight chains of additions.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void AddNarrow(double* left, long leftStride, double* right, long rightStride, int rows, double* totals)
    {
        if (!Vector512.IsHardwareAccelerated)
        {
            Vector256<double>* sums = stackalloc Vector256<double>[NarrowProducts.Sums];
            NarrowProducts.Multiply(left, leftStride, right, rightStride, Narrow, rows, sums);
            Take(sums, totals);
            return;
        }

        Vector512<double> t00 = default, t01 = default, t10 = default, t11 = default;
        Vector512<double> t20 = default, t21 = default, t30 = default, t31 = default;
        double* l0 = left, l1 = left + leftStride, l2 = l1 + leftStride, l3 = l2 + leftStride;
        double* r0 = right, r1 = right + rightStride;
        for (int i = 0; i < rows; i += 8)
        {
            Vector512<double> a0 = Vector512.Load(l0 + i), a1 = Vector512.Load(l1 + i);
            Vector512<double> a2 = Vector512.Load(l2 + i), a3 = Vector512.Load(l3 + i);
            Vector512<double> b = Vector512.Load(r0 + i);
            t00 = Vector512.FusedMultiplyAdd(a0, b, t00);
            t10 = Vector512.FusedMultiplyAdd(a1, b, t10);
            t20 = Vector512.FusedMultiplyAdd(a2, b, t20);
            t30 = Vector512.FusedMultiplyAdd(a3, b, t30);
            b = Vector512.Load(r1 + i);
            t01 = Vector512.FusedMultiplyAdd(a0, b, t01);
            t11 = Vector512.FusedMultiplyAdd(a1, b, t11);
            t21 = Vector512.FusedMultiplyAdd(a2, b, t21);
            t31 = Vector512.FusedMultiplyAdd(a3, b, t31);
        }

        Vector512<double> none = default;
        (Vector256.Load(totals) + Lanes.Sums(t00, t01, none, none)).Store(totals);
        (Vector256.Load(totals + 4) + Lanes.Sums(t10, t11, none, none)).Store(totals + 4);
        (Vector256.Load(totals + 8) + Lanes.Sums(t20, t21, none, none)).Store(totals + 8);
        (Vector256.Load(totals + 12) + Lanes.Sums(t30, t31, none, none)).Store(totals + 12);
    }

    // Adds what is in the lanes of 16 lower and 16 upper halves to 16 totals, all row-major.
    static void Take(Vector256<double>* lower, double* totals)
    {
        Vector256<double>* upper = lower + Block * Block;
        for (int i = 0; i < Block * Block; i += Block)
        {
            Vector256<double> sums = Lanes.Sums(lower[i] + upper[i], lower[i + 1] + upper[i + 1], lower[i + 2] + upper[i + 2], lower[i + 3] + upper[i + 3]);
            (Vector256.Load(totals + i) + sums).Store(totals + i);
        }
    }
}
