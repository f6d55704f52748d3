namespace Streaming.Cli.Tests;

/// <summary>The command as a process: what Ctrl-C and SIGTERM do, and what a shell sees.</summary>
public sealed class ProcessTests : IDisposable
{
    readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public async Task Version_IsPrintedWithExitCodeZero()
    {
        using var cli = new CliProcess("--version");
        (string output, string error) = await cli.EndAsync();
        Assert.Equal(0, cli.ExitCode);
        Assert.Matches(@"^streaming \d+\.\d+\.\d+", output);
        Assert.Equal("", error);
    }

    [Fact]
    public async Task Interrupt_DuringFit_LeavesNoFileAndEndsWith130()
    {
        // Far more epochs than the test waits for; the first line of progress says that it is learning.
        using var cli = new CliProcess(
            "fit", "sgd-classifier", Repository.Sample("flights"), "--target", "late", "--features", "distance,minute_of_day", "--standardize",
            "--epochs", "100000", "--model", scratch.In("late.model"), "--json");
        string? line = await cli.ErrorLineAsync();
        Assert.Matches(@"^pass \d+ \(.+\): [\d,]+ of 3,000,000 rows \(\d+ %\), .+ rows/s, .+/s, elapsed \d+:\d\d", line);

        cli.Signal("INT");
        (string output, string error) = await cli.EndAsync();
        Assert.Equal(130, cli.ExitCode);
        Assert.Equal("", output);
        Assert.EndsWith("cancelled\n", error, StringComparison.Ordinal);
        Assert.Empty(scratch.Files);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Signal_DuringPredict_LeavesNoFileAndEndsWith130(string signal)
    {
        string model = scratch.In("late.model");
        await CliRun.DoneAsync("fit", "sgd-classifier", Repository.Sample("flights/2001-01.parquet"), "--target", "late", "--features", "distance", "--model", model);

        // On a busy machine all rows may be written before the signal comes: then once more.
        int code = 0;
        for (int attempt = 0; attempt < 20 && code == 0; attempt++)
        {
            File.Delete(scratch.In("late.parquet"));
            using var cli = new CliProcess("predict", model, Repository.Sample("flights"), "--output", scratch.In("late.parquet"), "--keep", "origin,destination");
            while (scratch.Files.Length < 2 && !cli.HasExited)
                await Task.Delay(10, TestContext.Current.CancellationToken);

            cli.Signal(signal);
            await cli.EndAsync();
            code = cli.ExitCode;
        }

        Assert.Equal(130, code);
        Assert.Equal(["late.model"], scratch.Files);
    }

    [Theory]
    [InlineData("2>&-")]
    [InlineData(">&- 2>&-")]
    [InlineData("<&- >&- 2>&-")]
    [InlineData("2>/dev/full")]
    public async Task Error_ThatCanNotBeWritten_IsTheExitCode(string redirections)
    {
        if (OperatingSystem.IsWindows() || (redirections.Contains("/dev/full", StringComparison.Ordinal) && !File.Exists("/dev/full")))
            return;

        using var failing = CliProcess.ByShell(redirections, "inspect", scratch.In("nothing.parquet"));
        Assert.Equal(("", ""), await failing.EndAsync());
        Assert.Equal(1, failing.ExitCode);
        if (redirections.Contains("/dev/full", StringComparison.Ordinal))
            return;

        using var wrong = CliProcess.ByShell(redirections, "inspect");
        Assert.Equal(("", ""), await wrong.EndAsync());
        Assert.Equal(2, wrong.ExitCode);
    }

    [Fact]
    public async Task Result_WithoutAStream_IsNotTold()
    {
        if (OperatingSystem.IsWindows())
            return;

        using var cli = CliProcess.ByShell(">&-", "inspect", Repository.Sample("wine/wine.parquet"));
        Assert.Equal(("", ""), await cli.EndAsync());
        Assert.Equal(0, cli.ExitCode);
    }

    [Fact]
    public async Task Error_IsOneLineOnStderr()
    {
        using var cli = new CliProcess("inspect", scratch.In("nothing.parquet"));
        (string output, string error) = await cli.EndAsync();
        Assert.Equal(1, cli.ExitCode);
        Assert.Equal("", output);
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
        Assert.Equal(1, error.Count(c => c == '\n'));
    }
}
