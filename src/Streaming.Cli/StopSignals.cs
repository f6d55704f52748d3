using System.Runtime.InteropServices;

namespace Streaming.Cli;

/// <summary>
/// Turns Ctrl-C and SIGTERM into cancellation, so that a run ends between two tiles and takes its unfinished files with it. A second
/// signal ends the process soon, whatever the run does.
/// </summary>
sealed class StopSignals : IDisposable
{
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    readonly CancellationTokenSource source = new();
    readonly List<PosixSignalRegistration> registrations = [];
    int received;

    /// <summary>Starts to listen.</summary>
    public StopSignals()
    {
        // SIGHUP: a terminal that is closed ends the run as cleanly as Ctrl-C does.
        foreach (PosixSignal signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP })
            registrations.Add(PosixSignalRegistration.Create(signal, OnSignal));
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
