using Parquet;
using Parquet.Schema;

namespace Streaming.Parquet;

/// <summary>One column of one row group of a source file, to be written to a result table unchanged in type and values.</summary>
public sealed class KeptColumn : TableValues
{
    // Parquet.Net reads and writes by the type of the values, which is known at run time only.
    static readonly Dictionary<Type, Maker> Makers = new()
    {
        [typeof(bool)] = new Maker<bool>(),
        [typeof(sbyte)] = new Maker<sbyte>(),
        [typeof(byte)] = new Maker<byte>(),
        [typeof(short)] = new Maker<short>(),
        [typeof(ushort)] = new Maker<ushort>(),
        [typeof(int)] = new Maker<int>(),
        [typeof(uint)] = new Maker<uint>(),
        [typeof(long)] = new Maker<long>(),
        [typeof(ulong)] = new Maker<ulong>(),
        [typeof(float)] = new Maker<float>(),
        [typeof(double)] = new Maker<double>(),
        [typeof(decimal)] = new Maker<decimal>(),
        [typeof(DateTime)] = new Maker<DateTime>(),
        [typeof(DateOnly)] = new Maker<DateOnly>(),
        [typeof(TimeOnly)] = new Maker<TimeOnly>(),
        [typeof(TimeSpan)] = new Maker<TimeSpan>(),
        [typeof(Guid)] = new Maker<Guid>(),
        [typeof(ReadOnlyMemory<char>)] = new Maker<ReadOnlyMemory<char>>(),
        [typeof(ReadOnlyMemory<byte>)] = new Maker<ReadOnlyMemory<byte>>(),
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

    /// <inheritdoc/>
    public override KeptColumn Select(ReadOnlyMemory<int> rows) => select(rows);

    /// <summary>Whether columns of these values can be kept.</summary>
    internal static bool IsPossible(Type type) => Makers.ContainsKey(type);

    internal static Task<KeptColumn> ReadAsync(ParquetRowGroupReader group, DataField field, int rows, CancellationToken cancellation) =>
        Makers[field.ClrType].ReadAsync(group, field, rows, cancellation);

    internal static KeptColumn Nulls(DataField field, int rows) => Makers[field.ClrType].Nulls(rows);

    internal override Task WriteAsync(ParquetRowGroupWriter writer, DataField field, CancellationToken cancellation) =>
        write(writer, field, cancellation);

    static Task WriteAsync<T>(
        ParquetRowGroupWriter writer, DataField field, ReadOnlyMemory<T> values, ReadOnlyMemory<int>? levels, CancellationToken cancellation)
        where T : struct => (object)values is ReadOnlyMemory<ReadOnlyMemory<char>> texts
            ? TextChunk.WriteAsync(writer, field, texts, levels, cancellation)
            : writer.WriteAllPartsAsync(field, values, levels, null, cancellation);

    // Parquet.Net takes times of no kind for local ones when it writes them, and would move them by the zone of the machine; those of INT96 it reads as such.
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
            (writer, field, cancellation) => WriteAsync<T>(writer, field, values, null, cancellation),
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
            (writer, field, cancellation) => WriteAsync<T>(writer, field, values.AsMemory(0, present), levels, cancellation),
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

    abstract class Maker
    {
        public abstract Task<KeptColumn> ReadAsync(ParquetRowGroupReader group, DataField field, int rows, CancellationToken cancellation);

        public abstract KeptColumn Nulls(int rows);
    }

    sealed class Maker<T> : Maker
        where T : struct
    {
        public override async Task<KeptColumn> ReadAsync(
            ParquetRowGroupReader group, DataField field, int rows, CancellationToken cancellation)
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

        // No level reaches that of a value that is there.
        public override KeptColumn Nulls(int rows) => Of(Array.Empty<T>(), new int[rows], presentLevel: 1);
    }
}
