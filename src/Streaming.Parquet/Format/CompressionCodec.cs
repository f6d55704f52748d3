namespace Streaming.Parquet;

/// <summary>How the pages of a column chunk are compressed (parquet-format, Compression.md).</summary>
public enum CompressionCodec
{
    /// <summary>Not compressed.</summary>
    Uncompressed = 0,

    /// <summary>Snappy, raw blocks.</summary>
    Snappy = 1,

    /// <summary>Gzip (RFC 1952), possibly several members.</summary>
    Gzip = 2,

    /// <summary>LZO; not read.</summary>
    Lzo = 3,

    /// <summary>Brotli (RFC 7932).</summary>
    Brotli = 4,

    /// <summary>LZ4 in Hadoop's framing; deprecated.</summary>
    Lz4 = 5,

    /// <summary>Zstandard (RFC 8878).</summary>
    Zstd = 6,

    /// <summary>LZ4, raw blocks.</summary>
    Lz4Raw = 7,
}
