using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.Intrinsics.X86;

namespace Streaming.Benchmarks.Peers;

/// <summary>Runs a contender in a process of its own.</summary>
static class PeerProcess
{
    /// <summary>The hidden command that does a job in the child.</summary>
    public const string Command = "peers-fit";

    const string Python = "/usr/bin/python3";

    /// <summary>Runs it.</summary>
    /// <returns>The outcome, or why there is none.</returns>
    public static async Task<(PeerOutcome? Outcome, string? Reason)> RunAsync(
        Contender contender, int index, PeerData data, PeerJob job, int fits, CancellationToken cancellation)
    {
        string[] fit = [Command, data.Title, data.Folder, job.Key, $"{index}", $"{fits}"];
        ProcessStartInfo start = contender.Library switch
        {
            PeerLibrary.ScikitLearn => OfPython(
                "sklearn_peer.py", contender.Method, contender.IsInMemory ? "memory" : "csv", data.Folder, $"{job.Count}", $"{fits}"),
            PeerLibrary.Streaming => ChildProcess.OwnFits(fit),
            _ => ChildProcess.Command(fit),
        };
        try
        {
            return (PeerOutcome.Parse(await ChildProcess.RunAsync(start, cancellation)), null);
        }
        catch (Exception exception) when (exception is Win32Exception or InvalidOperationException)
        {
            return (null, exception.Message);
        }
    }

    /// <summary>A script of this folder, to be run by the Python that has scikit-learn.</summary>
    public static ProcessStartInfo OfPython(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo(Python, [Path.Combine(AppContext.BaseDirectory, "Peers", script), .. arguments]);

        // OpenBLAS takes processors that are newer than itself for old ones; this is the best that it has.
        if (Avx512F.IsSupported)
            start.Environment["OPENBLAS_CORETYPE"] = "SkylakeX";

        return start;
    }
}
