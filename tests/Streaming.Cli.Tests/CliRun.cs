using System.Text.Json;
using Streaming.Cli.Output;

namespace Streaming.Cli.Tests;

/// <summary>One run of the command, within this process.</summary>
sealed record CliRun(int ExitCode, string Out, string Error)
{
    public static async Task<CliRun> RunAsync(params string[] args) => await RunAsync(args, null, CancellationToken.None);

    public static async Task<CliRun> RunAsync(string[] args, int? terminalWidth, CancellationToken cancellation)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var console = new CommandConsole(output, error) { OutWidth = terminalWidth, ErrorWidth = terminalWidth };
        int code = await CommandLine.RunAsync(args, console, cancellation);
        return new CliRun(code, output.ToString(), error.ToString());
    }

    /// <summary>Runs what must succeed.</summary>
    public static async Task<CliRun> DoneAsync(params string[] args)
    {
        CliRun run = await RunAsync(args);
        Assert.True(run.ExitCode == 0, $"streaming {string.Join(' ', args)} ended with {run.ExitCode}:\n{run.Error}");
        return run;
    }

    /// <summary>Runs what must succeed, with --json; stdout must be one line with one object.</summary>
    public static async Task<JsonElement> JsonAsync(params string[] args)
    {
        CliRun run = await DoneAsync([.. args, "--json"]);
        string line = Assert.Single(run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        using JsonDocument document = JsonDocument.Parse(line);
        Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
        return document.RootElement.Clone();
    }

    /// <summary>Runs what must fail with one line of error that holds all of <paramref name="named"/>, and with nothing on stdout.</summary>
    public static async Task FailsAsync(int exitCode, string[] args, params string[] named)
    {
        CliRun run = await RunAsync(args);
        Assert.True(exitCode == run.ExitCode, $"Wanted exit code {exitCode}, found {run.ExitCode}: {run.Error}");
        Assert.Equal("", run.Out);
        string[] lines = run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("error: ", lines[0], StringComparison.Ordinal);
        Assert.True(lines.Length == 1 || (lines is [_, var hint] && hint.StartsWith("See 'streaming", StringComparison.Ordinal)), run.Error);
        foreach (string name in named)
            Assert.Contains(name, lines[0], StringComparison.Ordinal);
    }
}
