using Parquet;
using Parquet.Schema;

namespace Streaming.Parquet;

/// <summary>A column on its way into another file: the rows that were read and are not yet written.</summary>
abstract class RewriteColumn(DataField target)
{
    // Parquet.Net reads and writes by the type of the values, which is known at run time only.
    static readonly Dictionary<Type, Func<DataField, RewriteColumn>> Makers = new()
    {
        [typeof(bool)] = Plain<bool>,
        [typeof(sbyte)] = Plain<sbyte>,
        [typeof(byte)] = Plain<byte>,
        [typeof(short)] = Plain<short>,
        [typeof(ushort)] = Plain<ushort>,
        [typeof(int)] = Plain<int>,
        [typeof(uint)] = Plain<uint>,
        [typeof(long)] = Plain<long>,
        [typeof(ulong)] = Plain<ulong>,
        [typeof(float)] = Plain<float>,
        [typeof(double)] = Plain<double>,
        [typeof(decimal)] = Plain<decimal>,
        [typeof(DateTime)] = Plain<DateTime>,
        [typeof(DateOnly)] = Plain<DateOnly>,
        [typeof(TimeOnly)] = Plain<TimeOnly>,
        [typeof(TimeSpan)] = Plain<TimeSpan>,
        [typeof(Guid)] = Plain<Guid>,
        [typeof(ReadOnlyMemory<char>)] = Plain<ReadOnlyMemory<char>>,
        [typeof(ReadOnlyMemory<byte>)] = Plain<ReadOnlyMemory<byte>>,
    };

    /// <summary>The column as it is written.</summary>
    public DataField Target => target;

    /// <summary>A column for a field of a file.</summary>
    /// <exception cref="ParquetException">Fields of its type can't be written anew.</exception>
    public static RewriteColumn Of(DataField field, bool float32, ParquetFile file)
    {
        if (float32 && field.ClrType == typeof(double))
        {
            string place = $"Column '{field.Name}' of '{file.Name}'";
            return new RewriteColumn<double, float>(field, new DataField(field.Name, typeof(float), field.IsNullable), values => Narrow(values, place));
        }

        if (field.IsArray || !Makers.TryGetValue(field.ClrType, out Func<DataField, RewriteColumn>? make))
            throw ParquetException.Unsupported($"Column '{field.Name}' of '{file.Name}': columns of type {file.FindColumn(field.Name)?.TypeName ?? field.ClrType.Name} can't be converted.");

        return make(field);
    }

    /// <summary>Adds the rows of a row group.</summary>
    public abstract Task ReadAsync(ParquetRowGroupReader group, int rows, CancellationToken cancellation);

    /// <summary>Takes the oldest rows away.</summary>
    public abstract TableValues Take(int rows);

    static RewriteColumn Plain<T>(DataField field)
        where T : struct => new RewriteColumn<T, T>(field, field, values => values);

    static float[] Narrow(double[] values, string place)
    {
        var narrow = new float[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            narrow[i] = (float)values[i];
            if (float.IsInfinity(narrow[i]) && double.IsFinite(values[i]))
                throw new ParquetException($"{place}: {values[i]:R} is beyond the range of float32; convert without narrowing.");
        }

        return narrow;
    }
}

/// <summary>A column of values of type <typeparamref name="TSource"/> that are written as <typeparamref name="TTarget"/>.</summary>
sealed class RewriteColumn<TSource, TTarget>(DataField source, DataField target, Func<TSource[], TTarget[]> convert) : RewriteColumn(target)
    where TSource : struct
    where TTarget : struct
{
    // Parts of row groups, oldest first.
    readonly Queue<Part> parts = [];

    public override async Task ReadAsync(ParquetRowGroupReader group, int rows, CancellationToken cancellation)
    {
        var values = new TSource[rows];
        if (!source.IsNullable)
        {
            await group.ReadRawAsync<TSource>(source, values, null, null, cancellation);
            parts.Enqueue(new Part(convert(values), null, rows));
            return;
        }

        // Values that are there come first; the levels say which rows they belong to.
        var levels = new int[rows];
        await group.ReadRawAsync<TSource>(source, values, levels, null, cancellation);
        Array.Resize(ref values, levels.Count(l => l == source.MaxDefinitionLevel));
        parts.Enqueue(new Part(convert(values), levels, rows));
    }

    public override TableValues Take(int rows)
    {
        if (parts.Peek().Rows == rows)
        {
            (ReadOnlyMemory<TTarget> whole, ReadOnlyMemory<int> wholeLevels) = parts.Dequeue().Take(rows, source.MaxDefinitionLevel);
            return new Rows(rows, whole, source.IsNullable ? wholeLevels : null);
        }

        var values = new List<TTarget>(rows);
        var levels = new List<int>(source.IsNullable ? rows : 0);
        for (int left = rows; left > 0;)
        {
            Part part = parts.Peek();
            int take = Math.Min(left, part.Rows);
            (ReadOnlyMemory<TTarget> some, ReadOnlyMemory<int> someLevels) = part.Take(take, source.MaxDefinitionLevel);
            values.AddRange(some.Span);
            levels.AddRange(someLevels.Span);
            left -= take;
            if (part.Rows == 0)
                parts.Dequeue();
        }

        return new Rows(rows, values.ToArray(), source.IsNullable ? levels.ToArray() : null);
    }

    sealed class Part(ReadOnlyMemory<TTarget> values, ReadOnlyMemory<int> levels, int rows)
    {
        public int Rows { get; private set; } = rows;

        public (ReadOnlyMemory<TTarget> Values, ReadOnlyMemory<int> Levels) Take(int count, int presentLevel)
        {
            int present = levels.IsEmpty ? count : levels.Span[..count].Count(presentLevel);
            (ReadOnlyMemory<TTarget>, ReadOnlyMemory<int>) taken = (values[..present], levels.IsEmpty ? levels : levels[..count]);
            values = values[present..];
            levels = levels.IsEmpty ? levels : levels[count..];
            Rows -= count;
            return taken;
        }
    }

    sealed class Rows(int count, ReadOnlyMemory<TTarget> values, ReadOnlyMemory<int>? levels) : TableValues
    {
        public override int Count => count;

        internal override Task WriteAsync(ParquetRowGroupWriter writer, DataField field, CancellationToken cancellation) =>
            writer.WriteAllPartsAsync(field, values, levels, null, cancellation);
    }
}
