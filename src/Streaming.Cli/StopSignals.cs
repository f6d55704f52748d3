using System.Runtime.InteropServices;

namespace Streaming.Cli;

/// <summary>
/// Turns Ctrl-C and SIGTERM into cancellation, so that a run ends between two tiles and takes its unfinished files with it. A second
/// signal ends the process soon, whatever the run does.
/// </summary>
sealed class StopSignals : IDisposable
{
    // SIGXFSZ: a file has grown as far as the shell's limit (ulimit -f) allows.
    const PosixSignal FileTooLarge = (PosixSignal)25;

    static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    static PosixSignalRegistration? untilTheEnd;

    readonly CancellationTokenSource source = new();
    readonly List<PosixSignalRegistration> registrations = [];
    int received;

    /// <summary>Starts to listen.</summary>
    public StopSignals()
    {
        // SIGHUP: a terminal that is closed ends the run as cleanly as Ctrl-C does.
        foreach (PosixSignal signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP })
            registrations.Add(PosixSignalRegistration.Create(signal, OnSignal));

        // Left to itself it ends the process on the spot; the write that went too far fails anyway, and that ends the run as a full disk does.
        // Signals are handled a moment after they come, which may be when the run is over: so this goes on for as long as the process does.
        if (!OperatingSystem.IsWindows())
            untilTheEnd ??= PosixSignalRegistration.Create(FileTooLarge, context => context.Cancel = true);
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>Stops listening.</summary>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in registrations)
            registration.Dispose();

        source.Dispose();
    }

    void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        int count = Interlocked.Increment(ref received);
        if (count == 1)
            source.Cancel();
        else if (count == 2)
            _ = EndSoonAsync();
    }

    static async Task EndSoonAsync()
    {
        await Task.Delay(Grace).ConfigureAwait(false);
        Environment.Exit(ExitCode.Cancelled);
    }
}
