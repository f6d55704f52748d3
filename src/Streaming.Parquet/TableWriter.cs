using System.IO.Compression;
using Parquet;
using Parquet.Schema;

namespace Streaming.Parquet;

/// <summary>
/// Writes a result table row group by row group, through Parquet.Net. The file is complete once the writer has been
/// disposed of. Memory is bounded by one row group.
/// </summary>
public sealed class TableWriter : IAsyncDisposable
{
    /// <summary>Key of the note that says who wrote the file, and with it that the bounds of its chunks are true.</summary>
    internal const string Note = "streaming.writer";

    readonly ParquetWriter writer;
    readonly IReadOnlyList<TableColumn> columns;

    TableWriter(ParquetWriter writer, IReadOnlyList<TableColumn> columns)
    {
        this.writer = writer;
        this.columns = columns;
    }

    /// <summary>Starts a table.</summary>
    /// <param name="output">Where the file goes; stays open.</param>
    /// <param name="columns">Its columns, in order, with different names.</param>
    /// <param name="codec">Compression of its pages.</param>
    /// <param name="cancellation">Stops the start.</param>
    public static async Task<TableWriter> CreateAsync(
        Stream output, IReadOnlyList<TableColumn> columns, CompressionCodec codec = CompressionCodec.Zstd, CancellationToken cancellation = default)
    {
        var schema = new ParquetSchema(columns.Select(c => c.Root));

        // Parquet.Net's own level is the smallest size, which takes Zstandard nearly twenty times as long; LZ4 is slow but at its fastest.
        var options = new ParquetOptions
        {
            CompressionMethod = (CompressionMethod)codec,
            CompressionLevel = codec == CompressionCodec.Lz4Raw ? CompressionLevel.Fastest : CompressionLevel.Optimal,
        };
        ParquetWriter writer = await ParquetWriter.CreateAsync(schema, output, options, append: false, cancellation);
        writer.CustomMetadata = new Dictionary<string, string> { [Note] = typeof(TableWriter).Assembly.GetName().Version!.ToString() };
        return new TableWriter(writer, columns);
    }

    /// <summary>Writes one row group.</summary>
    /// <param name="rows">Rows of the group.</param>
    /// <param name="values">For each column its values, as many as there are rows.</param>
    /// <param name="cancellation">Stops the writing; the file is then not usable.</param>
    public async Task WriteRowGroupAsync(int rows, IReadOnlyList<TableValues> values, CancellationToken cancellation = default)
    {
        if (values.Count != columns.Count)
            throw new ArgumentException($"The table has {columns.Count} columns, values are given for {values.Count}.", nameof(values));

        using ParquetRowGroupWriter group = writer.CreateRowGroup();
        for (int i = 0; i < columns.Count; i++)
        {
            if (values[i].Count != rows)
                throw new ArgumentException($"Column '{columns[i].Name}': wanted {rows} values, {values[i].Count} are given.", nameof(values));

            await values[i].WriteAsync(group, columns[i].Field, cancellation);
        }

        group.CompleteValidate();
    }

    /// <summary>Writes the footer.</summary>
    public ValueTask DisposeAsync() => writer.DisposeAsync();
}
