using Parquet;
using Parquet.Meta;
using Parquet.Schema;
using Streaming.Storage;

namespace Streaming.Parquet;

/// <summary>
/// Parquet.Net's reader of a file, for columns that are copied as they are. Opened when the first is asked for. Its stream
/// has one position, so reads wait for each other.
/// </summary>
sealed class CopyReader(ByteRangeSource source) : IDisposable
{
    const int StreamBufferBytes = 256 * 1024;

    // Where every read is a request, a chunk takes as few as that.
    const int RemoteBufferBytes = 8 * 1024 * 1024;
    const int MagicBytes = 4;

    const string Float16 = "FLOAT16";

    readonly SemaphoreSlim gate = new(1);

    // It begins with a look at the first bytes, behind which nothing is wanted.
    readonly SourceStream stream = new(source) { End = MagicBytes };
    ParquetReader? reader;

    /// <summary>A column of a result table like one of the file.</summary>
    public Task<TableColumn> DescribeAsync(ParquetColumn column, CancellationToken cancellation) =>
        RunAsync(column, (_, field) => Task.FromResult(TableColumn.Like(field)), cancellation);

    /// <summary>The values of a column in a row group.</summary>
    /// <param name="rowGroup">The row group.</param>
    /// <param name="column">The column.</param>
    /// <param name="end">Where in the file the column chunk ends.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public Task<KeptColumn> ReadAsync(int rowGroup, ParquetColumn column, long end, CancellationToken cancellation) =>
        RunAsync(
            column,
            (file, field) =>
            {
                stream.End = end;
                ParquetRowGroupReader group = file.OpenRowGroupReader(rowGroup);
                return KeptColumn.ReadAsync(group, TableColumn.Like(field).Field, checked((int)group.RowCount), cancellation);
            },
            cancellation);

    public void Dispose() => gate.Dispose();

    async Task<ParquetReader> OpenAsync(CancellationToken cancellation)
    {
        ParquetReader opened = await ParquetReader.CreateAsync(
            new BufferedStream(stream, source.IsFetched ? RemoteBufferBytes : StreamBufferBytes),
            new ParquetOptions { UseDateOnlyTypeForDates = true },
            leaveStreamOpen: true,
            cancellation);

        // Parquet.Net (6.1.0) knows no such numbers, and refuses the other columns of the file with them: to it they are bytes.
        foreach (SchemaElement element in opened.Metadata!.Schema.Where(e => e.LogicalType?.FLOAT16 != null))
            element.LogicalType = null;

        // JSON it would write as bytes, which are no longer text.
        foreach (SchemaElement element in opened.Metadata.Schema.Where(e => e.LogicalType?.JSON != null || e.ConvertedType == ConvertedType.JSON))
        {
            element.LogicalType = new LogicalType { STRING = new StringType() };
            element.ConvertedType = ConvertedType.UTF8;
        }

        return opened;
    }

    async Task<T> RunAsync<T>(ParquetColumn column, Func<ParquetReader, DataField, Task<T>> action, CancellationToken cancellation)
    {
        string place = $"Column '{column.Name}' of '{source.Name}'";
        await gate.WaitAsync(cancellation);
        try
        {
            reader ??= await OpenAsync(cancellation);
            DataField? field = reader.Schema.DataFields.FirstOrDefault(f => f.Path.Length == 1 && f.Name == column.Name);
            if (field is null || column.TypeName == Float16 || field.IsArray || field.MaxRepetitionLevel > 0 || !KeptColumn.IsPossible(field.ClrType))
                throw ParquetException.Unsupported($"{place}: columns of type {column.TypeName} can't be kept.");

            return await action(reader, field);
        }
        catch (Exception e) when (e is not (ParquetException or OperationCanceledException or IOException or OutOfMemoryException))
        {
            throw new ParquetException($"{place} can't be kept: {e.Message}", inner: e);
        }
        finally
        {
            gate.Release();
        }
    }
}
