using System.Diagnostics;

namespace Streaming.Cli.Tests;

/// <summary>The command as a process of its own, for what only a process has: signals and an exit code that the shell sees.</summary>
sealed class CliProcess : IDisposable
{
    // No command of a test takes minutes, not even on a busy machine.
    static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    readonly Process process;

    public CliProcess(params string[] args)
        : this(args, [])
    {
    }

    /// <summary>The same with variables of its own; null where it has none of this name.</summary>
    public CliProcess(string[] args, Dictionary<string, string?> environment)
    {
        string command = Path.Combine(AppContext.BaseDirectory, "streaming.dll");
        var start = new ProcessStartInfo("dotnet", [command, .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string? value) in environment)
            start.Environment[name] = value;

        process = Process.Start(start)!;
    }

    CliProcess(ProcessStartInfo start) => process = Process.Start(start)!;

    /// <summary>The same by a shell that redirects or closes some of its streams.</summary>
    /// <param name="redirections">How, such as <c>2&gt;&amp;-</c>.</param>
    /// <param name="args">The arguments.</param>
    public static CliProcess ByShell(string redirections, params string[] args) => new(
        new ProcessStartInfo("sh", ["-c", $"exec dotnet \"$@\" {redirections}", "sh", Path.Combine(AppContext.BaseDirectory, "streaming.dll"), .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });

    public int ExitCode => process.ExitCode;

    public bool HasExited => process.HasExited;

    /// <summary>The next line of stderr, or null at its end.</summary>
    public Task<string?> ErrorLineAsync() => process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken).AsTask();

    /// <summary>Sends a signal by name: INT, TERM.</summary>
    public void Signal(string name)
    {
        using Process kill = Process.Start("kill", [$"-{name}", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits for the end; the rest of stdout and stderr.</summary>
    public async Task<(string Out, string Error)> EndAsync()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellation);
        Task<string> error = process.StandardError.ReadToEndAsync(cancellation);
        try
        {
            await process.WaitForExitAsync(cancellation).WaitAsync(Longest, cancellation);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"'{string.Join(' ', process.StartInfo.ArgumentList)}' did not end within {Longest}. If a signal should have ended it: what a shell starts in the background may ignore SIGINT.");
        }

        return (await output, await error);
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();

        process.Dispose();
    }
}
