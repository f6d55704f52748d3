using Streaming.Cli.Output;
using Streaming.Learning.Data;
using Streaming.Learning.Models;
using Streaming.Learning.Passes;
using Streaming.Parquet;
using Streaming.Storage;

namespace Streaming.Cli;

/// <summary>Tells the user what went wrong: one line for what can be expected, all there is to know for a bug.</summary>
static class Failure
{
    /// <summary>Writes what happened.</summary>
    /// <param name="error">Where errors go.</param>
    /// <param name="exception">What happened.</param>
    /// <param name="cancellation">Whether the user asked to stop.</param>
    /// <returns>The exit code.</returns>
    public static int Report(TextWriter error, Exception exception, CancellationToken cancellation)
    {
        (int code, string text) = Describe(exception, cancellation);
        try
        {
            error.WriteLine(text);
        }
        catch (IOException)
        {
            // Errors go to a full disk, as a rule: the exit code is all that is left to tell.
        }

        return code;
    }

    static (int Code, string Text) Describe(Exception exception, CancellationToken cancellation) => exception switch
    {
        OperationCanceledException when cancellation.IsCancellationRequested => (ExitCode.Cancelled, "cancelled"),

        // How .NET says that the file system, or the shell's limit, takes no larger file (EFBIG).
        ArgumentOutOfRangeException { ParamName: "value" } =>
            (ExitCode.Failed, Line("A file can't be written: the file system, or the shell's limit (ulimit -f), allows no larger one.")),

        ArgumentException => (ExitCode.Usage, Line(exception.Message)),
        IOException or UnauthorizedAccessException or ParquetException or DatasetException or MemoryBudgetException
            or ModelFileException or DivergenceException or InvalidDataException => (ExitCode.Failed, Line(exception.Message)),

        OutOfMemoryException =>
            (ExitCode.Failed, Line("The .NET heap is full: beside the data, the run holds more than was planned. Give it more memory (--memory).")),

        _ => (ExitCode.Failed, Line("this is a bug of streaming; please report it with what follows.") + Environment.NewLine + exception),
    };

    /// <summary>Writes a message as one line.</summary>
    public static void WriteLine(TextWriter error, string message) => error.WriteLine(Line(message));

    static string Line(string message) => "error: " + OneLine.Of(message);
}
