using K4os.Compression.LZ4;

namespace Streaming.Parquet.Compression;

/// <summary>
/// Raw LZ4 (lz4_Block_format.md): block by block, also where a page is taken whole, as long literals are copied faster then; by
/// K4os.Compression.LZ4 where that refuses.
/// </summary>
sealed class Lz4RawPages : PageCodec
{
    public static readonly Lz4RawPages Instance = new();

    public override bool CanStream => true;

    public override string Name => "LZ4";

    public override BlockDecoder StartBlocks() => new Lz4Block();

    protected override int MaxRatio => Lz4Block.MaxRatio;

    protected override int DecompressCore(ReadOnlySpan<byte> compressed, Span<byte> destination) =>
        StartBlocks().TryDecodeAll(compressed, destination) ? destination.Length : LZ4Codec.Decode(compressed, destination);
}
