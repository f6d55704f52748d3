using System.Globalization;
using Streaming.Parquet;

namespace Streaming.Learning.Data.Conditions;

/// <summary>Dates and times as conditions write them, in the units of the columns that hold them.</summary>
static class Instants
{
    static readonly string[] Formats =
    [
        "yyyy-MM-dd", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss",
    ];

    static readonly string[] OffsetFormats = [@"hh\:mm", "hhmm", "hh"];

    // The furthest zone there is.
    static readonly TimeSpan MaxOffset = TimeSpan.FromHours(15);

    /// <summary>Nanoseconds in one unit of a column; null for columns of anything but dates and instants.</summary>
    public static long? UnitOf(DatasetColumn column) =>
        ColumnUnit.Of(column.TypeName) is { Origin: TimeOrigin.Epoch } unit && column.Kind == ColumnKind.Number ? unit.Nanoseconds : null;

    /// <summary>
    /// Reads a date, or an instant with up to nine digits behind the second: UTC, or as far from it as the <c>+02:00</c>, <c>+0200</c> or
    /// <c>+02</c> behind it says.
    /// </summary>
    public static bool TryParse(string text, long nanosecondsPerUnit, out Literal literal)
    {
        literal = default;
        if (!TryTakeOffset(text, out string trimmed, out TimeSpan offset))
            return false;

        int point = trimmed.IndexOf('.');
        string fraction = point < 0 ? "" : trimmed[(point + 1)..];
        string seconds = point < 0 ? trimmed : trimmed[..point];
        if (!DateTime.TryParseExact(seconds, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime instant)
            || (point >= 0 && (seconds.Length != Formats[2].Length || fraction.Length is 0 or > 9 || !fraction.All(char.IsAsciiDigit))))
        {
            return false;
        }

        Int128 nanoseconds = (Int128)(instant - DateTime.UnixEpoch - offset).Ticks * 100
            + (fraction.Length == 0 ? 0 : int.Parse(fraction.PadRight(9, '0'), CultureInfo.InvariantCulture));
        double number = nanoseconds % nanosecondsPerUnit == 0
            ? (double)(nanoseconds / nanosecondsPerUnit)
            : (double)nanoseconds / nanosecondsPerUnit;
        literal = new Literal(LiteralKind.Number, text, number, new Fraction(nanoseconds, nanosecondsPerUnit));
        return true;
    }

    // A sign within the first ten characters is part of the date.
    static bool TryTakeOffset(string text, out string trimmed, out TimeSpan offset)
    {
        offset = TimeSpan.Zero;
        int sign = text.LastIndexOfAny(['+', '-']);
        if (sign <= Formats[0].Length)
        {
            trimmed = text.EndsWith('Z') ? text[..^1] : text;
            return true;
        }

        trimmed = text[..sign];
        if (!TimeSpan.TryParseExact(text[(sign + 1)..], OffsetFormats, CultureInfo.InvariantCulture, out offset) || offset >= MaxOffset)
            return false;

        offset = text[sign] == '-' ? -offset : offset;
        return true;
    }
}
