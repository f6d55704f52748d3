using System.Numerics;

namespace Streaming.Learning.Data.Conditions;

/// <summary>Whole numbers of any size in two's complement, high byte first, as Parquet stores the unscaled values of decimals.</summary>
static class UnscaledOrder
{
    /// <summary>The bytes of a number.</summary>
    public static byte[] BytesOf(BigInteger value) => value.ToByteArray(isUnsigned: false, isBigEndian: true);

    /// <summary>How one number stands to another, whatever their lengths; no bytes are 0.</summary>
    public static int Compare(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y)
    {
        byte sign = SignOf(x);
        if (sign != SignOf(y))
            return sign == 0 ? 1 : -1;

        // Without the bytes that only repeat the sign, the longer is farther from zero, and those of one length stand as their bytes do.
        x = x.TrimStart(sign);
        y = y.TrimStart(sign);
        if (x.Length != y.Length)
            return x.Length > y.Length == (sign == 0) ? 1 : -1;

        return x.SequenceCompareTo(y);
    }

    static byte SignOf(ReadOnlySpan<byte> value) => value.IsEmpty || value[0] < 0x80 ? (byte)0 : (byte)0xFF;
}
