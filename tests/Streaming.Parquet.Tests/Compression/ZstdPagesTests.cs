using Streaming.Parquet.Compression;
using ZstdSharp;

namespace Streaming.Parquet.Tests.Compression;

/// <summary>The C library and ZstdSharp, which stands in where that can't be loaded, one against the other.</summary>
public sealed class ZstdPagesTests
{
    static readonly ZstdPages Native = new(isNative: true);
    static readonly ZstdPages Managed = new(isNative: false);

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(300_001)]
    public void Decompress_ByEither_GivesThePageBack(int length)
    {
        byte[] plain = PageData.Make(new Random(length), length);
        using var compressor = new Compressor(3);

        // Several frames are one page.
        byte[] compressed = [.. compressor.Wrap(plain.AsSpan(0, length / 3)), .. compressor.Wrap(plain.AsSpan(length / 3))];
        Assert.Equal(plain, Read(Native, compressed, length));
        Assert.Equal(plain, Read(Managed, compressed, length));
    }

    [Fact]
    public void Decompress_ChangedData_AgreesOrIsRefusedByBoth()
    {
        using var compressor = new Compressor(3);
        int refused = 0;
        for (int seed = 0; seed < 1000; seed++)
        {
            var random = new Random(seed);
            byte[] plain = PageData.Make(random, random.Next(1, 3000));
            byte[] compressed = compressor.Wrap(plain).ToArray();
            compressed[random.Next(compressed.Length)] = (byte)random.Next(256);
            byte[]? native = Read(Native, compressed, plain.Length);
            Assert.Equal(native, Read(Managed, compressed, plain.Length));
            refused += native is null ? 1 : 0;
        }

        Assert.InRange(refused, 50, 950);
    }

    [Theory]
    [InlineData(99)]
    [InlineData(101)]
    public void Decompress_ToAnotherLength_IsRefusedByBoth(int length)
    {
        using var compressor = new Compressor(3);
        byte[] compressed = compressor.Wrap(new byte[100]).ToArray();
        Assert.Null(Read(Native, compressed, length));
        Assert.Null(Read(Managed, compressed, length));
    }

    static byte[]? Read(ZstdPages codec, byte[] compressed, int length)
    {
        byte[] found = new byte[length];
        try
        {
            codec.Decompress(compressed, found);
            return found;
        }
        catch (ParquetException)
        {
            return null;
        }
    }
}
