using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Streaming.Learning.Numerics;

namespace Streaming.Learning.Estimators;

/// <summary>The natural logarithm of eight numbers, each positive and normal: <see cref="Elementary.Log"/> in lanes.</summary>
static class SgdLogarithm
{
    // ln 2 as a double and what is left of it; bits of √½; 1.5 · 2⁵², whose low bits hold a whole number added to it.
    const double Ln2 = 0.6931471805599453;
    const double Ln2Rest = 2.3190468138462996e-17;
    const long RootOfHalf = 0x3FE6A09E667F3BCD;
    const double Rounder = 6755399441055744.0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Of(Vector512<double> x)
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<double> Fma(Vector512<double> a, double b, double c) => Fma(a, Vector512.Create(b), Vector512.Create(c));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<double> Fma(Vector512<double> a, Vector512<double> b, Vector512<double> c) => Vector512.FusedMultiplyAdd(a, b, c);
}
