using System.Globalization;
using Parquet.Schema;
using Streaming.Parquet.Encodings;

namespace Streaming.Parquet;

/// <summary>A column on its way into another file: the rows of a row group in the making.</summary>
abstract class RewriteColumn(ParquetFile file, ParquetColumn source, TableColumn target) : IDisposable
{
    // What a .NET decimal can have behind its point.
    const int MaxScale = 28;

    /// <summary>The column as it is written.</summary>
    public TableColumn Target => target;

    /// <summary>The file that is read.</summary>
    protected ParquetFile File => file;

    /// <summary>The column as it is read.</summary>
    protected ParquetColumn Source => source;

    /// <summary>Whether a row may have no value.</summary>
    protected bool IsNullable => source.MaxDefinitionLevel > 0;

    /// <summary>A column for one of a file.</summary>
    /// <param name="file">What is read.</param>
    /// <param name="column">The column of it.</param>
    /// <param name="float32">Whether doubles become floats.</param>
    /// <param name="room">What a row group has room for.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="ParquetException">Columns of its type can't be written anew.</exception>
    public static async Task<RewriteColumn> CreateAsync(
        ParquetFile file, ParquetColumn column, bool float32, RowGroupRoom room, CancellationToken cancellation)
    {
        if (column.Kind == ColumnKind.Unsupported)
            throw Refuse(file, column, column.UnsupportedReason!);

        if (file.FindColumn(column.Name) != column)
            throw Refuse(file, column, "another column has the same name");

        if (column.Kind == ColumnKind.Text)
        {
            return column.Format.Kind == NumberKind.Text
                ? new RewriteTexts(file, column, TableColumn.OfText(column.Name), room)
                : new RewriteTexts(file, column, TableColumn.Like(new DataField(column.Name, typeof(byte[]), isNullable: true)), room);
        }

        if (column.Kind == ColumnKind.Vector && (column.Format.Divisor != 1 || column.Format.Kind == NumberKind.BigEndian || column.Unit != null))
            throw Refuse(file, column, "of lists, only those of plain numbers and booleans are written");

        if (column.Format.Divisor != 1 || column.Format.Kind == NumberKind.BigEndian)
            return await DecimalAsync(file, column, room.Rows, cancellation);

        if (column.Unit != null)
            return await TimeAsync(file, column, room.Rows, cancellation);

        return (column.Format.Kind, column.TypeName) switch
        {
            (NumberKind.Boolean, _) => Plain(number => number.Rounded != 0),
            (NumberKind.Int32, "INT8" or "LIST<INT8>") => Plain(number => (sbyte)number.Rounded),
            (NumberKind.Int32, "INT16" or "LIST<INT16>") => Plain(number => (short)number.Rounded),
            (NumberKind.Int32, _) => Plain(number => (int)number.Rounded),
            (NumberKind.UInt32, "UINT8" or "LIST<UINT8>") => Plain(number => (byte)number.Rounded),
            (NumberKind.UInt32, "UINT16" or "LIST<UINT16>") => Plain(number => (ushort)number.Rounded),
            (NumberKind.UInt32, _) => Plain(number => (uint)number.Rounded),
            (NumberKind.Int64, _) => Plain(number => number.Long),
            (NumberKind.UInt64, _) => Plain(number => (ulong)number.Exact),
            (NumberKind.Half, _) => Bits(number => StoredBits.Half(number.Rounded)),
            (NumberKind.Float, _) => Bits(number => BitConverter.Int32BitsToSingle((int)number.Rounded)),
            (NumberKind.Double, _) when float32 => Plain(number => Narrow(number.Rounded, file, column)),
            (NumberKind.Double, _) => Plain(number => number.Rounded),
            _ => throw Refuse(file, column, "numbers of this type are not written"),
        };

        RewriteColumn Plain<T>(Func<RewriteNumber, T> convert)
            where T : struct => Read(column, convert);

        // Floats keep their bits, and none of them is NaN.
        RewriteColumn Bits<T>(Func<RewriteNumber, T> convert)
            where T : struct => Read(StoredBits.Of(column)!, convert);

        RewriteColumn Read<T>(ParquetColumn stored, Func<RewriteNumber, T> convert)
            where T : struct => column.Kind == ColumnKind.Vector
                ? new RewriteLists<T>(file, stored, convert, room.MaxElements)
                : new RewriteNumbers<T>(file, stored, Basic<T>(column), convert, room.Rows);
    }

    /// <summary>Starts to read a row group.</summary>
    public abstract void Open(int rowGroup);

    /// <summary>
    /// How many rows the row group in the making can have of this column: so many as are wanted, or fewer, but never none, where their number
    /// is a matter of their lengths. Columns that find out by reading keep what they have read.
    /// </summary>
    /// <param name="wanted">Rows, those that are there already included; none of them beyond the row group that is read.</param>
    public virtual int Fit(int wanted) => wanted;

    /// <summary>Reads the next rows of the row group.</summary>
    /// <param name="first">Where they go in the row group in the making.</param>
    /// <param name="rows">How many.</param>
    public abstract void Read(int first, int rows);

    /// <summary>The first rows of the row group in the making. What was read of others is the beginning of the next one.</summary>
    public abstract TableValues Take(int rows);

    /// <summary>Stops to read the row group.</summary>
    public abstract void Dispose();

    static TableColumn Basic<T>(ParquetColumn column)
        where T : struct => column.MaxDefinitionLevel > 0 ? TableColumn.OfNullable<T>(column.Name) : TableColumn.Of<T>(column.Name);

    static float Narrow(double value, ParquetFile file, ParquetColumn column)
    {
        var narrow = (float)value;
        return float.IsInfinity(narrow) == double.IsInfinity(value)
            ? narrow
            : throw Fault(file, column, $"{value.ToString(CultureInfo.InvariantCulture)} is beyond the range of float32");
    }

    // Precision, and whether a time is one of UTC, are in the schema as Parquet.Net has it.
    static async Task<RewriteColumn> DecimalAsync(ParquetFile file, ParquetColumn column, int capacity, CancellationToken cancellation)
    {
        TableColumn target = await file.DescribeForCopyAsync(column, cancellation);
        if (target.Field is not DecimalDataField { Scale: <= MaxScale } field)
            throw Refuse(file, column, $"only decimals of up to {MaxScale} digits behind the point are written");

        if (column.Format.Kind == NumberKind.BigEndian)
            return new RewriteDecimals(file, column, target, field.Scale, capacity);

        return new RewriteNumbers<decimal>(file, StoredBits.Unscaled(column), target, Convert, capacity);

        decimal Convert(RewriteNumber number)
        {
            UInt128 magnitude = (UInt128)Int128.Abs(number.Exact);
            return new decimal((int)(uint)magnitude, (int)(uint)(magnitude >> 32), 0, number.Exact < 0, (byte)field.Scale);
        }
    }

    static async Task<RewriteColumn> TimeAsync(ParquetFile file, ParquetColumn column, int capacity, CancellationToken cancellation)
    {
        if (column.TypeName == "DATE")
        {
            int epoch = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
            return new RewriteNumbers<DateOnly>(file, column, Basic<DateOnly>(column), ToDate, capacity);

            DateOnly ToDate(RewriteNumber number) => number.Long + epoch is >= 0 and var day && day <= DateOnly.MaxValue.DayNumber
                ? DateOnly.FromDayNumber((int)day)
                : throw Fault(file, column, "it has a date outside the years 1 to 9999, which can't be converted");
        }

        if (!column.Unit!.EndsWith(" since 1970-01-01", StringComparison.Ordinal))
            throw Refuse(file, column, "times of day are not written");

        // INT96 is no longer written; it is read in microseconds, by all of this library.
        TableColumn target = column.PhysicalType == PhysicalType.Int96
            ? TableColumn.OfTimestamp(column.Name, column.MaxDefinitionLevel > 0)
            : await file.DescribeForCopyAsync(column, cancellation);
        return new RewriteNumbers<long>(file, column, target, number => number.Long, capacity);
    }

    protected static ParquetException Fault(ParquetFile file, ParquetColumn column, string what) =>
        new($"Column '{column.Name}' ({column.TypeName}) of '{file.Name}': {what}.");

    static ParquetException Refuse(ParquetFile file, ParquetColumn column, string reason) =>
        ParquetException.Unsupported($"Column '{column.Name}' ({column.TypeName}) of '{file.Name}' can't be converted: {reason}. Leave it out (--exclude).");
}

/// <summary>A number as it was read.</summary>
/// <param name="Rounded">The double next to it.</param>
/// <param name="Rounding">What is left of it, a whole number, when the double is taken away.</param>
readonly record struct RewriteNumber(double Rounded, int Rounding)
{
    /// <summary>The number itself, a whole one.</summary>
    public Int128 Exact => (Int128)Rounded + Rounding;

    /// <summary>The number itself, a whole one of 64 bits.</summary>
    public long Long => Math.Abs(Rounded) < RoundingMap.FirstRounded ? (long)Rounded : (long)Exact;
}
