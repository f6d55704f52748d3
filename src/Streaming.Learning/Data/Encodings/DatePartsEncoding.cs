using Streaming.Learning.Data.Conditions;

namespace Streaming.Learning.Data.Encodings;

/// <summary>A part of a date or time, in UTC, as pandas counts it.</summary>
public enum DatePart
{
    /// <summary>The year.</summary>
    Year,

    /// <summary>The month, 1 to 12.</summary>
    Month,

    /// <summary>The day of the month, from 1 on.</summary>
    Day,

    /// <summary>The hour, 0 to 23.</summary>
    Hour,

    /// <summary>The minute, 0 to 59.</summary>
    Minute,

    /// <summary>The day of the week, 0 (Monday) to 6.</summary>
    Weekday,

    /// <summary>The day of the year, from 1 on.</summary>
    DayOfYear,
}

/// <summary>A feature per part of a date or time; a missing one has missing parts. Dates and times are those of the proleptic Gregorian calendar.</summary>
public sealed class DatePartsEncoding : RawEncoding
{
    internal const string KindName = "date-parts";

    /// <summary>Creates an encoding.</summary>
    /// <param name="parts">The parts.</param>
    /// <exception cref="ArgumentException">There is no part, or one twice.</exception>
    public DatePartsEncoding(IReadOnlyList<DatePart> parts)
    {
        if (parts.Count == 0 || parts.Distinct().Count() < parts.Count)
            throw new ArgumentException("Wanted parts of a date, each once.");

        Parts = parts;
    }

    /// <summary>The parts, in the order of the features.</summary>
    public IReadOnlyList<DatePart> Parts { get; }

    /// <inheritdoc/>
    public override string Kind => KindName;

    /// <inheritdoc/>
    public override int Count => Parts.Count;

    internal override string Wants => "dates or timestamps";

    /// <inheritdoc/>
    public override IReadOnlyList<string> NamesFor(string column) => [.. Parts.Select(p => $"{column}.{p.ToString().ToLowerInvariant()}")];

    internal override bool Accepts(DatasetColumn column) => Instants.UnitOf(column) != null;

    internal override ColumnEncoder NewEncoder() => new Encoder(this);

    sealed class Encoder(DatePartsEncoding encoding) : NumberEncoder
    {
        public override void Encode(ReadOnlySpan<double> values, DatasetColumn column, FeatureWriter features)
        {
            long unitsPerDay = ColumnUnit.Day / Instants.UnitOf(column)!.Value;
            for (int i = 0; i < values.Length; i++)
            {
                bool isThere = double.IsFinite(values[i]);
                long units = isThere ? (long)values[i] : 0;
                long day = FloorDivide(units, unitsPerDay);

                // Days have at most some 10^14 units, so the product fits.
                long minute = (units - day * unitsPerDay) * 1440 / unitsPerDay;
                (long year, int month, int dayOfMonth) = Civil(day);
                for (int k = 0; k < encoding.Count; k++)
                {
                    double part = encoding.Parts[k] switch
                    {
                        DatePart.Year => year,
                        DatePart.Month => month,
                        DatePart.Day => dayOfMonth,
                        DatePart.Hour => minute / 60,
                        DatePart.Minute => minute % 60,
                        DatePart.Weekday => day + 3 - 7 * FloorDivide(day + 3, 7),
                        _ => day - FirstDayOf(year) + 1,
                    };
                    features.Set(i, k, isThere ? part : double.NaN);
                }
            }
        }
    }

    // The calendar from days since 1970-01-01, by Howard Hinnant, "chrono-compatible low-level date algorithms": years that begin in March.
    static (long Year, int Month, int Day) Civil(long day)
    {
        day += 719_468;
        long era = FloorDivide(day, 146_097);
        int ofEra = (int)(day - era * 146_097);
        int yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365;
        int ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        int fromMarch = (5 * ofYear + 2) / 153;
        int month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, ofYear - (153 * fromMarch + 2) / 5 + 1);
    }

    // Days from 1970-01-01 to the first of January.
    static long FirstDayOf(long year)
    {
        long before = year - 1;
        return 365 * before + FloorDivide(before, 4) - FloorDivide(before, 100) + FloorDivide(before, 400) - 719_162;
    }

    static long FloorDivide(long value, long by) => value / by - (value % by < 0 ? 1 : 0);
}
