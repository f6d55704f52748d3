using Streaming.Parquet.Pages;

namespace Streaming.Parquet.Tests.Pages;

public sealed class PageChecksumTests
{
    [Fact]
    public void Compute_TheCheckString_GivesTheCatalogueValue() =>
        Assert.Equal(0xCBF43926u, PageChecksum.Compute("123456789"u8)); // CRC-32/ISO-HDLC in the catalogue of parametrised CRC algorithms.

    [Fact]
    public void Compute_EveryLength_EqualsByteByByte()
    {
        byte[] bytes = new byte[300];
        new Random(1).NextBytes(bytes);
        for (int length = 0; length <= bytes.Length; length++)
            Assert.Equal(~PageChecksum.ComputeBytes(uint.MaxValue, bytes.AsSpan(0, length)), PageChecksum.Compute(bytes.AsSpan(0, length)));
    }
}
