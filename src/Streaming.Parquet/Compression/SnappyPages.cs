using Snappier;

namespace Streaming.Parquet.Compression;

/// <summary>
/// Raw Snappy data (google/snappy, format_description.txt): block by block, and by Snappier where it is not cut into blocks or broken. Snappier
/// copies everything once more, as it is made for streams.
/// </summary>
sealed class SnappyPages : PageCodec
{
    public static readonly SnappyPages Instance = new();

    public override bool CanStream => true;

    public override string Name => "Snappy";

    public override BlockDecoder StartBlocks() => new SnappyBlock();

    protected override int MaxRatio => SnappyBlock.MaxRatio;

    // The data begins with its length; of the two limits the smaller one counts.
    protected override long MostBytes(ReadOnlySpan<byte> compressed, int claimed) =>
        Math.Min(base.MostBytes(compressed, claimed), Snappy.GetUncompressedLength(compressed));

    protected override int DecompressCore(ReadOnlySpan<byte> compressed, Span<byte> destination) =>
        StartBlocks().TryDecodeAll(compressed, destination) ? destination.Length : Snappy.Decompress(compressed, destination);
}
