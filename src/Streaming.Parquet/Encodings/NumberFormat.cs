namespace Streaming.Parquet.Encodings;

/// <summary>How the bytes of one stored value become a number: its layout, its width, and what to divide by (decimals).</summary>
readonly record struct NumberFormat(NumberKind Kind, int Width, double Divisor = 1)
{
    /// <summary>Whether the number is a whole one that a long can hold.</summary>
    public bool IsInteger =>
        Divisor == 1 && Kind is (NumberKind.Int32 or NumberKind.UInt32 or NumberKind.Int64 or NumberKind.UInt64 or NumberKind.Int96);
}

/// <summary>Layouts of a stored number.</summary>
enum NumberKind
{
    /// <summary>Not a number: bytes.</summary>
    None,

    /// <summary>Not a number: text in UTF-8.</summary>
    Text,

    /// <summary>One bit of a packed run.</summary>
    Boolean,

    /// <summary>Signed, 4 bytes.</summary>
    Int32,

    /// <summary>Unsigned, 4 bytes.</summary>
    UInt32,

    /// <summary>Signed, 8 bytes.</summary>
    Int64,

    /// <summary>Unsigned, 8 bytes.</summary>
    UInt64,

    /// <summary>IEEE 754, 2 bytes.</summary>
    Half,

    /// <summary>IEEE 754, 4 bytes.</summary>
    Float,

    /// <summary>IEEE 754, 8 bytes.</summary>
    Double,

    /// <summary>Nanoseconds of the day (8 bytes), then Julian day (4 bytes); read as microseconds since 1970.</summary>
    Int96,

    /// <summary>Two's complement, high byte first, of fixed or (width 0) any length.</summary>
    BigEndian,
}
