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

    KeptColumn(int count, Func<ParquetRowGroupWriter, DataField, CancellationToken, Task> write)
    {
        Count = count;
        this.write = write;
    }

    /// <inheritdoc/>
    public override int Count { get; }

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
            return new KeptColumn(rows, (writer, target, c) => writer.WriteAllPartsAsync<T>(target, values, null, null, c));
        }

        var levels = new int[rows];
        await group.ReadRawAsync<T>(field, values, levels, null, cancellation);
        int present = levels.Count(l => l == field.MaxDefinitionLevel);
        return new KeptColumn(
            rows, (writer, target, c) => writer.WriteAllPartsAsync<T>(target, values.AsMemory(0, present), levels, null, c));
    }
}
