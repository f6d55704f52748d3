using Streaming.Learning.Data;
using Streaming.Learning.Data.Encodings;

namespace Streaming.Learning.Preprocessing;

/// <summary>
/// Year, month, day, hour, minute, weekday (Monday is 0) and day of the year of a column of dates or timestamps (UTC), as pandas' <c>dt</c> has them;
/// dates have no hour and minute. Learns nothing of the rows.
/// </summary>
/// <param name="columns">Names or patterns of the columns.</param>
public sealed class DateParts(params IReadOnlyList<string> columns) : ColumnTransformer(columns)
{
    /// <inheritdoc/>
    public override string Name => "date-parts";

    /// <summary>The parts. Default: all that the column has.</summary>
    public IReadOnlyList<DatePart> Parts { get; init; } = [];

    internal override bool WantsCategories => false;

    /// <inheritdoc/>
    public override void Validate()
    {
        if (Parts.Distinct().Count() < Parts.Count)
            throw new ArgumentException("Parameter parts: wanted each part once, found one twice.");
    }

    internal override bool KeepsMissing => true;

    internal override ColumnEncoding Encode(DatasetColumn column, IReadOnlyList<Category> categories, string? missingAs) => new DatePartsEncoding(
        Parts.Count > 0 ? Parts : [.. Enum.GetValues<DatePart>().Where(p => p is not (DatePart.Hour or DatePart.Minute) || !IsDate(column))]);

    static bool IsDate(DatasetColumn column) => ColumnUnit.Of(column.TypeName)?.Nanoseconds == ColumnUnit.Day;
}
