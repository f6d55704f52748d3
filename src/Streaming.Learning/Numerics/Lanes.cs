using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Streaming.Learning.Numerics;

/// <summary>
/// Sums and dot products whose order of additions is fixed, so that every processor gives the same bits: lane l of 8 takes the
/// elements l, l + 8, l + 16, …; then ((l0+l4) + (l1+l5)) + ((l2+l6) + (l3+l7)).
/// </summary>
static unsafe class Lanes
{
    /// <summary>The sum of the 8 lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Vector512<double> value) => Sum(value.GetLower() + value.GetUpper());

    /// <summary>The largest of the 8 lanes.</summary>
    public static double Max(Vector512<double> value)
    {
        double largest = value[0];
        for (int lane = 1; lane < 8; lane++)
            largest = Math.Max(largest, value[lane]);

        return largest;
    }

    /// <summary>The sums of the lanes of four vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Sums(Vector512<double> a, Vector512<double> b, Vector512<double> c, Vector512<double> d) =>
        Sums(a.GetLower() + a.GetUpper(), b.GetLower() + b.GetUpper(), c.GetLower() + c.GetUpper(), d.GetLower() + d.GetUpper());

    /// <summary>The sums of the lanes of four vectors, each given as its lower half plus its upper half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Sums(Vector256<double> a, Vector256<double> b, Vector256<double> c, Vector256<double> d)
    {
        if (!Avx.IsSupported)
            return Vector256.Create(Sum(a), Sum(b), Sum(c), Sum(d));

        Vector256<double> ab = Avx.HorizontalAdd(a, b), cd = Avx.HorizontalAdd(c, d);
        return Avx.Permute2x128(ab, cd, 0x20) + Avx.Permute2x128(ab, cd, 0x31);
    }

    /// <summary>Eight floats as doubles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Widen(float* values)
    {
        Vector256<float> eight = Vector256.Load(values);
        return Avx512F.IsSupported
            ? Avx512F.ConvertToVector512Double(eight)
            : Vector512.Create(Vector256.WidenLower(eight), Vector256.WidenUpper(eight));
    }

    /// <summary>The dot product of two arrays of any length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        Vector512<double> sum = Vector512<double>.Zero;
        int i = 0;
        for (; i + 8 <= a.Length; i += 8)
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(a.Slice(i, 8)), Vector512.Create(b.Slice(i, 8)), sum);

        double rest = 0;
        for (; i < a.Length; i++)
            rest = Math.FusedMultiplyAdd(a[i], b[i], rest);

        return Sum(sum) + rest;
    }

    /// <summary>sum ← sum + factor · vector, of any length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled(Span<double> sum, ReadOnlySpan<double> vector, double factor)
    {
        Vector512<double> f = Vector512.Create(factor);
        int i = 0;
        for (; i + 8 <= vector.Length; i += 8)
        {
            Vector512.FusedMultiplyAdd(Vector512.Create(vector.Slice(i, 8)), f, Vector512.Create((ReadOnlySpan<double>)sum.Slice(i, 8)))
                .CopyTo(sum.Slice(i, 8));
        }

        for (; i < vector.Length; i++)
            sum[i] = Math.FusedMultiplyAdd(vector[i], factor, sum[i]);
    }

    /// <summary>mean ← (mean · weight + sum) / total, of any length.</summary>
    public static void Mean(Span<double> mean, double weight, ReadOnlySpan<double> sum, double total)
    {
        Vector512<double> w = Vector512.Create(weight), t = Vector512.Create(total);
        int i = 0;
        for (; i + 8 <= mean.Length; i += 8)
        {
            ((Vector512.Create((ReadOnlySpan<double>)mean.Slice(i, 8)) * w + Vector512.Create(sum.Slice(i, 8))) / t)
                .CopyTo(mean.Slice(i, 8));
        }

        for (; i < mean.Length; i++)
            mean[i] = (mean[i] * weight + sum[i]) / total;
    }

    /// <summary>Turns the plane of two vectors: (a, b) ← (c a - s b, s a + c b).</summary>
    public static void Rotate(Span<double> a, Span<double> b, double c, double s)
    {
        Vector512<double> cosine = Vector512.Create(c), sine = Vector512.Create(s);
        int i = 0;
        for (; i + 8 <= a.Length; i += 8)
        {
            Vector512<double> x = Vector512.Create((ReadOnlySpan<double>)a.Slice(i, 8)), y = Vector512.Create((ReadOnlySpan<double>)b.Slice(i, 8));
            Vector512.FusedMultiplyAdd(cosine, x, -(sine * y)).CopyTo(a.Slice(i, 8));
            Vector512.FusedMultiplyAdd(sine, x, cosine * y).CopyTo(b.Slice(i, 8));
        }

        for (; i < a.Length; i++)
            (a[i], b[i]) = (Math.FusedMultiplyAdd(c, a[i], -(s * b[i])), Math.FusedMultiplyAdd(s, a[i], c * b[i]));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static double Sum(Vector256<double> half) => (half[0] + half[1]) + (half[2] + half[3]);
}
