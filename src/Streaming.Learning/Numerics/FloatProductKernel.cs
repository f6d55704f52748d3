using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Streaming.Learning.Numerics;

/// <summary>
/// Adds Z'Z of a panel of columns of float32 to blocks of totals in double, where <see cref="CrossProductKernel"/> keeps them: 16 rows at a time in place of 8. Products and their
/// sums over a panel are float32, lane l of 16 those of the rows l, l + 16, …; lanes are joined as <see cref="FloatLanes"/> has it, and only that sum is widened and added.
/// </summary>
static unsafe class FloatProductKernel
{
    const int Block = CrossProductKernel.Block;

    // As in CrossProductKernel.
    const int Group = 16;
    const int Range = 256;

    /// <summary>Adds the products of a panel's columns.</summary>
    /// <param name="panel">The columns, aligned to 64 bytes.</param>
    /// <param name="stride">Floats from one column to the next, a multiple of 16.</param>
    /// <param name="columns">Columns. Those up to the next multiple of 4 are read, too; what their totals become means nothing.</param>
    /// <param name="rows">Rows, a multiple of 16 (zeros fill up); a few hundred at most, as float32 adds them up.</param>
    /// <param name="totals">The totals, see <see cref="CrossProductKernel.IndexOf"/>.</param>
    /// <param name="next">As many rows of doubles that come next, column-major: each block asks memory for one of their columns meanwhile. Null: none.</param>
    /// <param name="nextStride">Doubles from one of those columns to the next.</param>
    public static void Add(float* panel, long stride, int columns, int rows, double* totals, double* next = null, long nextStride = 0)
    {
        int asked = next == null ? columns : 0;
        for (int range = 0; range < columns; range += Range)
        {
            int end = Math.Min(columns, range + Range);
            for (int group = 0; group < end; group += Group)
            {
                for (int j = Math.Max(group, range); j < end; j += Block)
                {
                    int last = Math.Min(j, group + Group - Block);
                    for (int i = group; i <= last; i += Block)
                    {
                        double* block = totals + CrossProductKernel.IndexOf(i, j);
                        double* ahead = asked < columns ? next + asked++ * nextStride : (double*)panel;
                        if (i == j)
                            AddTriangle(panel + j * stride, stride, rows, block, ahead);
                        else
                            AddBlock(panel + i * stride, panel + j * stride, stride, rows, block, ahead);
                    }
                }
            }
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void AddBlock(float* left, float* right, long stride, int rows, double* totals, double* ahead)
    {
        if (!Vector512.IsHardwareAccelerated)
        {
            Vector256<float>* sums = stackalloc Vector256<float>[NarrowProducts.Sums];
            NarrowProducts.Multiply(left, stride, right, stride, Block, rows, sums, ahead);
            Take(sums, totals);
            return;
        }

        Vector512<float> t00 = default, t01 = default, t02 = default, t03 = default;
        Vector512<float> t10 = default, t11 = default, t12 = default, t13 = default;
        Vector512<float> t20 = default, t21 = default, t22 = default, t23 = default;
        Vector512<float> t30 = default, t31 = default, t32 = default, t33 = default;
        float* l0 = left, l1 = left + stride, l2 = l1 + stride, l3 = l2 + stride;
        float* r0 = right, r1 = right + stride, r2 = r1 + stride, r3 = r2 + stride;
        for (int i = 0; i < rows; i += 16)
        {
            Ask(ahead + i);
            Vector512<float> a0 = Vector512.Load(l0 + i), a1 = Vector512.Load(l1 + i);
            Vector512<float> a2 = Vector512.Load(l2 + i), a3 = Vector512.Load(l3 + i);
            Vector512<float> b = Vector512.Load(r0 + i);
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

        Take(
            FloatLanes.Quarters(t00, t10, t20, t30),
            FloatLanes.Quarters(t01, t11, t21, t31),
            FloatLanes.Quarters(t02, t12, t22, t32),
            FloatLanes.Quarters(t03, t13, t23, t33),
            totals);
    }

    // AddBlock of four columns with themselves, with the same bits: each pair once, the totals below the diagonal are left alone.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void AddTriangle(float* columns, long stride, int rows, double* totals, double* ahead)
    {
        if (!Vector512.IsHardwareAccelerated)
        {
            Vector256<float>* sums = stackalloc Vector256<float>[NarrowProducts.Sums];
            NarrowProducts.MultiplyTriangle(columns, stride, columns, stride, rows, sums, ahead);
            Take(sums, totals);
            return;
        }

        Vector512<float> t00 = default, t01 = default, t02 = default, t03 = default;
        Vector512<float> t11 = default, t12 = default, t13 = default, t22 = default, t23 = default, t33 = default;
        float* c0 = columns, c1 = columns + stride, c2 = c1 + stride, c3 = c2 + stride;
        for (int i = 0; i < rows; i += 16)
        {
            Ask(ahead + i);
            Vector512<float> a0 = Vector512.Load(c0 + i), a1 = Vector512.Load(c1 + i);
            Vector512<float> a2 = Vector512.Load(c2 + i), a3 = Vector512.Load(c3 + i);
            t00 = Vector512.FusedMultiplyAdd(a0, a0, t00);
            t01 = Vector512.FusedMultiplyAdd(a0, a1, t01);
            t02 = Vector512.FusedMultiplyAdd(a0, a2, t02);
            t03 = Vector512.FusedMultiplyAdd(a0, a3, t03);
            t11 = Vector512.FusedMultiplyAdd(a1, a1, t11);
            t12 = Vector512.FusedMultiplyAdd(a1, a2, t12);
            t13 = Vector512.FusedMultiplyAdd(a1, a3, t13);
            t22 = Vector512.FusedMultiplyAdd(a2, a2, t22);
            t23 = Vector512.FusedMultiplyAdd(a2, a3, t23);
            t33 = Vector512.FusedMultiplyAdd(a3, a3, t33);
        }

        Vector512<float> none = default;
        Take(
            FloatLanes.Quarters(t00, none, none, none),
            FloatLanes.Quarters(t01, t11, none, none),
            FloatLanes.Quarters(t02, t12, t22, none),
            FloatLanes.Quarters(t03, t13, t23, t33),
            totals);
    }

    // Sixteen doubles.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Ask(double* values)
    {
        if (!Sse.IsSupported)
            return;

        Sse.Prefetch1(values);
        Sse.Prefetch1(values + 8);
    }

    // Adds what is in the lanes of four columns of accumulators to 16 totals, row-major.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Take(Vector512<float> c0, Vector512<float> c1, Vector512<float> c2, Vector512<float> c3, double* totals)
    {
        Vector512<float> sums = FloatLanes.Join(c0, c1, c2, c3);
        (Vector512.Load(totals) + Vector512.WidenLower(sums)).Store(totals);
        (Vector512.Load(totals + 8) + Vector512.WidenUpper(sums)).Store(totals + 8);
    }

    // Adds what is in the lanes of 16 lower and 16 upper halves to 16 totals, all row-major; two rows of them at a time.
    static void Take(Vector256<float>* lower, double* totals)
    {
        Vector256<float>* upper = lower + Block * Block;
        for (int i = 0; i < Block * Block; i += 2 * Block)
        {
            Vector256<float> sums = FloatLanes.Join(
                FloatLanes.Quarters(lower[i] + upper[i], lower[i + 4] + upper[i + 4]),
                FloatLanes.Quarters(lower[i + 1] + upper[i + 1], lower[i + 5] + upper[i + 5]),
                FloatLanes.Quarters(lower[i + 2] + upper[i + 2], lower[i + 6] + upper[i + 6]),
                FloatLanes.Quarters(lower[i + 3] + upper[i + 3], lower[i + 7] + upper[i + 7]));
            (Vector256.Load(totals + i) + Vector256.WidenLower(sums)).Store(totals + i);
            (Vector256.Load(totals + i + Block) + Vector256.WidenUpper(sums)).Store(totals + i + Block);
        }
    }
}
