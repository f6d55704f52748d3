using ParquetSharp;
using Codec = ParquetSharp.Compression;

namespace Streaming.Parquet.Tests;

/// <summary>Files with page indexes, written by Arrow C++ (ParquetSharp 25.0.1.2): DuckDB and Parquet.Net write none.</summary>
static class ArrowFile
{
    /// <summary>A column of a file to write.</summary>
    public static ArrowColumn Of<T>(string name, T[] values) => new(new Column<T>(name), (writer, first, count) =>
    {
        using LogicalColumnWriter<T> logical = writer.LogicalWriter<T>();
        logical.WriteBatch(values.AsSpan(first, count));
    });

    /// <summary>Writes a file with row groups of the sizes given and pages of about the bytes asked for.</summary>
    public static byte[] Write(ArrowOptions options, int[] rowGroups, params ArrowColumn[] columns)
    {
        string path = Path.GetTempFileName();
        try
        {
            using WriterPropertiesBuilder builder = new WriterPropertiesBuilder()
                .Compression(options.Codec)
                .DataPageVersion(options.IsVersion2 ? ParquetDataPageVersion.V2 : ParquetDataPageVersion.V1)
                .DataPagesize(options.PageBytes)
                .WriteBatchSize(options.BatchRows);
            _ = options.HasIndex ? builder.EnableWritePageIndex() : builder.DisableWritePageIndex();
            _ = options.HasDictionary ? builder.EnableDictionary() : builder.DisableDictionary();
            _ = options.HasChecksums ? builder.EnablePageChecksum() : builder.DisablePageChecksum();
            foreach ((string column, ParquetSharp.Encoding encoding) in options.Encodings ?? [])
                builder.Encoding(column, encoding);

            using WriterProperties properties = builder.Build();
            using (var file = new ParquetFileWriter(path, [.. columns.Select(c => c.Column)], properties))
            {
                int first = 0;
                foreach (int rows in rowGroups)
                {
                    using RowGroupWriter group = file.AppendRowGroup();
                    foreach (ArrowColumn column in columns)
                        column.Write(group.NextColumn(), first, rows);

                    first += rows;
                }

                file.Close();
            }

            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}

/// <summary>A column to write: what it is, and how a range of its rows gets into a row group.</summary>
sealed record ArrowColumn(Column Column, Action<ColumnWriter, int, int> Write);

/// <summary>How <see cref="ArrowFile"/> writes. A page ends once it is full, which is looked at after every batch of rows.</summary>
sealed record ArrowOptions(
    Codec Codec = Codec.Snappy,
    bool IsVersion2 = false,
    bool HasDictionary = false,
    bool HasIndex = true,
    long PageBytes = 4096,
    int BatchRows = 64,
    bool HasChecksums = false,
    Dictionary<string, ParquetSharp.Encoding>? Encodings = null);
