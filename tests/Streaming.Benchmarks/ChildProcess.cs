using System.Diagnostics;

namespace Streaming.Benchmarks;

/// <summary>Runs what is measured in a process of its own, so that its peak of memory is its own.</summary>
static class ChildProcess
{
    /// <summary>A command of this program.</summary>
    public static ProcessStartInfo Command(params string[] arguments) => new(Environment.ProcessPath!, arguments);

    /// <summary>A command of this program that runs our own fits, in a runtime set as the <c>streaming</c> command sets it.</summary>
    public static ProcessStartInfo OwnFits(params string[] arguments)
    {
        ProcessStartInfo start = Command(arguments);
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        start.Environment["DOTNET_GCGen0MaxBudget"] = "200000";
        start.Environment["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0";
        start.Environment["DOTNET_TC_CallCountingDelayMs"] = "14"; // 20, in hexadecimal digits as all of these
        return start;
    }

    /// <summary>Runs it.</summary>
    /// <returns>The last line that it wrote.</returns>
    /// <exception cref="InvalidOperationException">It failed: with the last line of its errors.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no such program.</exception>
    public static async Task<string> RunAsync(ProcessStartInfo start, CancellationToken cancellation)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(cancellation);
        string output = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode == 0
            ? output.TrimEnd().Split('\n')[^1]
            : throw new InvalidOperationException(LastLine(await errors) ?? $"exit code {process.ExitCode}");
    }

    static string? LastLine(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault();
}
