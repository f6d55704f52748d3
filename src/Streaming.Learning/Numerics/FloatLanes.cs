using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Streaming.Learning.Numerics;

/// <summary>
/// Sums of 16 lanes of float32 in a fixed order, so that every processor gives the same bits: s_l = (l_l + l_(l+8)) + (l_(l+4) + l_(l+12)) for l from 0 to 3, then
/// (s0 + s2) + (s1 + s3).
/// </summary>
static class FloatLanes
{
    /// <summary>The sum of the lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector512<float> value)
    {
        Vector128<float> s = Quarter(Half(value));
        return (s[0] + s[2]) + (s[1] + s[3]);
    }

    /// <summary>Sixteen doubles, each rounded; Vector512.Narrow would do so one by one without vectors of 512 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Narrow(Vector512<double> lower, Vector512<double> upper) =>
        Vector512.IsHardwareAccelerated
            ? Vector512.Narrow(lower, upper)
            : Vector512.Create(Vector256.Narrow(lower.GetLower(), lower.GetUpper()), Vector256.Narrow(upper.GetLower(), upper.GetUpper()));

    /// <summary>The four s of each of four vectors, one after another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Quarters(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d)
    {
        if (!Avx512F.IsSupported)
            return Vector512.Create(Quarters(Half(a), Half(b)), Quarters(Half(c), Half(d)));

        Vector512<float> ab = Avx512F.Shuffle4x128(a, b, 0x44) + Avx512F.Shuffle4x128(a, b, 0xEE);
        Vector512<float> cd = Avx512F.Shuffle4x128(c, d, 0x44) + Avx512F.Shuffle4x128(c, d, 0xEE);
        return Avx512F.Shuffle4x128(ab, cd, 0x88) + Avx512F.Shuffle4x128(ab, cd, 0xDD);
    }

    /// <summary>The sums of sixteen vectors, of which each of these has four quarters: number 4 i + k is of quarter i of the kth.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Join(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d)
    {
        if (!Avx512F.IsSupported)
        {
            return Vector512.Create(
                Join(a.GetLower(), b.GetLower(), c.GetLower(), d.GetLower()), Join(a.GetUpper(), b.GetUpper(), c.GetUpper(), d.GetUpper()));
        }

        Vector512<double> ab = (Avx512F.UnpackLow(a, b) + Avx512F.UnpackHigh(a, b)).AsDouble();
        Vector512<double> cd = (Avx512F.UnpackLow(c, d) + Avx512F.UnpackHigh(c, d)).AsDouble();
        return Avx512F.UnpackLow(ab, cd).AsSingle() + Avx512F.UnpackHigh(ab, cd).AsSingle();
    }

    /// <summary>The four s of each of two vectors, one after another; each vector given as its lower half plus its upper half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Quarters(Vector256<float> a, Vector256<float> b) => Vector256.Create(Quarter(a), Quarter(b));

    /// <summary>The sums of eight vectors, of which each of these has two quarters, in the order of the other <c>Join</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Join(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d)
    {
        if (!Avx.IsSupported)
        {
            return Vector256.Create(
                Join(a.GetLower(), b.GetLower(), c.GetLower(), d.GetLower()), Join(a.GetUpper(), b.GetUpper(), c.GetUpper(), d.GetUpper()));
        }

        Vector256<double> ab = (Avx.UnpackLow(a, b) + Avx.UnpackHigh(a, b)).AsDouble();
        Vector256<double> cd = (Avx.UnpackLow(c, d) + Avx.UnpackHigh(c, d)).AsDouble();
        return Avx.UnpackLow(ab, cd).AsSingle() + Avx.UnpackHigh(ab, cd).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Half(Vector512<float> value) => value.GetLower() + value.GetUpper();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<float> Quarter(Vector256<float> half) => half.GetLower() + half.GetUpper();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<float> Join(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d)
    {
        Vector128<float> first = Vector128.Create(a[0], b[0], c[0], d[0]), second = Vector128.Create(a[1], b[1], c[1], d[1]);
        Vector128<float> third = Vector128.Create(a[2], b[2], c[2], d[2]), fourth = Vector128.Create(a[3], b[3], c[3], d[3]);
        return (first + third) + (second + fourth);
    }
}
