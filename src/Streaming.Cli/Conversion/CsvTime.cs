namespace Streaming.Cli.Conversion;

/// <summary>
/// Dates and times as CSV has them: <c>yyyy-MM-dd</c>, and behind it, set off by a blank or a T, <c>HH:mm</c>, <c>HH:mm:ss</c> or that and up to six digits of a second.
/// .NET reads the same by <see cref="DateTime.TryParseExact(string, string[], IFormatProvider, System.Globalization.DateTimeStyles, out DateTime)"/>, in eight times as long.
/// </summary>
static class CsvTime
{
    /// <summary>Bytes of a date.</summary>
    public const int DateLength = 10;

    const int MaxFraction = 6;

    static readonly int EpochDay = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    /// <summary>A date.</summary>
    public static bool TryDate(ReadOnlySpan<byte> text, out DateOnly value)
    {
        value = default;
        if (text.Length != DateLength || text[4] != '-' || text[7] != '-'
            || !TryDigits(text[..4], out int year) || !TryDigits(text[5..7], out int month) || !TryDigits(text[8..], out int day)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        value = new DateOnly(year, month, day);
        return true;
    }

    /// <summary>A date, or a time without a zone, in microseconds since 1970-01-01.</summary>
    public static bool TryTimestamp(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        if (text.Length < DateLength || !TryDate(text[..DateLength], out DateOnly date))
            return false;

        ReadOnlySpan<byte> time = text[DateLength..];
        long ofDay = 0;
        if (!time.IsEmpty && (time[0] is not ((byte)' ' or (byte)'T') || !TryTimeOfDay(time[1..], out ofDay)))
            return false;

        value = ((date.DayNumber - EpochDay) * TimeSpan.MicrosecondsPerDay) + ofDay;
        return true;
    }

    /// <summary>A whole number, of nothing but digits.</summary>
    public static bool TryDigits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        foreach (byte c in text)
        {
            if (c is < (byte)'0' or > (byte)'9')
                return false;

            value = (value * 10) + c - '0';
        }

        return true;
    }

    static bool TryTimeOfDay(ReadOnlySpan<byte> text, out long microseconds)
    {
        microseconds = 0;
        if (text.Length < 5 || text[2] != ':' || !TryDigits(text[..2], out int hours) || !TryDigits(text[3..5], out int minutes) || hours > 23 || minutes > 59)
            return false;

        int seconds = 0;
        ReadOnlySpan<byte> behind = text[5..];
        if (!behind.IsEmpty)
        {
            if (behind.Length < 3 || behind[0] != ':' || !TryDigits(behind[1..3], out seconds) || seconds > 59)
                return false;

            behind = behind[3..];
        }

        int fraction = 0;
        if (!behind.IsEmpty)
        {
            if (behind[0] != '.' || behind.Length > 1 + MaxFraction || !TryDigits(behind[1..], out fraction))
                return false;

            for (int i = behind.Length; i < 1 + MaxFraction; i++)
                fraction *= 10;
        }

        microseconds = (((hours * 60L) + minutes) * TimeSpan.MicrosecondsPerMinute) + (seconds * TimeSpan.MicrosecondsPerSecond) + fraction;
        return true;
    }
}
