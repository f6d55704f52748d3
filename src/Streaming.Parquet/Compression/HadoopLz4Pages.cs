using System.Buffers.Binary;
using K4os.Compression.LZ4;

namespace Streaming.Parquet.Compression;

/// <summary>
/// The deprecated LZ4 codec, by K4os.Compression.LZ4. Hadoop puts frames of (uncompressed length, compressed length, raw
/// block) one after another, both lengths with the high byte first; other writers stored a bare raw block.
/// </summary>
sealed class HadoopLz4Pages : PageCodec
{
    const int HeaderBytes = 8;

    public static readonly HadoopLz4Pages Instance = new();

    public override string Name => "LZ4";

    protected override int MaxRatio => 255;

    protected override int DecompressCore(ReadOnlySpan<byte> compressed, Span<byte> destination)
    {
        int written = DecodeFrames(compressed, destination);
        return written == destination.Length ? written : LZ4Codec.Decode(compressed, destination);
    }

    static int DecodeFrames(ReadOnlySpan<byte> compressed, Span<byte> destination)
    {
        int written = 0;
        while (compressed.Length >= HeaderBytes)
        {
            uint plainLength = BinaryPrimitives.ReadUInt32BigEndian(compressed);
            uint blockLength = BinaryPrimitives.ReadUInt32BigEndian(compressed[4..]);
            compressed = compressed[HeaderBytes..];
            if (blockLength > compressed.Length || plainLength > destination.Length - written)
                return -1;

            int n = LZ4Codec.Decode(compressed[..(int)blockLength], destination.Slice(written, (int)plainLength));
            if (n != plainLength)
                return -1;

            written += n;
            compressed = compressed[(int)blockLength..];
        }

        return compressed.IsEmpty ? written : -1;
    }
}
