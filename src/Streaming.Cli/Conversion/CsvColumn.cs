using Streaming.Learning.Data;
using Streaming.Parquet;

namespace Streaming.Cli.Conversion;

/// <summary>A column of a row group in the making.</summary>
abstract class CsvColumn(string name, int index)
{
    /// <summary>Reads a field's text.</summary>
    delegate bool Reader<T>(ReadOnlySpan<byte> text, out T value);

    /// <summary>Name of the column.</summary>
    public string Name => name;

    /// <summary>Its place among the fields of a row.</summary>
    protected int Index => index;

    /// <summary>The column as it is written.</summary>
    public abstract TableColumn Target { get; }

    /// <summary>A column for values of a type.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="index">Its place among the fields of a row.</param>
    /// <param name="type">Its type.</param>
    /// <param name="reason">Why it has that type, for messages.</param>
    /// <param name="capacity">Most rows of a row group.</param>
    /// <param name="texts">What holds the texts of a row group.</param>
    public static CsvColumn Of(string name, int index, CsvType type, string reason, int capacity, TextBlocks texts) => type switch
    {
        CsvType.Boolean => new Values<bool>(TableColumn.OfNullable<bool>(name), index, CsvValue.TryBoolean, type, reason, capacity),
        CsvType.Int32 => new Values<int>(TableColumn.OfNullable<int>(name), index, CsvValue.TryInt32, type, reason, capacity),
        CsvType.Int64 => new Values<long>(TableColumn.OfNullable<long>(name), index, CsvValue.TryInt64, type, reason, capacity),
        CsvType.Float32 => new Values<float>(TableColumn.OfNullable<float>(name), index, CsvValue.TryFloat32, type, reason, capacity),
        CsvType.Float64 => new Values<double>(TableColumn.OfNullable<double>(name), index, CsvValue.TryFloat64, type, reason, capacity),
        CsvType.Date => new Values<DateOnly>(TableColumn.OfDate(name), index, CsvValue.TryDate, type, reason, capacity),
        CsvType.Timestamp => new Values<long>(TableColumn.OfTimestamp(name), index, CsvValue.TryTimestamp, type, reason, capacity),
        CsvType.TimestampTz => new Values<long>(TableColumn.OfTimestamp(name, isUtc: true), index, CsvValue.TryTimestampTz, type, reason, capacity),
        _ => new Texts(name, index, capacity, texts),
    };

    /// <summary>Reads a row's field. Gives the bytes of text that it keeps of it.</summary>
    /// <exception cref="DatasetException">It is no value of the column's type.</exception>
    public abstract int Read(CsvFile file, int row);

    /// <summary>The first rows.</summary>
    public abstract TableValues Take(int rows);

    sealed class Values<T>(TableColumn target, int index, Reader<T> read, CsvType type, string reason, int capacity) : CsvColumn(target.Name, index)
        where T : struct
    {
        readonly T?[] values = new T?[capacity];

        public override TableColumn Target => target;

        public override int Read(CsvFile file, int row)
        {
            ReadOnlySpan<byte> text = file.Field(Index);
            if (text.IsEmpty)
                values[row] = null;
            else if (read(text, out T value))
                values[row] = value;
            else
                throw Contradiction(file, text);

            return 0;
        }

        public override TableValues Take(int rows) => TableValues.OfNullable<T>(values.AsMemory(0, rows));

        DatasetException Contradiction(CsvFile file, ReadOnlySpan<byte> text)
        {
            // A column has one kind of times, which its first rows tell.
            CsvType better = type is CsvType.Int32 && CsvValue.TryInt64(text, out _) ? CsvType.Int64
                : type is CsvType.Int32 or CsvType.Int64 or CsvType.Float32 && CsvValue.TryFloat64(text, out _) ? CsvType.Float64
                : type is CsvType.Date && CsvValue.TryTimestamp(text, out _) ? CsvType.Timestamp
                : CsvType.Text;
            string zone = type is CsvType.Timestamp && CsvValue.TryTimestampTz(text, out _) ? " without a time zone, as those before it"
                : type is CsvType.TimestampTz && CsvValue.TryTimestamp(text, out _) ? " with a time zone, as those before it"
                : "";
            return new DatasetException(
                $"{file.Place(Index)}: wanted {type.ToString().ToLowerInvariant()}{zone} ({reason}), found {file.Quoted(Index)}. "
                + $"If that is a value, say so: --types {Name}={better.ToString().ToLowerInvariant()}.");
        }
    }

    sealed class Texts(string name, int index, int capacity, TextBlocks texts) : CsvColumn(name, index)
    {
        readonly ReadOnlyMemory<byte>?[] values = new ReadOnlyMemory<byte>?[capacity];

        public override TableColumn Target { get; } = TableColumn.OfText(name);

        public override int Read(CsvFile file, int row)
        {
            ReadOnlySpan<byte> text = file.Text(Index);
            values[row] = text.IsEmpty ? default(ReadOnlyMemory<byte>?) : texts.Add(text);
            return text.Length;
        }

        public override TableValues Take(int rows) => TableValues.OfUtf8(new ArraySegment<ReadOnlyMemory<byte>?>(values, 0, rows));
    }
}
