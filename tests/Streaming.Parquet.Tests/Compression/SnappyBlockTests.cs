using Snappier;
using Streaming.Parquet.Compression;
using Streaming.Storage;

namespace Streaming.Parquet.Tests.Compression;

/// <summary>The block decoder against Snappier, as compressor of what it reads and as the other decompressor.</summary>
public sealed unsafe class SnappyBlockTests
{
    [Fact]
    public void Decode_WhatSnappierCompressed_GivesItBack()
    {
        using var pool = new BufferPool();
        for (int seed = 0; seed < 400; seed++)
        {
            byte[] plain = PageData.Make((PageData.Kind)(seed % 4), new Random(seed), new Random(seed).Next(1, SnappyBlock.Length + 1));
            byte[] compressed = Snappy.CompressToArray(plain);
            int header = SnappyBlock.ReadLength(compressed, out long length);
            Assert.Equal(plain.Length, length);
            (int used, byte[] found) = Decode(pool, compressed[header..], plain.Length);
            Assert.Equal(compressed.Length - header, used);
            Assert.Equal(plain, found);
        }
    }

    [Fact]
    public void Decode_ChangedData_AgreesWithSnappierOrRefuses()
    {
        using var pool = new BufferPool();
        int accepted = 0;
        for (int seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            byte[] plain = PageData.Make((PageData.Kind)(seed % 4), random, random.Next(1, 5000));
            byte[] compressed = Snappy.CompressToArray(plain);
            int header = SnappyBlock.ReadLength(compressed, out _);
            compressed[random.Next(header, compressed.Length)] = (byte)random.Next(256);
            (int used, byte[] found) = Decode(pool, compressed[header..], plain.Length);
            if (used != compressed.Length - header)
                continue;

            accepted++;
            Assert.Equal(Snappy.DecompressToArray(compressed), found);
        }

        Assert.InRange(accepted, 100, 2900);
    }

    [Theory]
    [InlineData(new byte[] { 0x01, 0x00 })] // A copy with nothing before it.
    [InlineData(new byte[] { 0x00, 0x41, 0x05, 0x00 })] // A copy from offset 0.
    [InlineData(new byte[] { 0xfc, 0xff, 0xff, 0xff, 0xff })] // A literal of 4 GiB.
    [InlineData(new byte[] { 0x28, 0x41 })] // A literal that ends too early.
    [InlineData(new byte[] { 0x02 })] // A copy that ends too early.
    public void Decode_BrokenElement_IsRefused(byte[] compressed)
    {
        using var pool = new BufferPool();
        Assert.Equal(-1, Decode(pool, compressed, 11).Used);
    }

    [Theory]
    [InlineData(new byte[] { 0x01, 0x00 })] // A copy with nothing before it.
    [InlineData(new byte[] { 0x00, 0x41, 0x01, 0x00 })] // A copy from offset 0, which takes a byte.
    [InlineData(new byte[] { 0x00, 0x41, 0x0e, 0x00, 0x00 })] // The same, in two bytes.
    [InlineData(new byte[] { 0x00, 0x41, 0x0e, 0x02, 0x00 })] // A copy from before the beginning.
    [InlineData(new byte[] { 0x00, 0x41, 0x0f, 0x02, 0x00, 0x00, 0x00 })] // The same, in four bytes.
    public void Decode_BrokenCopyFarFromTheEnd_IsRefused(byte[] compressed)
    {
        // Behind it literals of one byte.
        using var pool = new BufferPool();
        Assert.Equal(-1, Decode(pool, [.. compressed, .. new byte[1000]], 300).Used);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 0)]
    [InlineData(15, 0)]
    [InlineData(16, 0)]
    [InlineData(63, 0)]
    [InlineData(64, 0)]
    [InlineData(63, 1000)]
    public void Decode_CopiesOfEverySizeAndDistance_GiveWhatTheFormatSays(int literals, int chained)
    {
        using var pool = new BufferPool();
        for (int size = 1; size <= 64; size++)
        {
            for (int offset = 1; offset <= literals; offset++)
            {
                (List<byte> compressed, List<byte> expected) = Chained(chained);
                byte[] literal = [.. Enumerable.Range(1, literals).Select(i => (byte)i)];
                expected.AddRange(literal);
                compressed.AddRange([60 << 2, (byte)(literals - 1), .. literal, (byte)((size - 1) << 2 | 2), (byte)offset, 0]);
                for (int i = 0; i < size; i++)
                    expected.Add(expected[^offset]);

                // So many elements behind it that it is far from both ends.
                for (int i = 0; i < 300; i++)
                {
                    expected.Add((byte)i);
                    compressed.AddRange([0, (byte)i]);
                }

                (int used, byte[] found) = Decode(pool, [.. compressed], expected.Count);
                Assert.Equal(compressed.Count, used);
                Assert.Equal(expected, found);
            }
        }
    }

    [Theory]
    [InlineData(new byte[] { 0x01, 0x00 })] // A copy from offset 0, which takes a byte.
    [InlineData(new byte[] { 0x0e, 0x00, 0x00 })] // The same, in two bytes.
    [InlineData(new byte[] { 0x7e, 0x00, 0x00 })] // The same, of 32 bytes.
    [InlineData(new byte[] { 0x0e, 0xff, 0xff })] // A copy from before the beginning.
    [InlineData(new byte[] { 0x7e, 0xff, 0xff })] // The same, of 32 bytes.
    public void Decode_BrokenCopyAmongCopies_IsRefused(byte[] broken)
    {
        using var pool = new BufferPool();
        (List<byte> compressed, List<byte> plain) = Chained(1000);
        (List<byte> more, List<byte> rest) = Chained(300);
        Assert.Equal(-1, Decode(pool, [.. compressed, .. broken, .. more], plain.Count + rest.Count).Used);
    }

    // Two copies of four or five bytes behind each literal of one, from distances of one byte and of two.
    static (List<byte> Compressed, List<byte> Plain) Chained(int copies)
    {
        List<byte> compressed = [];
        List<byte> plain = [];
        for (int i = 0; i < copies; i++)
        {
            if (i % 2 == 0)
            {
                compressed.AddRange([0, (byte)i]);
                plain.Add((byte)i);
            }

            int size = 4 + i % 2;
            int offset = Math.Min(plain.Count, 1 + i * 7 % 40);
            compressed.AddRange(i % 3 == 0 ? [(byte)((size - 1) << 2 | 2), (byte)offset, 0] : [(byte)((size - 4) << 2 | 1), (byte)offset]);
            for (int k = 0; k < size; k++)
                plain.Add(plain[^offset]);
        }

        return (compressed, plain);
    }

    static (int Used, byte[] Plain) Decode(BufferPool pool, byte[] compressed, int length)
    {
        using NativeBuffer source = pool.Rent(compressed.Length, "a test");
        using NativeBuffer target = pool.Rent(length, "a test");
        compressed.CopyTo(source.Span);
        int used = new SnappyBlock().Decode(source.Pointer, compressed.Length, target.Pointer, 0, length);
        return (used, target.Span[..length].ToArray());
    }
}
