using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Streaming.Cli.Conversion;

/// <summary>What a field's text means, the same everywhere. Blanks around a number do not matter.</summary>
static class CsvValue
{
    const NumberStyles NumberForm = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    // The furthest zone there is.
    const int MaxZoneHours = 14;

    // Whole numbers of so many digits are doubles, and so are the powers of ten that these can stand over; a sign and a point may come with them.
    const int MaxExactDigits = 15;

    // The sign of .NET's own is set, which other programs show.
    static readonly double PlainNan = BitConverter.UInt64BitsToDouble(0x7FF8_0000_0000_0000);

    static readonly double[] PowersOfTen = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

    /// <summary>Whether a text is a value of a type.</summary>
    public static bool Is(CsvType type, ReadOnlySpan<byte> text) => type switch
    {
        CsvType.Boolean => TryBoolean(text, out _),
        CsvType.Int32 => TryInt32(text, out _),
        CsvType.Int64 => TryInt64(text, out _),
        CsvType.Float32 => TryFloat32(text, out _),
        CsvType.Float64 => TryFloat64(text, out _),
        CsvType.Date => CsvTime.TryDate(text, out _),
        CsvType.Timestamp => CsvTime.TryTimestamp(text, out _),
        CsvType.TimestampTz => TryTimestampTz(text, out _),
        _ => true,
    };

    public static bool TryBoolean(ReadOnlySpan<byte> text, out bool value)
    {
        text = text.Trim((byte)' ');
        value = Ascii.EqualsIgnoreCase(text, "true"u8);
        return value || Ascii.EqualsIgnoreCase(text, "false"u8);
    }

    public static bool TryInt32(ReadOnlySpan<byte> text, out int value)
    {
        text = text.Trim((byte)' ');
        return Utf8Parser.TryParse(text, out value, out int used) && used == text.Length;
    }

    public static bool TryInt64(ReadOnlySpan<byte> text, out long value)
    {
        text = text.Trim((byte)' ');
        return Utf8Parser.TryParse(text, out value, out int used) && used == text.Length;
    }

    /// <summary>A number that is not infinite unless the text says so: one beyond the range is no float.</summary>
    public static bool TryFloat32(ReadOnlySpan<byte> text, out float value)
    {
        bool isNumber = TryFloat64(text, out double wide);
        value = (float)wide;
        return isNumber && float.IsInfinity(value) == double.IsInfinity(wide);
    }

    /// <summary>A number that is not infinite unless the text says so: one beyond the range is no double.</summary>
    public static bool TryFloat64(ReadOnlySpan<byte> text, out double value)
    {
        text = text.Trim((byte)' ');
        if (text.Length <= MaxExactDigits + 2 && TryShort(text, out value))
            return true;

        if (double.TryParse(text, NumberForm, CultureInfo.InvariantCulture, out value))
        {
            if (double.IsNaN(value))
                value = PlainNan;

            return !double.IsInfinity(value) || !text.ContainsAnyInRange((byte)'0', (byte)'9');
        }

        // Python and C write them like this.
        ReadOnlySpan<byte> name = text.StartsWith("-"u8) || text.StartsWith("+"u8) ? text[1..] : text;
        if (!Ascii.EqualsIgnoreCase(name, "inf"u8))
            return false;

        value = text[0] == (byte)'-' ? double.NegativeInfinity : double.PositiveInfinity;
        return true;
    }

    /// <summary>A time with a zone, in microseconds since 1970-01-01 in UTC.</summary>
    public static bool TryTimestampTz(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        if (!TryZone(text, out int start, out int minutes) || !CsvTime.TryTimestamp(text[..start], out long local))
            return false;

        value = local - (minutes * TimeSpan.MicrosecondsPerMinute);
        return true;
    }

    // Z, +02, +0200 or +02:00 behind a time; a date alone has no zone.
    static bool TryZone(ReadOnlySpan<byte> text, out int start, out int minutes)
    {
        minutes = 0;
        bool isUtc = text.EndsWith("Z"u8);
        start = isUtc ? text.Length - 1 : text.LastIndexOfAny("+-"u8);
        if (start <= CsvTime.DateLength || isUtc)
            return start > CsvTime.DateLength;

        ReadOnlySpan<byte> zone = text[(start + 1)..];
        ReadOnlySpan<byte> behind = zone.Length switch
        {
            2 => "00"u8,
            4 => zone[2..],
            5 when zone[2] == (byte)':' => zone[3..],
            _ => default,
        };
        if (behind.IsEmpty || !CsvTime.TryDigits(zone[..2], out int hours) || !CsvTime.TryDigits(behind, out int rest) || hours > MaxZoneHours || rest > 59)
            return false;

        minutes = ((hours * 60) + rest) * (text[start] == (byte)'-' ? -1 : 1);
        return true;
    }

    // Of few digits the number and the power of ten that it stands over are doubles themselves, so that their quotient is rounded once and for all
    // (Clinger, "How to read floating point numbers accurately", 1990).
    static bool TryShort(ReadOnlySpan<byte> text, out double value)
    {
        bool isNegative = !text.IsEmpty && text[0] == '-';
        long digits = 0;
        int count = 0;
        int point = -1;
        foreach (byte c in isNegative ? text[1..] : text)
        {
            if (c == '.' && point < 0)
            {
                point = count;
                continue;
            }

            if (c is < (byte)'0' or > (byte)'9' || ++count > MaxExactDigits)
            {
                value = 0;
                return false;
            }

            digits = (digits * 10) + c - '0';
        }

        value = point < 0 ? digits : digits / PowersOfTen[count - point];
        value = isNegative ? -value : value;
        return count > 0;
    }
}
