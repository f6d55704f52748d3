using Streaming.Parquet.Encodings;

namespace Streaming.Parquet;

/// <summary>What the writer of a file noted about the values of a column chunk or of a page.</summary>
public abstract class ValueBounds
{
    readonly ParquetColumn column;

    private protected ValueBounds(ParquetColumn column) => this.column = column;

    /// <summary>Values, nulls included.</summary>
    public abstract long ValueCount { get; }

    /// <summary>Nulls, where the writer counted them.</summary>
    public abstract long? NullCount { get; }

    /// <summary>Smallest value of a numeric column, where the writer noted it.</summary>
    public double? Min => TryGetMin(out ReadOnlySpan<byte> bytes) ? NumberOf(bytes) : null;

    /// <summary>Largest value of a numeric column, where the writer noted it.</summary>
    public double? Max => TryGetMax(out ReadOnlySpan<byte> bytes) ? NumberOf(bytes) : null;

    /// <summary>
    /// The bytes of a smallest and a largest value, where the writer noted them in the order of the format: bounds that need not occur, as
    /// writers may cut long texts.
    /// </summary>
    public (byte[] Min, byte[] Max)? ByteBounds =>
        !AreLegacy && TryGetMin(out ReadOnlySpan<byte> min) && TryGetMax(out ReadOnlySpan<byte> max) ? (min.ToArray(), max.ToArray()) : null;

    /// <summary>
    /// The bounds of a column of decimals, where the writer noted them in the order of the format: the unscaled values in two's complement, high
    /// byte first.
    /// </summary>
    public (byte[] Min, byte[] Max)? UnscaledBounds
    {
        get
        {
            NumberFormat format = column.Format;
            if (column.Scale is null || StoredType != column.PhysicalType || ByteBounds is not { } bounds
                || (format.Width != 0 && (bounds.Min.Length != format.Width || bounds.Max.Length != format.Width)))
            {
                return null;
            }

            if (format.Kind != NumberKind.BigEndian)
            {
                Array.Reverse(bounds.Min);
                Array.Reverse(bounds.Max);
            }

            return bounds;
        }
    }

    /// <summary>The smallest value as stored.</summary>
    private protected abstract bool TryGetMin(out ReadOnlySpan<byte> bytes);

    /// <summary>The largest value as stored.</summary>
    private protected abstract bool TryGetMax(out ReadOnlySpan<byte> bytes);

    /// <summary>How the bounds are stored, which should be the column's type.</summary>
    private protected abstract PhysicalType StoredType { get; }

    /// <summary>Whether they are the old pair, which was ordered by bytes for all but signed numbers (PARQUET-251).</summary>
    private protected abstract bool AreLegacy { get; }

    double? NumberOf(ReadOnlySpan<byte> bytes)
    {
        NumberFormat format = column.Format;
        if (column.Kind != ColumnKind.Number || StoredType != column.PhysicalType || (format.Width != 0 && bytes.Length != format.Width))
            return null;

        if (AreLegacy && format.Kind is not (NumberKind.Int32 or NumberKind.Int64 or NumberKind.Float or NumberKind.Double))
            return null;

        return NumberScalar.ToDouble(format, bytes);
    }
}
