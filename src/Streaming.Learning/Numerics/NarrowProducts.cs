using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Streaming.Learning.Numerics;

/// <summary>
/// The products of <see cref="CrossProductKernel"/> and <see cref="FloatProductKernel"/> for processors without vectors of 512 bits, which have 16 registers of half the size: the
/// lower lanes of a vector in a pass over the rows, the upper ones in another, and never more than ten accumulators. Lanes are added up in the same order, and lower ones joined with upper
/// ones as <see cref="Lanes"/> and <see cref="FloatLanes"/> have it, so sums are the same bits.
/// </summary>
static unsafe class NarrowProducts
{
    const int Block = CrossProductKernel.Block;

    /// <summary>Sums of a block, of the lower and the upper lanes.</summary>
    public const int Sums = 2 * Block * Block;

    // Columns on the right in a pass.
    const int Pair = 2;

    /// <summary>The products of four columns with others.</summary>
    /// <param name="left">Four columns.</param>
    /// <param name="leftStride">Numbers from one of them to the next.</param>
    /// <param name="right">The others.</param>
    /// <param name="rightStride">Numbers from one of them to the next.</param>
    /// <param name="columns">The others' number, 2 or 4.</param>
    /// <param name="rows">Rows, a multiple of the numbers in 512 bits.</param>
    /// <param name="sums">Receives 16 sums of lower lanes, row-major in rows of four, and then those of upper ones; 0 in columns that are not given.</param>
    /// <param name="ahead">As many doubles as rows that memory is asked for meanwhile, if the numbers are float32.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<T>(T* left, long leftStride, T* right, long rightStride, int columns, int rows, Vector256<T>* sums, double* ahead = null)
        where T : unmanaged
    {
        for (int pass = 0; pass < columns; pass++)
        {
            int half = pass % 2, column = pass / 2 * Pair, shift = half * Vector256<T>.Count;
            Vector256<T> t00 = default, t01 = default, t10 = default, t11 = default;
            Vector256<T> t20 = default, t21 = default, t30 = default, t31 = default;
            T* l0 = left + shift, l1 = l0 + leftStride, l2 = l1 + leftStride, l3 = l2 + leftStride;
            T* r0 = right + column * rightStride + shift, r1 = r0 + rightStride;
            for (int i = 0; i < rows; i += 2 * Vector256<T>.Count)
            {
                if (typeof(T) == typeof(float) && Sse.IsSupported)
                    Sse.Prefetch1(ahead + shift + i);

                Vector256<T> a0 = Vector256.Load(l0 + i), a1 = Vector256.Load(l1 + i);
                Vector256<T> a2 = Vector256.Load(l2 + i), a3 = Vector256.Load(l3 + i);
                Vector256<T> b = Vector256.Load(r0 + i);
                t00 = MultiplyAdd(a0, b, t00);
                t10 = MultiplyAdd(a1, b, t10);
                t20 = MultiplyAdd(a2, b, t20);
                t30 = MultiplyAdd(a3, b, t30);
                b = Vector256.Load(r1 + i);
                t01 = MultiplyAdd(a0, b, t01);
                t11 = MultiplyAdd(a1, b, t11);
                t21 = MultiplyAdd(a2, b, t21);
                t31 = MultiplyAdd(a3, b, t31);
            }

            Vector256<T>* s = sums + half * (Block * Block) + column;
            (s[0], s[1]) = (t00, t01);
            (s[4], s[5]) = (t10, t11);
            (s[8], s[9]) = (t20, t21);
            (s[12], s[13]) = (t30, t31);
        }

        if (columns == Pair)
        {
            for (int i = Pair; i < Sums; i += Block)
                sums[i] = sums[i + 1] = default;
        }
    }

    /// <summary>The products of four columns with themselves, each pair once: sums below the diagonal are 0.</summary>
    /// <param name="left">The columns.</param>
    /// <param name="leftStride">Numbers from one of them to the next.</param>
    /// <param name="right">The same, maybe without weights.</param>
    /// <param name="rightStride">Numbers from one of them to the next.</param>
    /// <param name="rows">Rows, a multiple of the numbers in 512 bits.</param>
    /// <param name="sums">Receives 16 sums of lower lanes, row-major in rows of four, and then those of upper ones.</param>
    /// <param name="ahead">As many doubles as rows that memory is asked for meanwhile, if the numbers are float32.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyTriangle<T>(T* left, long leftStride, T* right, long rightStride, int rows, Vector256<T>* sums, double* ahead = null)
        where T : unmanaged
    {
        for (int half = 0; half < 2; half++)
        {
            int shift = half * Vector256<T>.Count;
            Vector256<T> t00 = default, t01 = default, t02 = default, t03 = default;
            Vector256<T> t11 = default, t12 = default, t13 = default, t22 = default, t23 = default, t33 = default;
            T* l0 = left + shift, l1 = l0 + leftStride, l2 = l1 + leftStride, l3 = l2 + leftStride;
            T* r0 = right + shift, r1 = r0 + rightStride, r2 = r1 + rightStride, r3 = r2 + rightStride;
            for (int i = 0; i < rows; i += 2 * Vector256<T>.Count)
            {
                if (typeof(T) == typeof(float) && Sse.IsSupported)
                    Sse.Prefetch1(ahead + shift + i);

                Vector256<T> a0 = Vector256.Load(l0 + i), a1 = Vector256.Load(l1 + i);
                Vector256<T> a2 = Vector256.Load(l2 + i), a3 = Vector256.Load(l3 + i);
                t00 = MultiplyAdd(a0, Vector256.Load(r0 + i), t00);
                Vector256<T> b = Vector256.Load(r1 + i);
                t01 = MultiplyAdd(a0, b, t01);
                t11 = MultiplyAdd(a1, b, t11);
                b = Vector256.Load(r2 + i);
                t02 = MultiplyAdd(a0, b, t02);
                t12 = MultiplyAdd(a1, b, t12);
                t22 = MultiplyAdd(a2, b, t22);
                b = Vector256.Load(r3 + i);
                t03 = MultiplyAdd(a0, b, t03);
                t13 = MultiplyAdd(a1, b, t13);
                t23 = MultiplyAdd(a2, b, t23);
                t33 = MultiplyAdd(a3, b, t33);
            }

            Vector256<T>* s = sums + half * (Block * Block);
            (s[0], s[1], s[2], s[3]) = (t00, t01, t02, t03);
            (s[4], s[5], s[6], s[7]) = (default, t11, t12, t13);
            (s[8], s[9], s[10], s[11]) = (default, default, t22, t23);
            (s[12], s[13], s[14], s[15]) = (default, default, default, t33);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<T> MultiplyAdd<T>(Vector256<T> a, Vector256<T> b, Vector256<T> c) =>
        typeof(T) == typeof(float)
            ? Vector256.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
            : Vector256.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();
}
