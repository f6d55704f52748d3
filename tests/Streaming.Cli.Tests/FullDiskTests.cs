using System.Diagnostics;

namespace Streaming.Cli.Tests;

/// <summary>
/// A disk that is full: a file system of one page, which a file takes that was there before, mounted for the command alone; or a file that may not
/// grow further. One clear error, and nothing but that file is there afterwards.
/// </summary>
public sealed class FullDiskTests : IDisposable
{
    const string Reason = "a file system of the test's own can't be mounted here (unshare --mount)";

    // Mounts, fills the disk, runs the command, and lists what is there then.
    const string Script = """
        disk=$1; shift
        mount -t tmpfs -o size=4k tmpfs "$disk" && printf 'the one before' > "$disk/late.model" || exit 99
        "$@"; code=$?
        find "$disk" -type f; cat "$disk/late.model"; exit $code
        """;

    readonly Scratch scratch = new();
    readonly string disk;

    public FullDiskTests() => disk = Directory.CreateDirectory(scratch.In("disk")).FullName;

    public static bool CannotMount { get; } = !OperatingSystem.IsLinux() || !CanMount();

    string Model => Path.Combine(disk, "late.model");

    static string[] Fit =>
        ["fit", "sgd-classifier", Repository.Sample("flights/2001-01.parquet"), "--target", "late", "--features", "distance,minute_of_day,day_of_week,day_of_year"];

    public void Dispose() => scratch.Dispose();

    [Fact(Skip = Reason, SkipWhen = nameof(CannotMount))]
    public async Task Fit_ModelDoesNotFit_KeepsTheModelThatWas() =>
        Assert.Contains($"The model can't be saved as '{Model}'", await FailAsync([.. Fit, "--model", Model]), StringComparison.Ordinal);

    [Fact(Skip = Reason, SkipWhen = nameof(CannotMount))]
    public async Task Fit_CheckpointDoesNotFit_EndsTheRun()
    {
        string folder = Path.Combine(disk, "checkpoints");
        string error = await FailAsync(
            [.. Fit, "--epochs", "3", "--model", scratch.In("other.model"), "--checkpoint", folder, "--checkpoint-every", "100K"]);
        Assert.Contains(folder, error, StringComparison.Ordinal);
        Assert.Empty(scratch.Files);
    }

    [Fact(Skip = Reason, SkipWhen = nameof(CannotMount))]
    public async Task Predict_OutputDoesNotFit_LeavesNoFile()
    {
        string model = scratch.In("fitting.model");
        await CliRun.DoneAsync([.. Fit, "--model", model]);
        await FailAsync(["predict", model, Repository.Sample("flights/2001-01.parquet"), "--output", Path.Combine(disk, "late.parquet")]);
    }

    [Fact(Skip = Reason, SkipWhen = nameof(CannotMount))]
    public async Task Fit_ReportDoesNotFit_KeepsTheFileThatWasAndTheModel()
    {
        string error = await FailAsync([.. Fit, "--model", scratch.In("other.model"), "--report", Model]);
        Assert.Contains($"The report can't be saved as '{Model}'", error, StringComparison.Ordinal);
        Assert.Equal(["other.model"], scratch.Files);
    }

    [Fact(Skip = Reason, SkipWhen = nameof(CannotMount))]
    public async Task Export_GraphDoesNotFit_KeepsTheFileThatWas()
    {
        string model = scratch.In("fitting.model");
        await CliRun.DoneAsync([.. Fit, "--model", model]);
        await FailAsync(["export", model, "--onnx", Model]);
    }

    [Fact(Skip = Reason, SkipWhen = nameof(CannotMount))]
    public async Task Fit_CachedTilesDoNotFit_GoesOnWithoutThem()
    {
        (int code, string left, string error) = await RunAsync(
            [.. Fit, "--epochs", "2", "--model", scratch.In("fitting.model"), "--cache", Path.Combine(disk, "tiles"), "--cache-size", "1GB"]);
        Assert.Equal(0, code);
        Assert.EndsWith($"{Model}\nthe one before", left, StringComparison.Ordinal);
        Assert.DoesNotContain(".tiles", left, StringComparison.Ordinal);
        Assert.Single(error.Split('\n'), l => l.StartsWith("warning: no more tiles are cached", StringComparison.Ordinal) && l.Contains("No space left", StringComparison.Ordinal));
        Assert.Equal(["fitting.model"], scratch.Files);
    }

    [Theory]
    [InlineData("model")]
    [InlineData("report")]
    [InlineData("graph")]
    public async Task FileSystemAllowsNoLargerFile_KeepsTheFileThatWas(string what)
    {
        if (OperatingSystem.IsWindows())
            return;

        string model = scratch.In("fitting.model"), output = scratch.In("late.file");
        await CliRun.DoneAsync([.. Fit, "--model", model]);
        File.WriteAllText(output, "the one before");
        string[] args = what switch
        {
            "model" => [.. Fit, "--model", output],
            "report" => ["evaluate", model, Repository.Sample("flights/2001-01.parquet"), "--report", output],
            _ => ["export", model, "--onnx", output],
        };

        // The runtime itself wants a large file, of memory, for code that it can write to and run; not so without that protection.
        using Process process = Start(
        [
            "bash", "-c", "ulimit -f 1; DOTNET_EnableWriteXorExecute=0 exec \"$@\"", "bash", "dotnet", Path.Combine(AppContext.BaseDirectory, "streaming.dll"),
            .. args,
        ]);
        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, process.ExitCode);
        string last = error.Split('\n').Last(l => l.Length > 0);
        Assert.StartsWith("error: ", last, StringComparison.Ordinal);
        Assert.Contains("ulimit -f", last, StringComparison.Ordinal);
        Assert.Equal("the one before", File.ReadAllText(output));
        Assert.Equal(["fitting.model", "late.file"], scratch.Files);
    }

    async Task<string> FailAsync(string[] args)
    {
        (int code, string left, string error) = await RunAsync(args);
        Assert.Equal(1, code);

        // What the command itself tells comes first.
        Assert.Equal($"{Model}\nthe one before", left[Math.Max(0, left.IndexOf(disk, StringComparison.Ordinal))..]);
        string last = error.Split('\n').Last(l => l.Length > 0);
        Assert.StartsWith("error: ", last, StringComparison.Ordinal);
        Assert.Contains("No space left", last, StringComparison.Ordinal);
        return last;
    }

    async Task<(int ExitCode, string Out, string Error)> RunAsync(string[] args)
    {
        using Process process = Start(
            ["unshare", "--mount", "bash", "-c", Script, "bash", disk, "dotnet", Path.Combine(AppContext.BaseDirectory, "streaming.dll"), .. args]);
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Task<string> left = process.StandardOutput.ReadToEndAsync(cancellation);
        string error = await process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, await left, error);
    }

    static bool CanMount()
    {
        try
        {
            using Process probe = Start(["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]);
            probe.WaitForExit();
            return probe.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // There is no such command.
            return false;
        }
    }

    static Process Start(string[] command) =>
        Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
}
