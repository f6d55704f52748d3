using System.Buffers.Binary;

namespace Streaming.Parquet.Encodings;

/// <summary>One stored number at a time: the plain statement of what the block conversions do.</summary>
static class NumberScalar
{
    const long MicrosPerDay = 86_400_000_000;
    const long JulianDayOf1970 = 2_440_588;

    /// <summary>The number in <paramref name="bytes"/>, which must be as long as the format says.</summary>
    public static double ToDouble(NumberFormat format, ReadOnlySpan<byte> bytes)
    {
        double value = format.Kind switch
        {
            NumberKind.Int32 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
            NumberKind.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            NumberKind.Int64 => BinaryPrimitives.ReadInt64LittleEndian(bytes),
            NumberKind.UInt64 => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            NumberKind.Half => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes),
            NumberKind.Float => BinaryPrimitives.ReadSingleLittleEndian(bytes),
            NumberKind.Double => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
            NumberKind.Int96 => Int96Micros(bytes),
            NumberKind.BigEndian => BigEndian(bytes),
            _ => double.NaN,
        };
        return format.Divisor == 1 ? value : value / format.Divisor;
    }

    /// <summary>Microseconds since 1970 of a time in INT96, those of its nanoseconds that are whole; far beyond what a long can hold, the wrap is the file's.</summary>
    public static long Int96Micros(ReadOnlySpan<byte> bytes)
    {
        long nanosOfDay = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        long day = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        return (day - JulianDayOf1970) * MicrosPerDay + nanosOfDay / 1000;
    }

    static double BigEndian(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 0)
            return 0;

        if (bytes.Length <= 8)
        {
            long value = (sbyte)bytes[0];
            foreach (byte b in bytes[1..])
                value = (value << 8) | b;

            return value;
        }

        // Rounded once: the conversion of a BigInteger truncates, so 16-byte values go through Int128, which rounds.
        if (bytes.Length <= 16)
        {
            Int128 value = (sbyte)bytes[0];
            foreach (byte b in bytes[1..])
                value = (value << 8) | b;

            return (double)value;
        }

        return (double)new System.Numerics.BigInteger(bytes, isUnsigned: false, isBigEndian: true);
    }
}
