namespace Streaming.Parquet.Compression;

/// <summary>
/// Decompresses the data of one page a block at a time, so that a page of any size needs a buffer that stays in the cache.
/// </summary>
abstract unsafe class BlockDecoder
{
    /// <summary>Bytes behind the end of source and destination that may be read and written.</summary>
    public const int Slack = 64;

    /// <summary>Bytes of a block, of all but the last.</summary>
    public abstract int BlockBytes { get; }

    /// <summary>How far before a block its data may refer to.</summary>
    public abstract int HistoryBytes { get; }

    /// <summary>Compressed bytes that a block takes at most, when so many bytes of the page are yet to come.</summary>
    public abstract int MaxCompressedBytes(int bytesLeft);

    /// <summary>Looks at the page's first compressed bytes, and gives how many of them stand before the first block.</summary>
    /// <exception cref="ParquetException">They say that the page holds another number of bytes than <paramref name="length"/>.</exception>
    public virtual int ReadHeader(ReadOnlySpan<byte> source, int length) => 0;

    /// <summary>
    /// Whether the next block stands among the compressed bytes as it is, and no later one refers to it: gives the bytes in front of it, or -1.
    /// </summary>
    /// <param name="source">The compressed bytes that follow those used before.</param>
    /// <param name="sourceLength">As many as <see cref="MaxCompressedBytes"/>, or all that are left.</param>
    /// <param name="length">Bytes of the block.</param>
    public virtual int FindStored(byte* source, int sourceLength, int length) => -1;

    /// <summary>
    /// Decompresses the next block. Gives the compressed bytes used, or -1 when the data is broken or can't be decompressed by
    /// blocks.
    /// </summary>
    /// <param name="source">The compressed bytes that follow those used before.</param>
    /// <param name="sourceLength">As many as <see cref="MaxCompressedBytes"/>, or all that are left.</param>
    /// <param name="destination">Where the block goes.</param>
    /// <param name="history">Bytes of the page that lie before it, no fewer than <see cref="HistoryBytes"/> or all.</param>
    /// <param name="length">Bytes to write.</param>
    public abstract int Decode(byte* source, int sourceLength, byte* destination, int history, int length);
}
