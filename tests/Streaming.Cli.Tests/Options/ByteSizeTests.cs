using Streaming.Cli.Options;

namespace Streaming.Cli.Tests.Options;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("1", 1)]
    [InlineData("1000000", 1_000_000)]
    [InlineData("64B", 64)]
    [InlineData("512MB", 512_000_000)]
    [InlineData("512 mb", 512_000_000)]
    [InlineData("512M", 512_000_000)]
    [InlineData("1.5GB", 1_500_000_000)]
    [InlineData("2GiB", 2_147_483_648)]
    [InlineData("2Gi", 2_147_483_648)]
    [InlineData("0.5kib", 512)]
    [InlineData("1TB", 1_000_000_000_000)]
    public void TryParse_OfASize_GivesBytes(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out long found));
        Assert.Equal(bytes, found);
    }

    [Theory]
    [InlineData("")]
    [InlineData("MB")]
    [InlineData("0")]
    [InlineData("0.1B")]
    [InlineData("-1GB")]
    [InlineData("1,5GB")]
    [InlineData("1GBit")]
    [InlineData("1XB")]
    [InlineData("1BB")]
    [InlineData("1e9")]
    [InlineData("NaN")]
    [InlineData("99999999PB")]
    [InlineData("99999999999999999999999999999999")]
    public void TryParse_OfAnythingElse_IsFalse(string text) => Assert.False(ByteSize.TryParse(text, out _));
}
