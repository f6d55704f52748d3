using K4os.Compression.LZ4;

namespace Streaming.Parquet.Compression;

/// <summary>Raw LZ4 blocks (lz4_Block_format.md), by K4os.Compression.LZ4.</summary>
sealed class Lz4RawPages : PageCodec
{
    public static readonly Lz4RawPages Instance = new();

    public override bool CanStream => true;

    public override string Name => "LZ4";

    public override BlockDecoder StartBlocks() => new Lz4Block();

    public override unsafe int FindStored(ReadOnlySpan<byte> compressed, int length)
    {
        fixed (byte* source = compressed)
        {
            int front = Lz4Block.ReadLiteralLength(source, compressed.Length, out long literals);
            return front > 0 && literals == length && front + literals == compressed.Length ? front : -1;
        }
    }

    protected override int MaxRatio => Lz4Block.MaxRatio;

    protected override int DecompressCore(ReadOnlySpan<byte> compressed, Span<byte> destination) =>
        LZ4Codec.Decode(compressed, destination);
}
