using Streaming.Cli.Output;

namespace Streaming.Cli.Tests.Output;

public sealed class FiguresTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1000, "1.0 kB")]
    [InlineData(13_493_022, "13.5 MB")]
    [InlineData(999_600, "1.0 MB")]
    [InlineData(512_000_000_000, "512 GB")]
    public void Bytes_AreScaledByThousands(double bytes, string text) => Assert.Equal(text, Figures.Bytes(bytes));

    [Theory]
    [InlineData(17, "17")]
    [InlineData(323_456, "323 k")]
    [InlineData(2_400_000, "2.4 M")]
    public void Rate_IsScaledByThousands(double rate, string text) => Assert.Equal(text, Figures.Rate(rate));

    [Theory]
    [InlineData(3, "3")]
    [InlineData(-120231, "-120231")]
    [InlineData(0.79977433, "0.799774")]
    [InlineData(1e-7, "1E-07")]
    [InlineData(double.PositiveInfinity, "Infinity")]
    public void Value_HasSixDigitsAndWholeNumbersInFull(double value, string text) => Assert.Equal(text, Figures.Value(value));

    [Theory]
    [InlineData(0.1234, "0.12 s")]
    [InlineData(127, "2:07")]
    [InlineData(3727, "1:02:07")]
    [InlineData(100_000, "27:46:40")]
    public void Duration_IsSecondsOrAClock(double seconds, string text) => Assert.Equal(text, Figures.Duration(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Count_AgreesWithItsNoun()
    {
        Assert.Equal("1 row", Figures.Count(1, "row"));
        Assert.Equal("3,000,000 rows", Figures.Count(3_000_000, "row"));
        Assert.Equal("2 passes", Figures.Count(2, "pass"));
    }
}
