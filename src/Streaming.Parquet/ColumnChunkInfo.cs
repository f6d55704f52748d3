using Streaming.Parquet.Format;

namespace Streaming.Parquet;

/// <summary>A column chunk (one column's values in one row group) as the footer describes it.</summary>
public sealed class ColumnChunkInfo : ValueBounds
{
    internal ColumnChunkInfo(ParquetColumn column, ChunkMetadata metadata)
        : base(column) => Metadata = metadata;

    /// <summary>How its pages are compressed.</summary>
    public CompressionCodec Codec => Metadata.Codec;

    /// <summary>The encodings that the footer lists, those of levels among them.</summary>
    public IReadOnlyList<Encoding> Encodings => Metadata.Encodings;

    /// <summary>Where in the file its first page starts; with <see cref="CompressedBytes"/> the range that a reader needs.</summary>
    public long Offset => Metadata.Start;

    /// <summary>Bytes in the file, page headers included.</summary>
    public long CompressedBytes => Metadata.CompressedBytes;

    /// <summary>Whether the file has an index of its pages, so that some of them may be passed over.</summary>
    public bool HasPageIndex => Metadata.ColumnIndex.Length > 0;

    /// <summary>Bytes after decompression, page headers included.</summary>
    public long UncompressedBytes => Metadata.UncompressedBytes;

    /// <inheritdoc/>
    public override long ValueCount => Metadata.ValueCount;

    /// <inheritdoc/>
    public override long? NullCount => Metadata.NullCount;

    internal ChunkMetadata Metadata { get; }

    private protected override PhysicalType StoredType => Metadata.Type;

    private protected override bool AreLegacy => Metadata.IsMinMaxLegacy;

    private protected override bool TryGetMin(out ReadOnlySpan<byte> bytes) => Metadata.TryGetMin(out bytes);

    private protected override bool TryGetMax(out ReadOnlySpan<byte> bytes) => Metadata.TryGetMax(out bytes);
}
