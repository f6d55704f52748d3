namespace Streaming.Parquet;

/// <summary>
/// Columns to copy that are read by the decoder of this library, as Parquet.Net (6.1.0) reads them wrongly, and mostly without a word: booleans in runs (as Arrow
/// writes them in data pages of version 2), what is compressed with LZ4 in Hadoop's framing, and integers of 8 and 16 bits as differences.
/// </summary>
static class DecodedCopy
{
    /// <summary>Whether a column chunk is one of those.</summary>
    public static bool IsWanted(ParquetColumn column, ColumnChunkInfo chunk) =>
        column.PhysicalType == PhysicalType.Boolean || chunk.Codec == CompressionCodec.Lz4 || column.TypeName is "INT8" or "INT16" or "UINT8" or "UINT16";

    /// <summary>The values of a column in a row group.</summary>
    /// <param name="file">The file.</param>
    /// <param name="rowGroup">The row group.</param>
    /// <param name="column">The column.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="ParquetException">The file is broken, or the decoder does not give values of the column's type, or not so long ones.</exception>
    public static async Task<TableValues> ReadAsync(ParquetFile file, int rowGroup, ParquetColumn column, CancellationToken cancellation)
    {
        int rows = checked((int)file.RowGroups[rowGroup].RowCount);
        TableColumn like = await file.DescribeForCopyAsync(column, cancellation);
        using RewriteColumn decoded = await OpenAsync(file, column, rows, cancellation);
        if (decoded.Target.Field.ClrType != like.Field.ClrType || decoded.Target.Field.IsNullable != like.Field.IsNullable)
            throw Refuse(file, column);

        decoded.Open(rowGroup);

        // Texts are read so far as a row group has room for them.
        if (decoded.Fit(rows) < rows)
            throw Refuse(file, column);

        decoded.Read(0, rows);
        return decoded.Take(rows);
    }

    static async Task<RewriteColumn> OpenAsync(ParquetFile file, ParquetColumn column, int rows, CancellationToken cancellation)
    {
        try
        {
            return await RewriteColumn.CreateAsync(file, column, float32: false, new RowGroupRoom(rows, maxElements: 0), cancellation);
        }
        catch (ParquetException)
        {
            throw Refuse(file, column);
        }
    }

    // Booleans and small integers are decoded always.
    static ParquetException Refuse(ParquetFile file, ParquetColumn column) => ParquetException.Unsupported(
        $"Column '{column.Name}' of '{file.Name}': columns of type {column.TypeName} can't be kept where they are compressed with LZ4 in Hadoop's framing. Write the file with another codec.");
}
