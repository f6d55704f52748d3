using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Streaming.Benchmarks.Kernels;

/// <summary>What the machine can do at most on one thread, to be measured beside what is held against it.</summary>
static class Ceilings
{
    /// <summary>Multiplications and additions of one call of <see cref="SingleFma"/>.</summary>
    public static double SingleFlops => 2.0 * Chains * Steps * (Vector512.IsHardwareAccelerated ? Vector512<float>.Count : Vector256<float>.Count);

    /// <summary>Multiplications and additions of one call of <see cref="DoubleFma"/>.</summary>
    public static double DoubleFlops => SingleFlops / 2;

    // More than latency times units: the chains don't wait for each other.
    const int Chains = 12;
    const int Steps = 200_000;

    static float kept;

    /// <summary>Fused multiply-adds of float32 in registers, in the widest vectors of the machine.</summary>
    public static void SingleFma() => kept = Vector512.IsHardwareAccelerated ? Wide<float>(1.0000001f, 1e-9f) : Narrow<float>(1.0000001f, 1e-9f);

    /// <summary>The same of double.</summary>
    public static void DoubleFma() => kept = (float)(Vector512.IsHardwareAccelerated ? Wide<double>(1.0000001, 1e-9) : Narrow<double>(1.0000001, 1e-9));

    /// <summary>Reads memory, and sums it so that it must.</summary>
    public static unsafe void Read(ReadOnlySpan<float> values)
    {
        Vector512<float> a = default, b = default, c = default, d = default;
        fixed (float* start = values)
        {
            for (float* p = start; p <= start + values.Length - 64; p += 64)
            {
                a += Vector512.Load(p);
                b += Vector512.Load(p + 16);
                c += Vector512.Load(p + 32);
                d += Vector512.Load(p + 48);
            }
        }

        kept = Vector512.Sum(a + b + c + d);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static T Wide<T>(T factor, T term)
    {
        Vector512<T> x = Vector512.Create(factor), y = Vector512.Create(term);
        Vector512<T> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (int step = 0; step < Steps; step++)
        {
            a = Fma(a, x, y);
            b = Fma(b, x, y);
            c = Fma(c, x, y);
            d = Fma(d, x, y);
            e = Fma(e, x, y);
            f = Fma(f, x, y);
            g = Fma(g, x, y);
            h = Fma(h, x, y);
            i = Fma(i, x, y);
            j = Fma(j, x, y);
            k = Fma(k, x, y);
            l = Fma(l, x, y);
        }

        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static T Narrow<T>(T factor, T term)
    {
        Vector256<T> x = Vector256.Create(factor), y = Vector256.Create(term);
        Vector256<T> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (int step = 0; step < Steps; step++)
        {
            a = Fma(a, x, y);
            b = Fma(b, x, y);
            c = Fma(c, x, y);
            d = Fma(d, x, y);
            e = Fma(e, x, y);
            f = Fma(f, x, y);
            g = Fma(g, x, y);
            h = Fma(h, x, y);
            i = Fma(i, x, y);
            j = Fma(j, x, y);
            k = Fma(k, x, y);
            l = Fma(l, x, y);
        }

        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> Fma<T>(Vector512<T> a, Vector512<T> b, Vector512<T> c) => typeof(T) == typeof(float)
        ? Vector512.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
        : Vector512.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<T> Fma<T>(Vector256<T> a, Vector256<T> b, Vector256<T> c) => typeof(T) == typeof(float)
        ? Vector256.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
        : Vector256.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();
}
