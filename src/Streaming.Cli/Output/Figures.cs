using System.Globalization;
using Streaming.Learning.Data;

namespace Streaming.Cli.Output;

/// <summary>Numbers as people read them; the same in every culture.</summary>
static class Figures
{
    static readonly string[] SizeUnits = ["B", "kB", "MB", "GB", "TB", "PB"];
    static readonly string[] RateUnits = ["", " k", " M", " G"];

    /// <summary>A count: <c>3,000,000</c>.</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A count and what is counted: <c>1 row</c>, <c>2 rows</c>.</summary>
    public static string Count(long value, string what) => $"{Count(value)} {what}{(value == 1 ? "" : what is "pass" or "class" ? "es" : "s")}";

    /// <summary>Bytes: <c>13.5 MB</c> (powers of 1000).</summary>
    public static string Bytes(double bytes) => Scale(bytes, " ", SizeUnits);

    /// <summary>Something per second: <c>2.4 M</c>.</summary>
    public static string Rate(double perSecond) => Scale(perSecond, "", RateUnits);

    /// <summary>A measured value: six significant digits; whole numbers in full.</summary>
    public static string Value(double value) =>
        value == Math.Floor(value) && Math.Abs(value) < 1e15
            ? value.ToString("0", CultureInfo.InvariantCulture)
            : value.ToString("G6", CultureInfo.InvariantCulture);

    /// <summary>A measured value of a column of dates or times as such, where it is one.</summary>
    public static string Value(double value, TimeFormat? times) => times?.Text(value) ?? Value(value);

    /// <summary>A time: <c>1.32 s</c>, <c>2:07</c>, <c>1:02:07</c>.</summary>
    public static string Duration(TimeSpan time) =>
        time < TimeSpan.FromMinutes(1) ? time.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture) + " s" : Clock(time);

    /// <summary>A time by the clock: <c>0:07</c>, <c>1:02:07</c>.</summary>
    public static string Clock(TimeSpan time) =>
        time.TotalHours >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}:{time.Seconds:00}");

    static string Scale(double value, string gap, string[] units)
    {
        int unit = 0;
        while (value >= 999.5 && unit < units.Length - 1)
        {
            value /= 1000;
            unit++;
        }

        return value.ToString(unit == 0 || value >= 99.95 ? "0" : "0.0", CultureInfo.InvariantCulture) + gap + units[unit];
    }
}
