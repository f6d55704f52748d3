using K4os.Compression.LZ4;
using Snappier;
using Streaming.Parquet.Compression;
using Streaming.Parquet.Pages;
using Streaming.Parquet.Tests.Compression;
using Streaming.Storage;

namespace Streaming.Parquet.Tests.Pages;

public sealed unsafe class BlockFeedTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(300_001)]
    public void Read_SnappyInPiecesOfAnySize_GivesThePageBack(int length)
    {
        byte[] plain = PageData.Make(new Random(length), length);
        Assert.Equal(plain, ReadAll(Snappy.CompressToArray(plain), plain.Length, seed: 1));
    }

    [Fact]
    public void Read_SnappyOfWholeLiterals_GivesThePageBack()
    {
        // Blocks that are one literal each are shown where they lie; one with repetitions stands between them.
        byte[] plain = new byte[300_001];
        new Random(12).NextBytes(plain);
        plain.AsSpan(140_000, 5000).Clear();
        byte[] compressed = Snappy.CompressToArray(plain);
        Assert.InRange(compressed.Length, plain.Length - 5000, plain.Length - 4000);
        for (int seed = 20; seed < 30; seed++)
            Assert.Equal(plain, ReadAll(compressed, plain.Length, seed));
    }

    [Fact]
    public void Read_LiteralThatEndsTooEarly_IsRefused()
    {
        byte[] plain = PageData.Make(new Random(13), 131_072);
        byte[] compressed = [.. Varint(131_072), .. Literal(plain.AsSpan(0, 65_536)), .. Literal(plain.AsSpan(65_536))];
        Assert.Equal(plain, ReadAll(compressed, plain.Length, seed: 30));
        Assert.Throws<ParquetException>(() => ReadAll(compressed[..^1], plain.Length, seed: 31));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(32_768)]
    [InlineData(163_841)]
    [InlineData(1_000_001)]
    public void Read_Lz4InPiecesOfAnySize_GivesThePageBack(int length)
    {
        byte[] plain = PageData.Make(new Random(length), length);
        Assert.Equal(plain, ReadAll(Lz4(plain), plain.Length, seed: 6, CompressionCodec.Lz4Raw));
    }

    [Fact]
    public void Read_Lz4OfBytesThatDoNotRepeat_GivesThePageBack()
    {
        // One run of literals, whose length alone takes 20 KB before the first of them.
        byte[] plain = new byte[5_000_000];
        new Random(10).NextBytes(plain);
        Assert.Equal(plain, ReadAll(Lz4(plain), plain.Length, seed: 7, CompressionCodec.Lz4Raw));
    }

    [Fact]
    public void Read_Lz4ThatIsBrokenInAnyPlace_IsRefusedOrAsLong()
    {
        byte[] plain = PageData.Make(new Random(11), 200_000);
        byte[] compressed = Lz4(plain);
        int refused = 0;
        for (int seed = 0; seed < 200; seed++)
        {
            byte[] changed = [.. compressed];
            changed[new Random(seed).Next(changed.Length)] ^= (byte)new Random(seed).Next(1, 256);
            byte[] whole = new byte[plain.Length];
            bool isWhole = LZ4Codec.Decode(changed, whole) == plain.Length;
            try
            {
                Assert.Equal(whole, ReadAll(changed, plain.Length, seed, CompressionCodec.Lz4Raw));
            }
            catch (ParquetException)
            {
                Assert.False(isWhole);
                refused++;
            }
        }

        Assert.InRange(refused, 5, 195);
    }

    [Fact]
    public void Read_DataThatIsNotCutIntoBlocks_TakesTheWholePage()
    {
        byte[] plain = PageData.Make(new Random(7), 200_000);

        // One literal of 150,000 bytes, then another one: the second begins in the middle of a block.
        byte[] compressed = [.. Varint(200_000), .. Literal(plain.AsSpan(0, 150_000)), .. Literal(plain.AsSpan(150_000))];
        Assert.Equal(plain, Snappy.DecompressToArray(compressed));
        Assert.Equal(plain, ReadAll(compressed, plain.Length, seed: 2));
    }

    [Fact]
    public void Read_RepetitionAcrossBlocks_TakesTheWholePage()
    {
        byte[] first = PageData.Make(new Random(8), 65_536);

        // A block of its own, then copies of 64 bytes from 65,536 bytes back, which no 64 KiB compressor writes.
        List<byte> compressed = [.. Varint(65_536 + 640), .. Literal(first)];
        for (int i = 0; i < 10; i++)
            compressed.AddRange([(63 << 2) | 3, 0, 0, 1, 0]);

        Assert.Equal([.. first, .. first[..640]], ReadAll([.. compressed], 65_536 + 640, seed: 3));
    }

    [Fact]
    public void Open_WithAnotherLength_IsRefused()
    {
        var e = Assert.Throws<ParquetException>(() => ReadAll(Snappy.CompressToArray(new byte[1000]), 1001, seed: 4));
        Assert.Equal("the page should hold 1001 bytes, its Snappy data says 1000.", e.Message);
    }

    [Fact]
    public void Read_BrokenData_IsRefused()
    {
        byte[] compressed = Snappy.CompressToArray(PageData.Make(new Random(9), 200_000));
        compressed.AsSpan(compressed.Length / 2).Clear();
        Assert.Throws<ParquetException>(() => ReadAll(compressed, 200_000, seed: 5));
    }

    static byte[] Lz4(byte[] plain)
    {
        byte[] compressed = new byte[LZ4Codec.MaximumOutputSize(plain.Length)];
        return compressed[..LZ4Codec.Encode(plain, compressed)];
    }

    static byte[] ReadAll(byte[] compressed, int length, int seed, CompressionCodec name = CompressionCodec.Snappy)
    {
        PageCodec codec = PageCodec.Of(name);
        using var pool = new BufferPool();
        byte[] found = new byte[length];
        var source = new MemorySource("x", compressed);
        try
        {
            using var window = new ChunkWindow(source, pool, 0, compressed.Length, isStreamed: true);
            using var feed = new BlockFeed(source, pool, window, codec, codec.StartBlocks(), compressed.Length, length);
            var random = new Random(seed);
            for (int done = 0; done < length;)
            {
                int least = random.Next(1, 17);
                byte* bytes = feed.Peek(least, out int available);
                Assert.True(available >= Math.Min(least, length - done));
                int n = random.Next(2) == 0 ? Math.Min(available, least) : available;
                new ReadOnlySpan<byte>(bytes, n).CopyTo(found.AsSpan(done));
                feed.Advance(n);
                done += n;
            }

            feed.Peek(1, out int behind);
            Assert.Equal(0, behind);
        }
        finally
        {
            Assert.InRange(pool.RentedBytes, 0, 0);
        }

        return found;
    }

    static byte[] Varint(int value)
    {
        List<byte> bytes = [];
        for (; value >= 128; value >>= 7)
            bytes.Add((byte)(value | 128));

        return [.. bytes, (byte)value];
    }

    static byte[] Literal(ReadOnlySpan<byte> bytes)
    {
        int n = bytes.Length - 1;
        return [62 << 2, (byte)n, (byte)(n >> 8), (byte)(n >> 16), .. bytes];
    }
}
