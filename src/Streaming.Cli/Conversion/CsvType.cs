namespace Streaming.Cli.Conversion;

/// <summary>What the values of a CSV column are. In the order in which a guess prefers them; text takes everything.</summary>
enum CsvType
{
    /// <summary>true or false, in any case.</summary>
    Boolean,

    /// <summary>Whole numbers of 32 bits; never guessed, as what comes later may be larger.</summary>
    Int32,

    /// <summary>Whole numbers of 64 bits.</summary>
    Int64,

    /// <summary>Numbers in single precision; never guessed.</summary>
    Float32,

    /// <summary>Numbers in double precision.</summary>
    Float64,

    /// <summary>2001-12-31.</summary>
    Date,

    /// <summary>2001-12-31 23:59:59, also with T and up to six digits behind the seconds; no time zone.</summary>
    Timestamp,

    /// <summary>The same with a time zone, as Z, +02, +02:00 or +0200; kept in UTC.</summary>
    TimestampTz,

    /// <summary>Text in UTF-8.</summary>
    Text,
}
