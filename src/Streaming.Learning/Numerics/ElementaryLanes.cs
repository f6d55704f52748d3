using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Streaming.Learning.Numerics;

/// <summary>The functions of <see cref="Elementary"/> for eight numbers at a time, bit for bit.</summary>
static class ElementaryLanes
{
    const double Log2E = 1.4426950408889634;

    // ln 2 as a double and what is left of it; bits of √½; 1.5 · 2⁵², whose low bits hold a whole number added to it.
    const double Ln2 = 0.6931471805599453;
    const double Ln2Rest = 2.3190468138462996e-17;
    const long RootOfHalf = 0x3FE6A09E667F3BCD;
    const double Rounder = 6755399441055744.0;

    /// <summary>e to the power x, which is first cut to [-708, 709].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Exp(Vector512<double> x)
    {
        x = Vector512.Min(Vector512.Max(x, Vector512.Create(-708.0)), Vector512.Create(709.0));
        Vector512<double> shifted = Fma(x, Vector512.Create(Log2E), Vector512.Create(Rounder)), n = shifted - Vector512.Create(Rounder);
        Vector512<double> r = Fma(n, Vector512.Create(-Ln2Rest), Fma(n, Vector512.Create(-Ln2), x));
        Vector512<double> r2 = r * r, r4 = r2 * r2, r8 = r4 * r4;
        Vector512<double> a = Fma(r2, Fma(r, 1.0 / 6, 1.0 / 2), Vector512<double>.One + r);
        Vector512<double> b = Fma(r2, Fma(r, 1.0 / 5040, 1.0 / 720), Fma(r, 1.0 / 120, 1.0 / 24));
        Vector512<double> c = Fma(r2, Fma(r, 1.0 / 39916800, 1.0 / 3628800), Fma(r, 1.0 / 362880, 1.0 / 40320));
        Vector512<double> d = Fma(r, 1.0 / 6227020800, 1.0 / 479001600);
        Vector512<double> y = Fma(r8, Fma(r4, d, c), Fma(r4, b, a));
        return (y.AsInt64() + Vector512.ShiftLeft(shifted.AsInt64(), 52)).AsDouble();
    }

    /// <summary>The natural logarithm of positive, normal numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Log(Vector512<double> x)
    {
        Vector512<long> bits = x.AsInt64();
        Vector512<long> power = Vector512.ShiftRightArithmetic(bits - Vector512.Create(RootOfHalf), 52);
        Vector512<double> m = (bits - Vector512.ShiftLeft(power, 52)).AsDouble();
        Vector512<double> exponent = (power + Vector512.Create(Rounder).AsInt64()).AsDouble() - Vector512.Create(Rounder);

        // ln m = 2 artanh s = 2 (s + s³/3 + s⁵/5 + …), |s| ≤ 0.172.
        Vector512<double> s = (m - Vector512<double>.One) / (m + Vector512<double>.One), z = s * s, z2 = z * z, z4 = z2 * z2;
        Vector512<double> a = Fma(z2, Fma(z, 2.0 / 9, 2.0 / 7), Fma(z, 2.0 / 5, 2.0 / 3));
        Vector512<double> b = Fma(z2, Fma(z, 2.0 / 17, 2.0 / 15), Fma(z, 2.0 / 13, 2.0 / 11));
        Vector512<double> c = Fma(z, 2.0 / 21, 2.0 / 19);
        Vector512<double> series = Fma(z4, Fma(z4, c, b), a);
        return Fma(exponent, Vector512.Create(Ln2), Fma(s * z, series, s + s) + exponent * Vector512.Create(Ln2Rest));
    }

    /// <summary>x to the power y, for positive, normal x.</summary>
    public static Vector512<double> Pow(Vector512<double> x, Vector512<double> y) => Exp(y * Log(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<double> Fma(Vector512<double> a, double b, double c) => Fma(a, Vector512.Create(b), Vector512.Create(c));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<double> Fma(Vector512<double> a, Vector512<double> b, Vector512<double> c) => Vector512.FusedMultiplyAdd(a, b, c);
}
