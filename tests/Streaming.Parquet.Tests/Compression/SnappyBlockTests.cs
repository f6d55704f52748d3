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
            byte[] plain = SnappyData.Make(new Random(seed), new Random(seed).Next(1, SnappyBlock.Length + 1));
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
            byte[] plain = SnappyData.Make(random, random.Next(1, 3000));
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

    static (int Used, byte[] Plain) Decode(BufferPool pool, byte[] compressed, int length)
    {
        using NativeBuffer source = pool.Rent(compressed.Length, "a test");
        using NativeBuffer target = pool.Rent(length, "a test");
        compressed.CopyTo(source.Span);
        int used = SnappyBlock.Decode(source.Pointer, compressed.Length, target.Pointer, length);
        return (used, target.Span[..length].ToArray());
    }
}

/// <summary>Bytes that are partly random, partly runs, partly repetitions from near and far.</summary>
static class SnappyData
{
    public static byte[] Make(Random random, int length)
    {
        List<byte> bytes = [];
        while (bytes.Count < length)
        {
            int n = random.Next(1, 100);
            switch (random.Next(3))
            {
                case 0:
                    bytes.AddRange(Enumerable.Range(0, n).Select(_ => (byte)random.Next(256)));
                    break;
                case 1:
                    bytes.AddRange(Enumerable.Repeat((byte)random.Next(256), n));
                    break;
                case 2 when bytes.Count > 0:
                    int from = Math.Max(0, bytes.Count - random.Next(1, 70));
                    for (int i = 0; i < n; i++)
                        bytes.Add(bytes[from + i]);
                    break;
            }
        }

        return [.. bytes[..length]];
    }
}
