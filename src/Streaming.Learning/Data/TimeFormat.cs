using System.Globalization;
using Streaming.Parquet;

namespace Streaming.Learning.Data;

/// <summary>How the numbers of a column of dates or times are written for people (ISO 8601).</summary>
/// <param name="Unit">What they count.</param>
/// <param name="IsUtc">Whether they are instants in UTC.</param>
public readonly record struct TimeFormat(ColumnUnit Unit, bool IsUtc)
{
    /// <summary>How those of a file's column are written; null where they are neither dates nor times.</summary>
    public static TimeFormat? Of(ParquetColumn column) =>
        ColumnUnit.Of(column.TypeName) is { } unit ? new TimeFormat(unit, column.IsUtc) : null;

    /// <summary>
    /// A number as <c>2024-01-03</c>, <c>2024-01-03T12:00:00.25Z</c> or <c>12:00:00</c>, to the microsecond, which is as far as doubles tell
    /// instants of these days apart; null beyond the years 1 to 9999, or the day.
    /// </summary>
    public string? Text(double value)
    {
        double microseconds = Math.Round(value * Unit.Nanoseconds / 1000);
        if (Unit.Origin == TimeOrigin.Midnight)
        {
            return microseconds >= 0 && microseconds * TimeSpan.TicksPerMicrosecond < TimeSpan.TicksPerDay
                ? new TimeOnly((long)microseconds * TimeSpan.TicksPerMicrosecond).ToString("HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture)
                : null;
        }

        if (!(microseconds >= MicrosecondsOf(DateTime.MinValue) && microseconds < MicrosecondsOf(DateTime.MaxValue)))
            return null;

        DateTime instant = DateTime.UnixEpoch.AddTicks((long)microseconds * TimeSpan.TicksPerMicrosecond);
        bool isDate = Unit.Nanoseconds == ColumnUnit.Day && instant.TimeOfDay == TimeSpan.Zero;
        return instant.ToString(isDate ? "yyyy-MM-dd" : "yyyy-MM-ddTHH:mm:ss.FFFFFF", CultureInfo.InvariantCulture) + (IsUtc ? "Z" : "");
    }

    static double MicrosecondsOf(DateTime instant) => (instant - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
