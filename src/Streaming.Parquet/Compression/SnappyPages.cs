using Snappier;

namespace Streaming.Parquet.Compression;

/// <summary>Raw Snappy blocks (google/snappy, format_description.txt), by Snappier.</summary>
sealed class SnappyPages : PageCodec
{
    public static readonly SnappyPages Instance = new();

    protected override string Name => "Snappy";

    // A copy of 64 bytes takes 3.
    protected override int MaxRatio => 22;

    protected override long? StatedLength(ReadOnlySpan<byte> compressed)
    {
        long length = 0;
        for (int i = 0; i < Math.Min(5, compressed.Length); i++)
        {
            length |= (long)(compressed[i] & 127) << (7 * i);
            if (compressed[i] < 128)
                return length;
        }

        return null;
    }

    protected override int DecompressCore(ReadOnlySpan<byte> compressed, Span<byte> destination) =>
        Snappy.Decompress(compressed, destination);
}
