namespace Streaming.Parquet.Format;

/// <summary>Reads what a column's values mean: the LogicalType union, or the ConvertedType of older files (LogicalTypes.md).</summary>
static class LogicalTypeReader
{
    /// <summary>Reads the union: exactly one of its fields is set.</summary>
    public static LogicalType Read(ref ThriftReader reader, FieldCursor union)
    {
        LogicalType type = default;
        if (!reader.IsStruct(union))
            return type;

        FieldCursor field = reader.BeginStruct();
        while (reader.NextField(ref field))
        {
            if (reader.IsStruct(field))
                type = ReadMember(ref reader, field.Id);
        }

        return type;
    }

    /// <summary>The meaning of a converted type; -1 for none.</summary>
    public static LogicalType FromConverted(int converted, int precision, int scale) => converted switch
    {
        -1 => default,
        0 => new(LogicalKind.String),
        1 or 2 => new(LogicalKind.Map),
        3 => new(LogicalKind.List),
        4 => new(LogicalKind.Enum),
        5 => new(LogicalKind.Decimal, Precision: precision, Scale: scale),
        6 => new(LogicalKind.Date),
        7 => new(LogicalKind.Time, Unit: TimeResolution.Millis),
        8 => new(LogicalKind.Time, Unit: TimeResolution.Micros),
        9 => new(LogicalKind.Timestamp, Unit: TimeResolution.Millis, IsUtc: true),
        10 => new(LogicalKind.Timestamp, Unit: TimeResolution.Micros, IsUtc: true),
        >= 11 and <= 14 => new(LogicalKind.Integer, Width: 8 << (converted - 11), IsSigned: false),
        >= 15 and <= 18 => new(LogicalKind.Integer, Width: 8 << (converted - 15)),
        19 => new(LogicalKind.Json),
        20 => new(LogicalKind.Bson),
        21 => new(LogicalKind.Interval),
        _ => new(LogicalKind.Unknown),
    };

    static LogicalType ReadMember(ref ThriftReader reader, int member)
    {
        long first = 0;
        long second = 0;
        bool flag = false;
        TimeResolution unit = TimeResolution.None;

        // DECIMAL {1: scale, 2: precision}, TIME and TIMESTAMP {1: is UTC, 2: unit}, INTEGER {1: width, 2: is signed}; the others are empty
        // or carry what is not needed.
        FieldCursor field = reader.BeginStruct();
        while (reader.NextField(ref field))
        {
            if (field.Id > 2)
                reader.Skip(field);
            else if (field.Type is ThriftType.True or ThriftType.False)
                flag = reader.ReadBool(field);
            else if (field.Type == ThriftType.Struct)
                unit = ReadUnit(ref reader);
            else if (field.Type is not (ThriftType.Byte or ThriftType.I32))
                reader.Skip(field);
            else if (field.Id == 1)
                first = reader.ReadInt(field);
            else
                second = reader.ReadInt(field);
        }

        return member switch
        {
            1 => new(LogicalKind.String),
            2 => new(LogicalKind.Map),
            3 => new(LogicalKind.List),
            4 => new(LogicalKind.Enum),
            5 => new(LogicalKind.Decimal, Precision: (int)second, Scale: (int)first),
            6 => new(LogicalKind.Date),
            7 => new(LogicalKind.Time, Unit: unit, IsUtc: flag),
            8 => new(LogicalKind.Timestamp, Unit: unit, IsUtc: flag),
            10 => new(LogicalKind.Integer, Width: (int)first, IsSigned: flag),
            11 => new(LogicalKind.Null),
            12 => new(LogicalKind.Json),
            13 => new(LogicalKind.Bson),
            14 => new(LogicalKind.Uuid),
            15 => new(LogicalKind.Float16),
            16 => new(LogicalKind.Variant),
            17 => new(LogicalKind.Geometry),
            18 => new(LogicalKind.Geography),
            _ => new(LogicalKind.Unknown),
        };
    }

    static TimeResolution ReadUnit(ref ThriftReader reader)
    {
        TimeResolution unit = TimeResolution.None;
        FieldCursor field = reader.BeginStruct();
        while (reader.NextField(ref field))
        {
            if (field.Id is >= 1 and <= 3)
                unit = (TimeResolution)field.Id;

            reader.Skip(field);
        }

        return unit;
    }
}
