using Parquet;
using Parquet.Schema;

namespace Streaming.Parquet;

/// <summary>
/// One column's values for one row group of a result table; made by <see cref="Of{T}(ReadOnlyMemory{T})"/> and its siblings,
/// or kept from a source file.
/// </summary>
public abstract class TableValues
{
    /// <summary>Number of values, nulls included.</summary>
    public abstract int Count { get; }

    /// <summary>Values without nulls; the memory must not change until it is written.</summary>
    public static TableValues Of<T>(ReadOnlyMemory<T> values)
        where T : struct => new Plain<T>(values);

    /// <summary>Values or nulls; the memory must not change until it is written.</summary>
    public static TableValues OfNullable<T>(ReadOnlyMemory<T?> values)
        where T : struct => new Nullable<T>(values);

    /// <summary>Text or nulls.</summary>
    public static TableValues OfText(IReadOnlyList<string?> values) => new Text(values);

    /// <summary>Text in UTF-8, or nulls; the memory must not change until it is written.</summary>
    public static TableValues OfUtf8(IReadOnlyList<ReadOnlyMemory<byte>?> values) => new Bytes(values, areTexts: true);

    /// <summary>Bytes that are no text, or nulls; likewise.</summary>
    internal static TableValues OfBytes(IReadOnlyList<ReadOnlyMemory<byte>?> values) => new Bytes(values, areTexts: false);

    /// <summary>Nulls for a column that is like one of a source file, and may be null.</summary>
    public static TableValues NullsFor(TableColumn column, int count) => KeptColumn.Nulls(column.Field, count);

    /// <summary>Some of the values, by their places, ascending.</summary>
    public abstract TableValues Select(ReadOnlyMemory<int> rows);

    internal abstract Task WriteAsync(ParquetRowGroupWriter writer, DataField field, CancellationToken cancellation);

    static T[] Select<T>(ReadOnlySpan<T> values, ReadOnlySpan<int> rows)
    {
        var some = new T[rows.Length];
        for (int i = 0; i < some.Length; i++)
            some[i] = values[rows[i]];

        return some;
    }

    // The values that are there, and of every row whether it has one.
    static (ReadOnlyMemory<T> Present, int[] Levels) Present<TValue, T>(IReadOnlyList<TValue> values, Func<TValue, T?> find, DataField field)
        where T : struct
    {
        var levels = new int[values.Count];
        var present = new T[values.Count];
        int count = 0;
        for (int i = 0; i < levels.Length; i++)
        {
            if (find(values[i]) is not { } value)
                continue;

            levels[i] = field.MaxDefinitionLevel;
            present[count++] = value;
        }

        return (present.AsMemory(0, count), levels);
    }

    sealed class Plain<T>(ReadOnlyMemory<T> values) : TableValues
        where T : struct
    {
        public override int Count => values.Length;

        public override TableValues Select(ReadOnlyMemory<int> rows) => new Plain<T>(Select(values.Span, rows.Span));

        internal override Task WriteAsync(ParquetRowGroupWriter writer, DataField field, CancellationToken cancellation) =>
            writer.WriteAsync(field, values, null, null, cancellation);
    }

    sealed class Nullable<T>(ReadOnlyMemory<T?> values) : TableValues
        where T : struct
    {
        public override int Count => values.Length;

        public override TableValues Select(ReadOnlyMemory<int> rows) => new Nullable<T>(Select(values.Span, rows.Span));

        internal override Task WriteAsync(ParquetRowGroupWriter writer, DataField field, CancellationToken cancellation) =>
            writer.WriteAsync(field, values, null, null, cancellation);
    }

    sealed class Text(IReadOnlyList<string?> values) : TableValues
    {
        public override int Count => values.Count;

        public override TableValues Select(ReadOnlyMemory<int> rows) => new Text(Array.ConvertAll(rows.ToArray(), row => values[row]));

        internal override Task WriteAsync(ParquetRowGroupWriter writer, DataField field, CancellationToken cancellation)
        {
            (ReadOnlyMemory<ReadOnlyMemory<char>> present, int[] levels) = Present(values, text => text?.AsMemory(), field);
            return TextChunk.WriteAsync(writer, field, present, levels, cancellation);
        }
    }

    sealed class Bytes(IReadOnlyList<ReadOnlyMemory<byte>?> values, bool areTexts) : TableValues
    {
        public override int Count => values.Count;

        public override TableValues Select(ReadOnlyMemory<int> rows) => new Bytes(Array.ConvertAll(rows.ToArray(), row => values[row]), areTexts);

        internal override Task WriteAsync(ParquetRowGroupWriter writer, DataField field, CancellationToken cancellation)
        {
            (ReadOnlyMemory<ReadOnlyMemory<byte>> present, int[] levels) = Present(values, bytes => bytes, field);
            return areTexts
                ? TextChunk.WriteAsync(writer, field, present, levels, cancellation)
                : writer.WriteAllPartsAsync(field, present, levels, null, cancellation);
        }
    }
}
