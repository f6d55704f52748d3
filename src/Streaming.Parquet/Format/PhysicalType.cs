namespace Streaming.Parquet;

/// <summary>How a column's values are stored (parquet-format, "Types").</summary>
public enum PhysicalType
{
    /// <summary>One bit.</summary>
    Boolean = 0,

    /// <summary>Four bytes, little-endian.</summary>
    Int32 = 1,

    /// <summary>Eight bytes, little-endian.</summary>
    Int64 = 2,

    /// <summary>Twelve bytes: the old timestamp of Impala and Hive (nanoseconds of the day, Julian day).</summary>
    Int96 = 3,

    /// <summary>IEEE 754 single precision.</summary>
    Float = 4,

    /// <summary>IEEE 754 double precision.</summary>
    Double = 5,

    /// <summary>Bytes of any length.</summary>
    ByteArray = 6,

    /// <summary>Bytes of a length that the schema fixes.</summary>
    FixedLenByteArray = 7,
}
