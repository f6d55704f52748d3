using K4os.Compression.LZ4;
using Snappier;
using Streaming.Parquet.Compression;

namespace Streaming.Parquet.Tests.Compression;

/// <summary>Compressed data that holds its bytes as they are is found to, and nothing else is.</summary>
public sealed class StoredBytesTests
{
    [Theory]
    [InlineData(CompressionCodec.Snappy)]
    [InlineData(CompressionCodec.Lz4Raw)]
    public void FindStored_OfWhatDoesNotRepeat_GivesWhereItStands(CompressionCodec codec)
    {
        foreach (int length in (int[])[1, 14, 15, 16, 59, 60, 61, 62, 269, 270, 271, 525, 5000, 60_000])
        {
            byte[] plain = new byte[length];
            new Random(length).NextBytes(plain);
            byte[] compressed = Compress(codec, plain);
            int front = PageCodec.Of(codec).FindStored(WithSlack(compressed), length);
            Assert.InRange(front, 1, 300);
            Assert.Equal(plain, compressed[front..]);

            // One byte more or less on either side.
            Assert.Equal(-1, PageCodec.Of(codec).FindStored(WithSlack(compressed), length + 1));
            Assert.Equal(-1, PageCodec.Of(codec).FindStored(WithSlack(compressed), length - 1));
            Assert.Equal(-1, PageCodec.Of(codec).FindStored(WithSlack([.. compressed, 0]), length));
            Assert.Equal(-1, PageCodec.Of(codec).FindStored(WithSlack(compressed[..^1]), length));
        }
    }

    [Theory]
    [InlineData(CompressionCodec.Snappy)]
    [InlineData(CompressionCodec.Lz4Raw)]
    public void FindStored_OfWhatRepeatsOrIsNotThere_IsNot(CompressionCodec codec)
    {
        Assert.Equal(-1, PageCodec.Of(codec).FindStored(WithSlack(Compress(codec, new byte[1000])), 1000));
        for (int length = 0; length < 4; length++)
            Assert.Equal(-1, PageCodec.Of(codec).FindStored(WithSlack([.. Enumerable.Repeat((byte)255, length)]), 0));
    }

    static byte[] Compress(CompressionCodec codec, byte[] plain)
    {
        if (codec == CompressionCodec.Snappy)
            return Snappy.CompressToArray(plain);

        byte[] compressed = new byte[LZ4Codec.MaximumOutputSize(plain.Length)];
        return compressed[..LZ4Codec.Encode(plain, compressed)];
    }

    // As in a buffer of the pool.
    static ReadOnlySpan<byte> WithSlack(byte[] bytes) => ((byte[])[.. bytes, .. new byte[BlockDecoder.Slack]]).AsSpan(0, bytes.Length);
}
