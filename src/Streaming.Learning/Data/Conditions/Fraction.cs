using System.Globalization;
using System.Numerics;

namespace Streaming.Learning.Data.Conditions;

/// <summary>A number as it was written, exactly.</summary>
/// <param name="Numerator">Above the line.</param>
/// <param name="Denominator">Below it; positive.</param>
readonly record struct Fraction(BigInteger Numerator, BigInteger Denominator)
{
    // Of what is smaller than this power of ten, far below the last digit of any decimal, only the sign matters.
    const int LeastPower = -700;

    /// <summary>Reads what <see cref="double"/> reads as a finite number: digits, a point, an exponent.</summary>
    public static Fraction Parse(string text)
    {
        int e = text.IndexOfAny(['e', 'E']);
        string mantissa = e < 0 ? text : text[..e];
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        BigInteger digits = BigInteger.Parse(mantissa.Replace(".", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (digits.IsZero)
            return new Fraction(0, 1);

        BigInteger written = e < 0 ? 0 : BigInteger.Parse(text[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        BigInteger exponent = BigInteger.Max(written - (point < 0 ? 0 : mantissa.Length - 1 - point), LeastPower - mantissa.Length);
        BigInteger power = BigInteger.Pow(10, (int)BigInteger.Abs(exponent));
        return exponent.Sign < 0 ? new Fraction(digits, power) : new Fraction(digits * power, 1);
    }

    /// <summary>The largest whole number of parts of 10^-<paramref name="scale"/> that is not above the number, and whether it is the number.</summary>
    public (BigInteger Floor, bool IsExact) Unscaled(int scale)
    {
        BigInteger quotient = BigInteger.DivRem(Numerator * BigInteger.Pow(10, scale), Denominator, out BigInteger rest);
        return (rest.Sign < 0 ? quotient - 1 : quotient, rest.IsZero);
    }
}
