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

    /// <summary>Nanoseconds in one unit of a column; null for columns of anything but dates and instants.</summary>
    public static long? UnitOf(DatasetColumn column) =>
        ColumnUnit.Of(column.TypeName) is { Origin: TimeOrigin.Epoch } unit && column.Kind == ColumnKind.Number ? unit.Nanoseconds : null;

    /// <summary>Reads a date or an instant (UTC) with up to nine digits behind the second.</summary>
    public static bool TryParse(string text, long nanosecondsPerUnit, out Literal literal)
    {
        literal = default;
        string trimmed = text.EndsWith('Z') ? text[..^1] : text;
        int point = trimmed.IndexOf('.');
        string fraction = point < 0 ? "" : trimmed[(point + 1)..];
        string seconds = point < 0 ? trimmed : trimmed[..point];
        if (!DateTime.TryParseExact(seconds, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime instant)
            || (point >= 0 && (seconds.Length != Formats[2].Length || fraction.Length is 0 or > 9 || !fraction.All(char.IsAsciiDigit))))
        {
            return false;
        }

        Int128 nanoseconds = (Int128)(instant - DateTime.UnixEpoch).Ticks * 100
            + (fraction.Length == 0 ? 0 : int.Parse(fraction.PadRight(9, '0'), CultureInfo.InvariantCulture));
        bool isWhole = nanoseconds % nanosecondsPerUnit == 0;
        literal = new Literal(
            LiteralKind.Number,
            text,
            isWhole ? (double)(nanoseconds / nanosecondsPerUnit) : (double)nanoseconds / nanosecondsPerUnit,
            isWhole ? nanoseconds / nanosecondsPerUnit : null);
        return true;
    }
}
