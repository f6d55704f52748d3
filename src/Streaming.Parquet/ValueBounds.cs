using Streaming.Parquet.Encodings;

namespace Streaming.Parquet;

/// <summary>What the writer of a file noted about the values of a column chunk or of a page.</summary>
public abstract class ValueBounds
{
    readonly byte[]? min;
    readonly byte[]? max;
    readonly bool areLegacy;

    private protected ValueBounds(ParquetColumn column, PhysicalType type, byte[]? min, byte[]? max, bool areLegacy = false)
    {
        this.min = min;
        this.max = max;
        this.areLegacy = areLegacy;
        if (column.Kind == ColumnKind.Number && type == column.PhysicalType)
        {
            Min = NumberOf(column.Format, min);
            Max = NumberOf(column.Format, max);
        }
    }

    /// <summary>Values, nulls included.</summary>
    public abstract long ValueCount { get; }

    /// <summary>Nulls, where the writer counted them.</summary>
    public abstract long? NullCount { get; }

    /// <summary>Smallest value of a numeric column, where the writer noted it.</summary>
    public double? Min { get; }

    /// <summary>Largest value of a numeric column, where the writer noted it.</summary>
    public double? Max { get; }

    /// <summary>
    /// The bytes of a smallest and a largest value, where the writer noted them in the order of the format: bounds that need not occur, as
    /// writers may cut long texts.
    /// </summary>
    public (byte[] Min, byte[] Max)? ByteBounds => !areLegacy && min != null && max != null ? (min, max) : null;

    // The old pair of bounds was ordered by bytes for all but signed numbers (PARQUET-251), so it counts for those alone.
    double? NumberOf(NumberFormat format, byte[]? bytes)
    {
        if (bytes is null || (format.Width != 0 && bytes.Length != format.Width))
            return null;

        if (areLegacy && format.Kind is not (NumberKind.Int32 or NumberKind.Int64 or NumberKind.Float or NumberKind.Double))
            return null;

        return NumberScalar.ToDouble(format, bytes);
    }
}
