using System.Diagnostics;
using Streaming.Learning.Training;

namespace Streaming.Cli.Output;

/// <summary>
/// Shows progress on stderr: on a terminal as one line that changes, otherwise as a line every few seconds (a log stays short). What else a run has to
/// say stands in lines of its own.
/// </summary>
sealed class ProgressDisplay : IProgress<TrainingProgress>, IProgress<string>, IDisposable
{
    static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(5);

    readonly CommandConsole console;
    readonly Lock gate = new();
    long lastLine = Stopwatch.GetTimestamp();
    int shown;
    bool closed;

    /// <summary>Creates a display; until something is reported it shows nothing.</summary>
    public ProgressDisplay(CommandConsole console) => this.console = console;

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        lock (gate)
        {
            if (closed)
                return;

            if (console.ErrorWidth is { } width)
            {
                Show(ProgressText.Of(value), width);
            }
            else if (Stopwatch.GetElapsedTime(lastLine) >= LogInterval)
            {
                lastLine = Stopwatch.GetTimestamp();
                console.Error.WriteLine(ProgressText.Of(value));
            }
        }
    }

    /// <inheritdoc/>
    public void Report(string value)
    {
        lock (gate)
        {
            Clear();
            console.Error.WriteLine(OneLine.Of(value));
        }
    }

    /// <summary>Takes the changing line away, so that what comes next stands alone.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            closed = true;
            Clear();
        }
    }

    void Clear()
    {
        if (shown > 0)
            console.Error.Write("\r" + new string(' ', shown) + "\r");

        shown = 0;
    }

    void Show(string text, int width)
    {
        // A line as wide as the terminal would wrap, and '\r' would no longer lead to its start.
        string line = text.Length < width ? text : text[..Math.Max(0, width - 1)];
        console.Error.Write("\r" + line.PadRight(Math.Min(shown, width - 1)));
        shown = line.Length;
    }
}
