using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Streaming.Cli.Conversion;

/// <summary>What a field's text means, the same everywhere. Blanks around a number do not matter.</summary>
static class CsvValue
{
    const NumberStyles NumberForm = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    const int DateLength = 10;

    // The furthest zone there is.
    const int MaxZoneHours = 14;

    // The machine's own zone must not matter.
    const DateTimeStyles NoZone = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;

    // The sign of .NET's own is set, which other programs show.
    static readonly double PlainNan = BitConverter.UInt64BitsToDouble(0x7FF8_0000_0000_0000);

    static readonly string[] TimestampFormats =
        ["yyyy-MM-dd HH:mm:ss.FFFFFF", "yyyy-MM-ddTHH:mm:ss.FFFFFF", "yyyy-MM-dd HH:mm", "yyyy-MM-ddTHH:mm", "yyyy-MM-dd"];

    /// <summary>Whether a text is a value of a type.</summary>
    public static bool Is(CsvType type, ReadOnlySpan<byte> text) => type switch
    {
        CsvType.Boolean => TryBoolean(text, out _),
        CsvType.Int32 => TryInt32(text, out _),
        CsvType.Int64 => TryInt64(text, out _),
        CsvType.Float32 => TryFloat32(text, out _),
        CsvType.Float64 => TryFloat64(text, out _),
        CsvType.Date => TryDate(text, out _),
        CsvType.Timestamp => TryTimestamp(text, out _),
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

    public static bool TryDate(ReadOnlySpan<byte> text, out DateOnly value)
    {
        value = default;
        Span<char> chars = stackalloc char[10];
        return text.Length == chars.Length
            && Ascii.ToUtf16(text, chars, out _) == System.Buffers.OperationStatus.Done
            && DateOnly.TryParseExact(chars, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out value);
    }

    /// <summary>A time without a zone, in microseconds since 1970-01-01.</summary>
    public static bool TryTimestamp(ReadOnlySpan<byte> text, out long value)
    {
        Span<char> chars = stackalloc char[26];
        DateTime time = default;
        bool isTime = text.Length <= chars.Length
            && Ascii.ToUtf16(text, chars, out int length) == System.Buffers.OperationStatus.Done
            && DateTime.TryParseExact(chars[..length], TimestampFormats, CultureInfo.InvariantCulture, NoZone, out time);
        value = (time.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
        return isTime;
    }

    /// <summary>A time with a zone, in microseconds since 1970-01-01 in UTC.</summary>
    public static bool TryTimestampTz(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        if (!TryZone(text, out int start, out int minutes) || !TryTimestamp(text[..start], out long local))
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
        if (start <= DateLength || isUtc)
            return start > DateLength;

        ReadOnlySpan<byte> zone = text[(start + 1)..];
        ReadOnlySpan<byte> behind = zone.Length switch
        {
            2 => "00"u8,
            4 => zone[2..],
            5 when zone[2] == (byte)':' => zone[3..],
            _ => default,
        };
        if (behind.IsEmpty || !TryTwoDigits(zone[..2], out int hours) || !TryTwoDigits(behind, out int rest) || hours > MaxZoneHours || rest > 59)
            return false;

        minutes = ((hours * 60) + rest) * (text[start] == (byte)'-' ? -1 : 1);
        return true;
    }

    static bool TryTwoDigits(ReadOnlySpan<byte> text, out int value)
    {
        value = ((text[0] - '0') * 10) + text[1] - '0';
        return char.IsAsciiDigit((char)text[0]) && char.IsAsciiDigit((char)text[1]);
    }
}
