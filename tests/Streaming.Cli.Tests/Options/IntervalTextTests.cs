using Streaming.Cli.Options;

namespace Streaming.Cli.Tests.Options;

public sealed class IntervalTextTests
{
    [Theory]
    [InlineData("1", 1)]
    [InlineData("250K", 250_000)]
    [InlineData("1.5M", 1_500_000)]
    [InlineData("2G", 2_000_000_000)]
    public void Parse_Rows_CountsThem(string text, int rows)
    {
        var interval = IntervalText.Parse(text);
        Assert.NotNull(interval);
        Assert.False(rows > 1 && interval.IsDue(rows - 1));
        Assert.True(interval.IsDue(1));
        interval.Restart();
        Assert.Equal(rows == 1, interval.IsDue(1));
    }

    [Theory]
    [InlineData("1ms", true)]
    [InlineData("60s", false)]
    [InlineData("5m", false)]
    [InlineData("1h", false)]
    public async Task Parse_Time_Waits(string text, bool isShort)
    {
        var interval = IntervalText.Parse(text);
        Assert.NotNull(interval);
        await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.Equal(isShort, interval.IsDue(1_000_000_000));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("0s")]
    [InlineData("-1")]
    [InlineData("s")]
    [InlineData("10 s")]
    [InlineData("1d")]
    [InlineData("99999999999999999999")]
    public void Parse_AnythingElse_IsRefused(string text) => Assert.Null(IntervalText.Parse(text));
}
