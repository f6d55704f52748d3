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

    public override unsafe int FindStored(ReadOnlySpan<byte> compressed, int length)
    {
        int header = SnappyBlock.ReadLength(compressed, out long stated);
        if (stated != length || header == 0)
            return -1;

        fixed (byte* source = compressed)
        {
            int literal = SnappyBlock.FindLiteral(source + header, compressed.Length - header, length);
            return literal >= 0 && header + literal + length == compressed.Length ? header + literal : -1;
        }
    }

    protected override int MaxRatio => SnappyBlock.MaxRatio;

    // The data begins with its length; of the two limits the smaller one counts.
    protected override long MostBytes(ReadOnlySpan<byte> compressed, int claimed) =>
        Math.Min(base.MostBytes(compressed, claimed), Snappy.GetUncompressedLength(compressed));

    protected override int DecompressCore(ReadOnlySpan<byte> compressed, Span<byte> destination) =>
        TryDecompressBlocks(compressed, destination) ? destination.Length : Snappy.Decompress(compressed, destination);

    static unsafe bool TryDecompressBlocks(ReadOnlySpan<byte> compressed, Span<byte> destination)
    {
        int used = SnappyBlock.ReadLength(compressed, out long length);
        if (length != destination.Length)
            return false;

        var decoder = new SnappyBlock();
        fixed (byte* source = compressed, target = destination)
        {
            for (int done = 0, n; done < length; done += n)
            {
                n = Math.Min(SnappyBlock.Length, destination.Length - done);
                int read = decoder.Decode(source + used, compressed.Length - used, target + done, 0, n);
                if (read < 0)
                    return false;

                used += read;
            }
        }

        return used == compressed.Length;
    }
}
