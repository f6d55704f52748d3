namespace Streaming.Parquet.Format;

/// <summary>Types and units in words.</summary>
static class TypeNames
{
    /// <summary>The type as people write it: INT32, TIMESTAMP(MICROS), DECIMAL(9,2), STRING.</summary>
    public static string Of(PhysicalType type, int fixedLength, LogicalType logical) => logical.Kind switch
    {
        LogicalKind.None or LogicalKind.Unknown => Of(type, fixedLength),
        LogicalKind.Decimal => $"DECIMAL({logical.Precision},{logical.Scale})",
        LogicalKind.Time or LogicalKind.Timestamp => $"{logical.Kind}({logical.Unit})".ToUpperInvariant(),
        LogicalKind.Integer => $"{(logical.IsSigned ? "INT" : "UINT")}{logical.Width}",
        _ => logical.Kind.ToString().ToUpperInvariant(),
    };

    /// <summary>What one stands for in a column of dates or times; null for others.</summary>
    public static string? Unit(LogicalType logical) => logical.Kind switch
    {
        LogicalKind.Date => "days since 1970-01-01",
        LogicalKind.Time => $"{Unit(logical.Unit)} since midnight",
        LogicalKind.Timestamp => $"{Unit(logical.Unit)} since 1970-01-01",
        _ => null,
    };

    static string Of(PhysicalType type, int fixedLength) => type switch
    {
        PhysicalType.ByteArray => "BINARY",
        PhysicalType.FixedLenByteArray => $"FIXED({fixedLength})",
        _ => type.ToString().ToUpperInvariant(),
    };

    static string Unit(TimeResolution unit) => unit switch
    {
        TimeResolution.Millis => "milliseconds",
        TimeResolution.Micros => "microseconds",
        TimeResolution.Nanos => "nanoseconds",
        _ => "units",
    };
}
