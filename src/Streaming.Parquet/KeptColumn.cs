using Parquet;
using Parquet.Schema;

namespace Streaming.Parquet;

/// <summary>One column of one row group of a source file, to be written to a result table unchanged in type and values.</summary>
public sealed class KeptColumn : TableValues
{
    // Parquet.Net reads and writes by the type of the values, which is known at run time only.
    static readonly Dictionary<Type, Func<ParquetRowGroupReader, DataField, int, CancellationToken, Task<KeptColumn>>> Readers = new()
    {
        [typeof(bool)] = ReadAsync<bool>,
        [typeof(sbyte)] = ReadAsync<sbyte>,
        [typeof(byte)] = ReadAsync<byte>,
        [typeof(short)] = ReadAsync<short>,
        [typeof(ushort)] = ReadAsync<ushort>,
        [typeof(int)] = ReadAsync<int>,
        [typeof(uint)] = ReadAsync<uint>,
        [typeof(long)] = ReadAsync<long>,
        [typeof(ulong)] = ReadAsync<ulong>,
        [typeof(float)] = ReadAsync<float>,
        [typeof(double)] = ReadAsync<double>,
        [typeof(decimal)] = ReadAsync<decimal>,
        [typeof(DateTime)] = ReadAsync<DateTime>,
        [typeof(DateOnly)] = ReadAsync<DateOnly>,
        [typeof(TimeOnly)] = ReadAsync<TimeOnly>,
        [typeof(TimeSpan)] = ReadAsync<TimeSpan>,
        [typeof(Guid)] = ReadAsync<Guid>,
        [typeof(ReadOnlyMemory<char>)] = ReadAsync<ReadOnlyMemory<char>>,
        [typeof(ReadOnlyMemory<byte>)] = ReadAsync<ReadOnlyMemory<byte>>,
    };

    readonly Func<ParquetRowGroupWriter, DataField, CancellationToken, Task> write;
    readonly Func<ReadOnlyMemory<int>, KeptColumn> select;

    KeptColumn(
        int count, Func<ParquetRowGroupWriter, DataField, CancellationToken, Task> write, Func<ReadOnlyMemory<int>, KeptColumn> select)
    {
        Count = count;
        this.write = write;
        this.select = select;
    }

    /// <inheritdoc/>
    public override int Count { get; }

    /// <summary>Some of the values, by their places, ascending.</summary>
    public KeptColumn Select(ReadOnlyMemory<int> rows) => select(rows);

    /// <summary>Whether columns of these values can be kept.</summary>
    internal static bool IsPossible(Type type) => Readers.ContainsKey(type);

    internal static Task<KeptColumn> ReadAsync(ParquetRowGroupReader group, DataField field, int rows, CancellationToken cancellation) =>
        Readers[field.ClrType](group, field, rows, cancellation);

    internal override Task WriteAsync(ParquetRowGroupWriter writer, DataField field, CancellationToken cancellation) =>
        write(writer, field, cancellation);

    static async Task<KeptColumn> ReadAsync<T>(ParquetRowGroupReader group, DataField field, int rows, CancellationToken cancellation)
        where T : struct
    {
        var values = new T[rows];
        if (!field.IsNullable)
        {
            await group.ReadRawAsync<T>(field, values, null, null, cancellation);
            FixKind(values);
            return Of(values);
        }

        var levels = new int[rows];
        await group.ReadRawAsync<T>(field, values, levels, null, cancellation);
        FixKind(values);
        return Of(values, levels, field.MaxDefinitionLevel);
    }

    // Parquet.Net takes times of no kind for local ones when it writes them, and would move them by the zone of the machine.
    static void FixKind<T>(T[] values)
    {
        if (values is not DateTime[] times)
            return;

        for (int i = 0; i < times.Length; i++)
            times[i] = DateTime.SpecifyKind(times[i], DateTimeKind.Utc);
    }

    static KeptColumn Of<T>(T[] values)
        where T : struct =>
        new(
            values.Length,
            (writer, field, cancellation) => writer.WriteAllPartsAsync<T>(field, values, null, null, cancellation),
            rows =>
            {
                var some = new T[rows.Length];
                for (int i = 0; i < some.Length; i++)
                    some[i] = values[rows.Span[i]];

                return Of(some);
            });

    // The values that are there stand one after another; a level per row tells whether it has one.
    static KeptColumn Of<T>(T[] values, int[] levels, int presentLevel)
        where T : struct
    {
        int present = levels.Count(l => l == presentLevel);
        return new KeptColumn(
            levels.Length,
            (writer, field, cancellation) => writer.WriteAllPartsAsync<T>(field, values.AsMemory(0, present), levels, null, cancellation),
            rows =>
            {
                var some = new T[rows.Length];
                var someLevels = new int[rows.Length];
                int row = 0;
                int value = 0;
                int taken = 0;
                for (int i = 0; i < someLevels.Length; i++)
                {
                    for (; row < rows.Span[i]; row++)
                        value += levels[row] == presentLevel ? 1 : 0;

                    someLevels[i] = levels[row];
                    if (levels[row] == presentLevel)
                        some[taken++] = values[value];
                }

                return Of(some, someLevels, presentLevel);
            });
    }
}
