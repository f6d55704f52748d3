using Streaming.Cli.Output;

namespace Streaming.Cli.Tests.Output;

public sealed class ShellTextTests
{
    [Theory]
    [InlineData("fit data/*.parquet", "fit 'data/*.parquet'")]
    [InlineData("--where x>1|and|it's", "--where 'x>1 and it'\\''s'")]
    [InlineData("a ", "a ''")]
    public void Of_QuotesWhatAShellWouldChange(string words, string wanted) =>
        Assert.Equal(wanted, ShellText.Of(words.Split(' ').Select(w => w.Replace('|', ' '))));
}
