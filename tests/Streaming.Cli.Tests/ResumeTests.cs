using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;

namespace Streaming.Cli.Tests;

/// <summary>Runs that are killed, interrupted and resumed, as processes.</summary>
public sealed class ResumeTests : IDisposable
{
    readonly Scratch scratch = new();

    public static TheoryData<string> Estimators => [.. EstimatorCatalog.All.Select(e => e.Name)];

    string Checkpoints => scratch.In("checkpoints");

    public void Dispose() => scratch.Dispose();

    [Theory]
    [MemberData(nameof(Estimators))]
    public async Task Kill_AtAnyMoment_ResumedOnOtherWorkersGivesTheSameFile(string estimator)
    {
        await CliRun.DoneAsync([.. FitArgs(estimator, "whole.model"), "--workers", "2"]);
        var random = new Random(estimator.Length);
        int kills = 0;

        // On a busy machine a run may end before its first checkpoint is seen: then once more.
        for (int run = 0; run < 30; run++)
        {
            using var cli = new CliProcess(
                [.. FitArgs(estimator, "resumed.model"), "--workers", $"{1 + kills % 3}", "--checkpoint", Checkpoints, "--checkpoint-every", "100K", "--resume"]);
            if (kills < 3 && await SawNewCheckpointAsync(cli))
            {
                // Wherever it is then: reading, learning, writing the next checkpoint, or done.
                await Task.Delay(random.Next(200), TestContext.Current.CancellationToken);
                cli.Signal("KILL");
                kills++;
            }

            (_, string error) = await cli.EndAsync();
            if (cli.ExitCode == 0 && kills > 0)
                break;

            Assert.True(cli.ExitCode is 0 or 128 + 9, error);
        }

        Assert.True(kills > 0);
        Assert.Equal(await File.ReadAllBytesAsync(scratch.In("whole.model"), TestContext.Current.CancellationToken), await ResumedAsync());
        Assert.False(Directory.Exists(Checkpoints));
    }

    [Fact]
    public async Task Interrupt_WritesACheckpointAndSaysHowToGoOn()
    {
        // Long enough that a signal comes in the middle, however busy the machine is.
        const int Epochs = 30;
        await CliRun.DoneAsync(FitArgs("sgd-classifier", "whole.model", Epochs));
        string[] args = [.. FitArgs("sgd-classifier", "resumed.model", Epochs), "--checkpoint", Checkpoints, "--checkpoint-every", "300K"];
        int code = 0;
        for (int attempt = 0; attempt < 20 && code == 0; attempt++)
        {
            using var cli = new CliProcess(args);
            await SawNewCheckpointAsync(cli);
            cli.Signal("INT");
            (string output, string error) = await cli.EndAsync();
            code = cli.ExitCode;
            if (code == 0)
                continue; // All was learned before the signal came.

            Assert.Equal(130, code);
            Assert.Equal("", output);
            Assert.Contains("stopped at a checkpoint; to go on: streaming fit sgd-classifier ", error, StringComparison.Ordinal);
            Assert.EndsWith($" --where 'distance >= 200' --model {scratch.In("resumed.model")} --checkpoint {Checkpoints} --checkpoint-every 300K --resume\ncancelled\n", error, StringComparison.Ordinal);
        }

        Assert.Equal(130, code);
        CliRun resumed = await CliRun.DoneAsync([.. args, "--resume"]);
        Assert.Contains("resuming from", resumed.Error, StringComparison.Ordinal);
        Assert.Equal(await File.ReadAllBytesAsync(scratch.In("whole.model"), TestContext.Current.CancellationToken), await ResumedAsync());
    }

    [Fact]
    public async Task Checkpoint_OfARunThatFailed_IsKeptAndNotOverwritten()
    {
        string data = scratch.Write("bad.parquet", "SELECT i % 7 AS x, CASE WHEN i = 150000 THEN NULL ELSE i % 5 END AS y FROM range(200000) t(i)");
        string[] args = ["fit", "linear-regression", data, "--target", "y", "--model", scratch.In("m.model"), "--partitions", "1", "--checkpoint", Checkpoints, "--checkpoint-every", "10K"];
        await CliRun.FailsAsync(1, args, "row 150000");
        Assert.Equal(2, Directory.GetFiles(Checkpoints).Length);
        await CliRun.FailsAsync(2, args, Checkpoints, "--resume");
        CliRun other = await CliRun.RunAsync([.. args, "--resume", "--batch-size", "512"]);
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("option batch-size was 1024 and is now 512", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resume_WithNothingToResume_StartsFromTheBeginningAndSaysSo()
    {
        CliRun run = await CliRun.DoneAsync([.. FitArgs("linear-regression", "m.model"), "--checkpoint", Checkpoints, "--resume"]);
        Assert.StartsWith($"nothing to resume in '{Checkpoints}'", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Checkpoints));
    }

    [Fact]
    public async Task Init_GoesOnFromAModelAndTakesWhatIsNotGivenFromIt()
    {
        string a = scratch.Write("a.parquet", "SELECT i % 7 AS x, i % 11 AS z, (i % 7) * 2.5 + i % 3 AS y FROM range(20000) t(i)");
        string b = scratch.Write("b.parquet", "SELECT i % 5 AS x, i % 13 AS z, (i % 5) * 2.5 + i % 2 AS y FROM range(30000) t(i)");
        await CliRun.DoneAsync("fit", "ridge", a, "--target", "y", "--features", "x", "--alpha", "3", "--model", scratch.In("a.model"));
        await CliRun.DoneAsync("fit", "ridge", b, "--init", scratch.In("a.model"), "--model", scratch.In("ab.model"));
        await CliRun.DoneAsync("fit", "ridge", a, b, "--target", "y", "--features", "x", "--alpha", "3", "--model", scratch.In("whole.model"));
        var after = (LinearRegressorModel)ModelFile.Load(scratch.In("ab.model"));
        var whole = (LinearRegressorModel)ModelFile.Load(scratch.In("whole.model"));
        Assert.Equal(whole.Coef[0], after.Coef[0], 1e-9);
        Assert.Equal(whole.Intercept, after.Intercept, 1e-9);
        Assert.Contains("30,000 rows after 20,000 of the model before", (await CliRun.DoneAsync("inspect", scratch.In("ab.model"))).Out, StringComparison.Ordinal);
        await CliRun.FailsAsync(2, ["fit", "ridge", b, "--init", scratch.In("a.model"), "--alpha", "1", "--model", scratch.In("c.model")], "parameter alpha", "3", "1");
        await CliRun.FailsAsync(1, ["fit", "ridge", b, "--init", scratch.In("none.model"), "--model", scratch.In("c.model")], "none.model");
    }

    [Theory]
    [InlineData("--resume", "--checkpoint FOLDER")]
    [InlineData("--checkpoint-every", "--checkpoint FOLDER", "10M")]
    [InlineData("--checkpoint-every", "30s or 5m", "soon")]
    public Task Options_ThatMakeNoSense_AreRefused(string option, string wanted, string? value = null)
    {
        string[] args = [.. FitArgs("linear-regression", "m.model"), option];
        return CliRun.FailsAsync(2, value == null ? args : [.. args, value], option.TrimStart('-'), wanted);
    }

    [Fact]
    public Task Checkpoint_WhereAFileIs_IsRefused()
    {
        File.WriteAllText(Checkpoints, "");
        return CliRun.FailsAsync(1, [.. FitArgs("linear-regression", "m.model"), "--checkpoint", Checkpoints], Checkpoints);
    }

    // True when a checkpoint came that was not there when the process began.
    async Task<bool> SawNewCheckpointAsync(CliProcess cli)
    {
        string[] before = Directory.Exists(Checkpoints) ? Directory.GetFiles(Checkpoints, "*.streaming") : [];
        while (!cli.HasExited)
        {
            if (Directory.Exists(Checkpoints) && Directory.GetFiles(Checkpoints, "*.streaming").Except(before).Any())
                return true;

            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        return false;
    }

    Task<byte[]> ResumedAsync() => File.ReadAllBytesAsync(scratch.In("resumed.model"), TestContext.Current.CancellationToken);

    string[] FitArgs(string name, string model, int epochs = 2)
    {
        Estimator estimator = EstimatorCatalog.Create(name);
        string[] standardize = estimator.NeedsCounts ? [] : ["--standardize"];
        string[] target = estimator.TargetKind switch
        {
            TargetKind.Classes => ["--target", "late"],
            TargetKind.Number => ["--target", "delay"],
            _ => [],
        };
        return
        [
            "fit", name, Repository.Sample("flights/2001-01.parquet"), Repository.Sample("flights/2001-02.parquet"), .. target, "--features", "distance,minute_of_day,day_of_week,day_of_year", "--epochs", $"{epochs}",
            .. standardize, "--holdout", "0.2", "--where", "distance >= 200", "--model", scratch.In(model),
        ];
    }
}
