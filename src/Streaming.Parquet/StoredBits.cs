using System.Buffers.Binary;
using Streaming.Parquet.Encodings;

namespace Streaming.Parquet;

/// <summary>
/// Another look at a column: what is stored, taken for whole numbers. None of them is NaN, so that nulls, which are read as NaN, are
/// told apart from the values that are not a number.
/// </summary>
static class StoredBits
{
    /// <summary>The column as whole numbers; null where no value can be NaN.</summary>
    public static ParquetColumn? Of(ParquetColumn column) => column.Format.Kind switch
    {
        NumberKind.Half => With(column, new NumberFormat(NumberKind.BigEndian, 2)),
        NumberKind.Float => With(column, new NumberFormat(NumberKind.Int32, 4)),
        NumberKind.Double => With(column, new NumberFormat(NumberKind.Int64, 8)),
        _ => null,
    };

    /// <summary>A column of decimals as whole numbers of their smallest unit.</summary>
    public static ParquetColumn Unscaled(ParquetColumn column) => With(column, column.Format with { Divisor = 1 });

    /// <summary>The number of which these are the bits, of a column of type FLOAT16.</summary>
    public static float Half(double bits) =>
        (float)BitConverter.UInt16BitsToHalf(BinaryPrimitives.ReverseEndianness((ushort)(short)bits));

    static ParquetColumn With(ParquetColumn column, NumberFormat format) => new()
    {
        Name = column.Name,
        Index = column.Index,
        PhysicalType = column.PhysicalType,
        TypeName = column.TypeName,
        Kind = column.Kind,
        MaxDefinitionLevel = column.MaxDefinitionLevel,
        MaxRepetitionLevel = column.MaxRepetitionLevel,
        Format = format,
        ElementLevel = column.ElementLevel,
        FixedLength = column.FixedLength,
    };
}
