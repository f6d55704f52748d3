using Streaming.Parquet.Format;

namespace Streaming.Parquet;

/// <summary>A column chunk (one column's values in one row group) as the footer describes it.</summary>
public sealed class ColumnChunkInfo
{
    internal ColumnChunkInfo(ChunkMetadata metadata, double? min, double? max)
    {
        Metadata = metadata;
        Min = min;
        Max = max;
    }

    /// <summary>How its pages are compressed.</summary>
    public CompressionCodec Codec => Metadata.Codec;

    /// <summary>The encodings that the footer lists, those of levels among them.</summary>
    public IReadOnlyList<Encoding> Encodings => Metadata.Encodings;

    /// <summary>Where in the file its first page starts; with <see cref="CompressedBytes"/> the range that a reader needs.</summary>
    public long Offset => Metadata.Start;

    /// <summary>Bytes in the file, page headers included.</summary>
    public long CompressedBytes => Metadata.CompressedBytes;

    /// <summary>Bytes after decompression, page headers included.</summary>
    public long UncompressedBytes => Metadata.UncompressedBytes;

    /// <summary>Values, nulls included.</summary>
    public long ValueCount => Metadata.ValueCount;

    /// <summary>Nulls, where the writer counted them.</summary>
    public long? NullCount => Metadata.NullCount;

    /// <summary>Smallest value of a numeric column, where the writer noted it.</summary>
    public double? Min { get; }

    /// <summary>Largest value of a numeric column, where the writer noted it.</summary>
    public double? Max { get; }

    /// <summary>
    /// The bytes of a smallest and a largest value, where the writer noted them in the order of the format: bounds that need not occur, as
    /// writers may cut long texts.
    /// </summary>
    public (byte[] Min, byte[] Max)? ByteBounds =>
        Metadata is { IsMinMaxLegacy: false, Min: { } min, Max: { } max } ? (min, max) : null;

    internal ChunkMetadata Metadata { get; }
}
