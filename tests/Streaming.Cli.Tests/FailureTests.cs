using Streaming.Learning.Data;
using Streaming.Learning.Models;
using Streaming.Parquet;
using Streaming.Storage;

namespace Streaming.Cli.Tests;

public sealed class FailureTests
{
    public static TheoryData<Exception, int> Expected => new()
    {
        { new IOException("no space left"), 1 },
        { new UnauthorizedAccessException("not allowed"), 1 },
        { new ParquetException("broken"), 1 },
        { new DatasetException("no rows"), 1 },
        { new MemoryBudgetException("too little"), 1 },
        { new ModelFileException("a.model", "It is cut.", "Train again."), 1 },
        { new ArgumentException("wrong"), 2 },
    };

    [Theory]
    [MemberData(nameof(Expected))]
    public void Report_OfWhatCanBeExpected_IsOneLine(Exception exception, int code)
    {
        using var error = new StringWriter();
        Assert.Equal(code, Failure.Report(error, exception, CancellationToken.None));
        Assert.Equal($"error: {exception.Message}\n", error.ToString());
    }

    [Fact]
    public void Report_OfABug_TellsTypeMessageAndStack()
    {
        using var error = new StringWriter();
        Assert.Equal(1, Failure.Report(error, Thrown(), CancellationToken.None));
        Assert.StartsWith("error: ", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("System.InvalidOperationException: broken inside", error.ToString(), StringComparison.Ordinal);
        Assert.Contains(nameof(Thrown), error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Report_OfACancellationThatNobodyAskedFor_IsABug()
    {
        using var error = new StringWriter();
        Assert.Equal(1, Failure.Report(error, new OperationCanceledException(), CancellationToken.None));
        Assert.Equal(130, Failure.Report(error, new OperationCanceledException(), new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Report_OfAMessageWithControlCharacters_IsOneLineThatShowsThem()
    {
        using var error = new StringWriter();
        Failure.Report(error, new DatasetException("no column 'a\r\n\tb\u001B[2J\u2028'"), CancellationToken.None);
        Assert.Equal("error: no column 'a\\r\\n\\tb\\u001B[2J\\u2028'\n", error.ToString());
    }

    static Exception Thrown()
    {
        try
        {
            throw new InvalidOperationException("broken inside");
        }
        catch (InvalidOperationException e)
        {
            return e;
        }
    }
}
