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
        switch (exception)
        {
            case OperationCanceledException when cancellation.IsCancellationRequested:
                error.WriteLine("cancelled");
                return ExitCode.Cancelled;

            // How .NET says that the file system, or the shell's limit, takes no larger file (EFBIG).
            case ArgumentOutOfRangeException { ParamName: "value" }:
                WriteLine(error, "A file can't be written: the file system, or the shell's limit (ulimit -f), allows no larger one.");
                return ExitCode.Failed;

            case ArgumentException:
                WriteLine(error, exception.Message);
                return ExitCode.Usage;

            case IOException or UnauthorizedAccessException or ParquetException or DatasetException or MemoryBudgetException
                or ModelFileException or DivergenceException or InvalidDataException:
                WriteLine(error, exception.Message);
                return ExitCode.Failed;

            case OutOfMemoryException:
                WriteLine(error, "The .NET heap is full: beside the data, the run holds more than was planned. Give it more memory (--memory).");
                return ExitCode.Failed;

            default:
                WriteLine(error, "this is a bug of streaming; please report it with what follows.");
                error.WriteLine(exception);
                return ExitCode.Failed;
        }
    }

    /// <summary>Writes a message as one line.</summary>
    public static void WriteLine(TextWriter error, string message) =>
        error.WriteLine("error: " + string.Join(' ', message.Split(['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));
}
