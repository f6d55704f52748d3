using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Streaming.Learning.Numerics;

/// <summary>
/// exp and log from additions, multiplications and fused multiply-adds only, so that they give the same bits on every machine; those
/// of the runtime come from the C library, which differs between systems. Both are within 2 units in the last place.
/// </summary>
static class Elementary
{
    const double Log2E = 1.4426950408889634;

    // ln 2 as a double and what is left of it.
    const double Ln2 = 0.6931471805599453;
    const double Ln2Rest = 2.3190468138462996e-17;

    // 1.5 · 2⁵²: adding it rounds to a whole number, which then stands in the low bits.
    const double Rounder = 6755399441055744.0;

    // Bits of √½.
    const long RootOfHalf = 0x3FE6A09E667F3BCD;

    /// <summary>e to the power x; x is first cut to [-708, 709], so the result is never infinite, zero or subnormal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Exp(double x)
    {
        // Branches, which are foreseen, rather than Math.Max, whose latency stands in the way of who waits for the result.
        if (x < -708)
            x = -708;

        if (x > 709)
            x = 709;

        double shifted = Math.FusedMultiplyAdd(x, Log2E, Rounder);
        double n = shifted - Rounder;
        double r = Math.FusedMultiplyAdd(n, -Ln2Rest, Math.FusedMultiplyAdd(n, -Ln2, x));

        // The Taylor polynomial of degree 13 (|r| ≤ ln 2 / 2: the rest is below 1e-17), in Estrin's order: short chains.
        double r2 = r * r, r4 = r2 * r2, r8 = r4 * r4;
        double a = Math.FusedMultiplyAdd(r2, Math.FusedMultiplyAdd(r, 1.0 / 6, 1.0 / 2), 1 + r);
        double b = Math.FusedMultiplyAdd(
            r2, Math.FusedMultiplyAdd(r, 1.0 / 5040, 1.0 / 720), Math.FusedMultiplyAdd(r, 1.0 / 120, 1.0 / 24));
        double c = Math.FusedMultiplyAdd(
            r2, Math.FusedMultiplyAdd(r, 1.0 / 39916800, 1.0 / 3628800), Math.FusedMultiplyAdd(r, 1.0 / 362880, 1.0 / 40320));
        double d = Math.FusedMultiplyAdd(r, 1.0 / 6227020800, 1.0 / 479001600);
        double y = Math.FusedMultiplyAdd(r8, Math.FusedMultiplyAdd(r4, d, c), Math.FusedMultiplyAdd(r4, b, a));

        // In vector registers, as the way to the others and back takes longer than the addition.
        Vector128<long> power = Vector128.ShiftLeft(Vector128.CreateScalarUnsafe(shifted).AsInt64(), 52);
        return (Vector128.CreateScalarUnsafe(y).AsInt64() + power).AsDouble().ToScalar();
    }

    /// <summary>The natural logarithm of a positive, normal number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Log(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(x);
        long exponent = (bits - RootOfHalf) >> 52;
        double m = BitConverter.Int64BitsToDouble(bits - (exponent << 52));

        // ln m = 2 artanh s = 2 (s + s³/3 + s⁵/5 + …), |s| ≤ 0.172.
        double s = (m - 1) / (m + 1), z = s * s, z2 = z * z, z4 = z2 * z2;
        double a = Math.FusedMultiplyAdd(z2, Math.FusedMultiplyAdd(z, 2.0 / 9, 2.0 / 7), Math.FusedMultiplyAdd(z, 2.0 / 5, 2.0 / 3));
        double b = Math.FusedMultiplyAdd(z2, Math.FusedMultiplyAdd(z, 2.0 / 17, 2.0 / 15), Math.FusedMultiplyAdd(z, 2.0 / 13, 2.0 / 11));
        double c = Math.FusedMultiplyAdd(z, 2.0 / 21, 2.0 / 19);
        double series = Math.FusedMultiplyAdd(z4, Math.FusedMultiplyAdd(z4, c, b), a);
        return Math.FusedMultiplyAdd(exponent, Ln2, Math.FusedMultiplyAdd(s * z, series, 2 * s) + exponent * Ln2Rest);
    }

    /// <summary>x to the power y, for a positive, normal x.</summary>
    public static double Pow(double x, double y) => Exp(y * Log(x));
}
