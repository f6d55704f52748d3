namespace Streaming.Parquet;

/// <summary>A row group as the footer describes it.</summary>
public sealed class RowGroupInfo
{
    internal RowGroupInfo(long rowCount, IReadOnlyList<ColumnChunkInfo> chunks)
    {
        RowCount = rowCount;
        Chunks = chunks;
        CompressedBytes = chunks.Sum(c => c.CompressedBytes);
    }

    /// <summary>Rows of the group.</summary>
    public long RowCount { get; }

    /// <summary>Bytes of all its column chunks in the file.</summary>
    public long CompressedBytes { get; }

    /// <summary>The column chunks, in the order of <see cref="ParquetFile.Columns"/>.</summary>
    public IReadOnlyList<ColumnChunkInfo> Chunks { get; }
}
