using System.Diagnostics;

namespace Streaming.Benchmarks;

/// <summary>Runs a command of this program in a process of its own, so that its peak of memory is its own.</summary>
static class ChildProcess
{
    /// <summary>Runs it.</summary>
    /// <returns>The last line that it wrote.</returns>
    /// <exception cref="InvalidOperationException">It failed: with what it wrote last.</exception>
    public static async Task<string> RunAsync(IEnumerable<string> arguments, CancellationToken cancellation)
    {
        using Process process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync(cancellation);
        string output = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode == 0
            ? output.TrimEnd().Split('\n')[^1]
            : throw new InvalidOperationException($"Exit code {process.ExitCode}: {(await errors).TrimEnd().Split('\n')[^1]}");
    }
}
