using Parquet;

namespace Streaming.Parquet;

/// <summary>How a file is written anew.</summary>
/// <param name="RowGroupSize">Rows of each row group but the last.</param>
/// <param name="Codec">Compression of the pages.</param>
/// <param name="Float32">Whether double columns become float columns.</param>
public sealed record RewriteOptions(int RowGroupSize, CompressionCodec Codec = CompressionCodec.Zstd, bool Float32 = false);

/// <summary>
/// Writes the rows of a file into another one, in their order, in row groups of another size. Columns keep their names, types and
/// values. Memory is bounded by one row group of each file, as Parquet.Net reads and writes whole column chunks.
/// </summary>
public static class ParquetRewriter
{
    const int StreamBufferBytes = 256 * 1024;

    /// <summary>Writes all rows of <paramref name="file"/> to <paramref name="output"/>.</summary>
    /// <param name="file">What to read.</param>
    /// <param name="output">Where the new file goes; stays open.</param>
    /// <param name="options">How to write.</param>
    /// <param name="written">Told of the rows written so far, after each row group.</param>
    /// <param name="cancellation">Ends the writing early; the new file is then not usable.</param>
    /// <exception cref="ParquetException">The file is broken, or has a column that can't be written anew; the message names it.</exception>
    public static async Task RunAsync(
        ParquetFile file, Stream output, RewriteOptions options, Action<long>? written = null, CancellationToken cancellation = default)
    {
        foreach (ParquetColumn column in file.Columns)
        {
            if (column.Name.Contains('.', StringComparison.Ordinal) || column.MaxRepetitionLevel > 0)
                throw ParquetException.Unsupported($"Column '{column.Name}' of '{file.Name}': columns of lists, maps and groups ({column.TypeName}) can't be converted.");
        }

        using var stream = new BufferedStream(new SourceStream(file.Source), StreamBufferBytes);
        ParquetReader reader = await GuardAsync(
            file.Name, () => ParquetReader.CreateAsync(stream, new ParquetOptions { UseDateOnlyTypeForDates = true }, leaveStreamOpen: true, cancellation));
        await using (reader)
        {
            RewriteColumn[] columns = [.. reader.Schema.DataFields.Select(f => RewriteColumn.Of(f, options.Float32, file))];
            TableWriter writer = await TableWriter.CreateAsync(output, [.. columns.Select(c => TableColumn.Like(c.Target))], options.Codec, cancellation);
            await using (writer)
            {
                long done = 0;
                long pending = 0;
                for (int g = 0; g < file.RowGroups.Count; g++)
                {
                    int rows = checked((int)file.RowGroups[g].RowCount);
                    foreach (RewriteColumn column in columns)
                    {
                        cancellation.ThrowIfCancellationRequested();
                        await GuardAsync($"Column '{column.Target.Name}', row group {g} of '{file.Name}'", async () =>
                        {
                            using ParquetRowGroupReader group = reader.OpenRowGroupReader(g);
                            await column.ReadAsync(group, rows, cancellation);
                            return true;
                        });
                    }

                    pending += rows;
                    while (pending >= options.RowGroupSize)
                        await WriteAsync(options.RowGroupSize);
                }

                if (pending > 0)
                    await WriteAsync((int)pending);

                async Task WriteAsync(int rows)
                {
                    TableValues[] values = [.. columns.Select(c => c.Take(rows))];
                    await writer.WriteRowGroupAsync(rows, values, cancellation);
                    pending -= rows;
                    done += rows;
                    written?.Invoke(done);
                }
            }
        }
    }

    // What Parquet.Net does not understand it tells in exceptions of many types.
    static async Task<T> GuardAsync<T>(string place, Func<Task<T>> action)
    {
        try
        {
            return await action();
        }
        catch (Exception e) when (e is not (ParquetException or OperationCanceledException or IOException or OutOfMemoryException))
        {
            throw new ParquetException($"{place} can't be converted: {e.Message}", inner: e);
        }
    }
}
