using K4os.Compression.LZ4;

namespace Streaming.Parquet.Compression;

/// <summary>Raw LZ4 blocks (lz4_Block_format.md), by K4os.Compression.LZ4.</summary>
sealed class Lz4RawPages : PageCodec
{
    public static readonly Lz4RawPages Instance = new();

    protected override string Name => "LZ4";

    // A match grows by 255 with each byte of its length.
    protected override int MaxRatio => 255;

    protected override int DecompressCore(ReadOnlySpan<byte> compressed, Span<byte> destination) =>
        LZ4Codec.Decode(compressed, destination);
}
