namespace Streaming.Parquet;

/// <summary>A row group as the footer describes it.</summary>
public sealed class RowGroupInfo
{
    readonly FooterChunks chunks;
    readonly int index;

    internal RowGroupInfo(FooterChunks chunks, int index, long rowCount, long compressedBytes)
    {
        this.chunks = chunks;
        this.index = index;
        RowCount = rowCount;
        CompressedBytes = compressedBytes;
    }

    /// <summary>Rows of the group.</summary>
    public long RowCount { get; }

    /// <summary>Bytes of all its column chunks in the file.</summary>
    public long CompressedBytes { get; }

    /// <summary>The column chunks, in the order of <see cref="ParquetFile.Columns"/>.</summary>
    public IReadOnlyList<ColumnChunkInfo> Chunks => chunks.Of(index);
}
