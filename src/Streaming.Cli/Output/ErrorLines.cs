namespace Streaming.Cli.Output;

/// <summary>Writes what a run has to say, line by line, where errors go.</summary>
sealed class ErrorLines(CommandConsole console) : IProgress<string>
{
    /// <inheritdoc/>
    public void Report(string value) => console.Error.WriteLine(value);
}
