using Streaming.Parquet.Format;

namespace Streaming.Parquet;

/// <summary>A column chunk (one column's values in one row group) as the footer describes it.</summary>
public sealed class ColumnChunkInfo : ValueBounds
{
    // In UTF-16, where surrogates come before U+E000, texts have another order from here on than in UTF-8.
    const byte FirstByteOfOtherOrder = 0xEE;

    readonly bool areBoundsDoubtful;

    /// <summary>Describes a chunk.</summary>
    /// <param name="column">Its column.</param>
    /// <param name="metadata">What the footer says.</param>
    /// <param name="isDoubtful">
    /// Whether the file is one of Parquet.Net's, which up to 6.1.0 at least notes the bounds of times in milliseconds whatever their unit, and those of texts by UTF-16.
    /// </param>
    internal ColumnChunkInfo(ParquetColumn column, ChunkMetadata metadata, bool isDoubtful)
        : base(column)
    {
        Metadata = metadata;
        areBoundsDoubtful = isDoubtful && (column.Kind == ColumnKind.Text ? MayBeOfOtherOrder() : column.Unit != null && column.PhysicalType == PhysicalType.Int64);
    }

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

    private protected override bool TryGetMin(out ReadOnlySpan<byte> bytes) => Metadata.TryGetMin(out bytes) && !areBoundsDoubtful;

    private protected override bool TryGetMax(out ReadOnlySpan<byte> bytes) => Metadata.TryGetMax(out bytes) && !areBoundsDoubtful;

    // The bound that was chosen in the wrong order has such a byte where another text would have been the right one.
    bool MayBeOfOtherOrder() =>
        (Metadata.TryGetMin(out ReadOnlySpan<byte> min) && min.ContainsAnyInRange(FirstByteOfOtherOrder, byte.MaxValue))
        || (Metadata.TryGetMax(out ReadOnlySpan<byte> max) && max.ContainsAnyInRange(FirstByteOfOtherOrder, byte.MaxValue));
}
