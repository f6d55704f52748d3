namespace Streaming.Cli.Output;

/// <summary>Where a command writes: results to <see cref="Out"/>, progress and errors to <see cref="Error"/>.</summary>
/// <param name="Out">Results.</param>
/// <param name="Error">Progress and errors.</param>
sealed record CommandConsole(TextWriter Out, TextWriter Error)
{
    /// <summary>Columns of the terminal that shows <see cref="Out"/>; null where it is a file or a pipe.</summary>
    public int? OutWidth { get; init; }

    /// <summary>Columns of the terminal that shows <see cref="Error"/>; null where it is a file or a pipe.</summary>
    public int? ErrorWidth { get; init; }

    /// <summary>The console of this process.</summary>
    public static CommandConsole OfProcess() => new(StandardStreams.Out, StandardStreams.Err)
    {
        OutWidth = Console.IsOutputRedirected ? null : TerminalWidth(),
        ErrorWidth = Console.IsErrorRedirected ? null : TerminalWidth(),
    };

    // Some terminals do not know their width and say 0.
    static int TerminalWidth() => Console.WindowWidth > 0 ? Console.WindowWidth : 80;
}
