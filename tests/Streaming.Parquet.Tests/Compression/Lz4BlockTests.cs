using K4os.Compression.LZ4;
using Streaming.Parquet.Compression;
using Streaming.Storage;

namespace Streaming.Parquet.Tests.Compression;

/// <summary>The block decoder against K4os, as compressor of what it reads and as the other decompressor.</summary>
public sealed unsafe class Lz4BlockTests
{
    [Theory]
    [InlineData(PageData.Kind.Mixed, LZ4Level.L00_FAST)]
    [InlineData(PageData.Kind.Mixed, LZ4Level.L12_MAX)]
    [InlineData(PageData.Kind.Doubles, LZ4Level.L00_FAST)]
    [InlineData(PageData.Kind.Doubles, LZ4Level.L12_MAX)]
    [InlineData(PageData.Kind.Repeats, LZ4Level.L00_FAST)]
    [InlineData(PageData.Kind.Repeats, LZ4Level.L12_MAX)]
    public void Decode_StoppedAnywhere_GivesBackWhatK4osCompressed(PageData.Kind kind, LZ4Level level)
    {
        using var pool = new BufferPool();
        for (int seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            byte[] plain = PageData.Make(kind, random, random.Next(1, 40_000));
            byte[] compressed = Compress(plain, level);
            (int used, byte[] found) = Decode(pool, compressed, plain.Length, random);
            Assert.Equal(compressed.Length, used);
            Assert.Equal(plain, found);
        }
    }

    [Fact]
    public void Decode_ChangedData_AgreesWithK4osOrRefuses()
    {
        using var pool = new BufferPool();
        int accepted = 0;
        for (int seed = 0; seed < 5000; seed++)
        {
            var random = new Random(seed);
            byte[] plain = PageData.Make((PageData.Kind)(seed % 3), random, random.Next(1, 5000));
            byte[] compressed = Compress(plain, LZ4Level.L00_FAST);
            compressed[random.Next(compressed.Length)] = (byte)random.Next(256);
            (int used, byte[] found) = Decode(pool, compressed, plain.Length, random);
            if (used != compressed.Length)
                continue;

            accepted++;
            byte[] other = new byte[plain.Length];

            // K4os keeps to rules for compressors about the last bytes, on which reading does not depend.
            if (LZ4Codec.Decode(compressed, other) == plain.Length)
                Assert.Equal(other, found);
        }

        Assert.InRange(accepted, 100, 4900);
    }

    [Theory]
    [InlineData(new byte[] { 0x10 })] // Literals that end too early.
    [InlineData(new byte[] { 0xf0, 0xff, 0xff })] // A length that ends too early.
    [InlineData(new byte[] { 0x10, 0x41, 0x01 })] // An offset that ends too early.
    [InlineData(new byte[] { 0x10, 0x41, 0x00, 0x00 })] // A match from offset 0.
    [InlineData(new byte[] { 0x10, 0x41, 0x02, 0x00 })] // A match from before the beginning.
    [InlineData(new byte[] { 0x1f, 0x41, 0x01, 0x00, 0xff })] // A match whose length ends too early.
    public void Decode_BrokenSequence_IsRefused(byte[] compressed)
    {
        using var pool = new BufferPool();
        Assert.Equal(-1, Decode(pool, compressed, 11, new Random(1)).Used);
    }

    // A literal and a match of up to 18 bytes by turns, so that offsets of every size stand at every place before both ends, and one of them is wrong.
    [Fact]
    public void Decode_WrongOffsetAnywhere_IsRefusedWithoutTouchingMore()
    {
        using var pool = new BufferPool();
        for (int seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            List<byte> compressed = [];
            int length = 0;
            int sequences = random.Next(1, 40);
            int wrong = random.Next(sequences);
            for (int i = 0; i < sequences; i++)
            {
                int literals = random.Next(1, 15);
                int match = random.Next(15);
                length += literals;
                int offset = i != wrong ? random.Next(1, length + 1) : random.Next(3) == 0 ? 0 : length + random.Next(1, 70);
                compressed.AddRange([(byte)((literals << 4) | match), .. Enumerable.Range(0, literals).Select(_ => (byte)random.Next(256)), (byte)offset, (byte)(offset >> 8)]);
                length += match + 4;
            }

            // What follows lets the wrong one be far from the end of the data, or near it.
            int rest = random.Next(13);
            compressed.AddRange([(byte)(rest << 4), .. new byte[rest]]);
            Assert.Equal(-1, Decode(pool, [.. compressed], length + rest, random).Used);
        }
    }

    static byte[] Compress(byte[] plain, LZ4Level level)
    {
        byte[] compressed = new byte[LZ4Codec.MaximumOutputSize(plain.Length)];
        return compressed[..LZ4Codec.Encode(plain, compressed, level)];
    }

    // In blocks of any length, each with the bytes behind it that are promised, and where nothing else may be touched.
    static (int Used, byte[] Plain) Decode(BufferPool pool, byte[] compressed, int length, Random random)
    {
        using NativeBuffer source = pool.Rent(compressed.Length, "a test");
        using NativeBuffer target = pool.Rent(64 + length + BlockDecoder.Slack, "a test");
        compressed.CopyTo(source.Span);
        byte* start = target.Pointer + 64;
        var before = new Span<byte>(target.Pointer, 64);
        before.Fill(0xa5);
        var decoder = new Lz4Block();
        int used = 0;
        for (int done = 0; done < length;)
        {
            int n = Math.Min(length - done, random.Next(4) == 0 ? random.Next(1, 30) : random.Next(1, decoder.BlockBytes + 1));
            var behind = new Span<byte>(start + done + n + BlockDecoder.Slack, length - done - n);
            behind.Fill(0xa5);
            int most = Math.Min(compressed.Length - used, n + (length - done) / 255 + 16);
            int read = decoder.Decode(source.Pointer + used, most, start + done, done, n);
            if (read < 0)
                return (-1, []);

            used += read;
            done += n;
            Assert.False(behind.ContainsAnyExcept((byte)0xa5));
        }

        Assert.False(before.ContainsAnyExcept((byte)0xa5));
        return (used, new Span<byte>(start, length).ToArray());
    }
}
