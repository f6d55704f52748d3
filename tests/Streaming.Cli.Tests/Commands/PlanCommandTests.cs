using System.Text.Json;

namespace Streaming.Cli.Tests.Commands;

public sealed class PlanCommandTests : IDisposable
{
    readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public async Task Plan_TakesTheOptionsOfFitAndSaysWhatFitThenDoes()
    {
        string[] options =
        [
            "sgd-classifier", Repository.Sample("flights"), "--target", "late", "--exclude", "delay,origin,destination", "--where", "distance >= 500",
            "--epochs", "2", "--standardize", "--holdout", "0.1", "--memory", "64MB", "--workers", "2", "--model", scratch.In("late.model"),
        ];
        JsonElement plan = await CliRun.JsonAsync(["plan", "fit", .. options]);
        Assert.Empty(scratch.Files);
        JsonElement fit = await CliRun.JsonAsync(["fit", .. options]);
        foreach (string same in (string[])["estimator", "partitions", "planned_bytes", "runtime_share_bytes"])
            Assert.Equal(fit.GetProperty(same).ToString(), plan.GetProperty(same).ToString());

        Assert.True(plan.GetProperty("fits").GetBoolean());
        JsonElement[] passes = [.. plan.GetProperty("passes").EnumerateArray()];
        Assert.Equal(["classes of the target", "standardise", "epoch", "scoring"], passes.Select(p => p.GetProperty("purpose").GetString()));

        // The scan of the classes reads one column and is none of the passes that fit counts.
        Assert.Equal(fit.GetProperty("passes").GetInt32(), passes.Skip(1).Sum(p => p.GetProperty("at_least").GetInt32()));
        long bytes = passes.Sum(p => p.GetProperty("bytes_to_read").GetInt64() * p.GetProperty("at_least").GetInt64());
        Assert.InRange(fit.GetProperty("bytes_read").GetInt64(), bytes, bytes * 1.1);
        Assert.InRange(fit.GetProperty("peak_buffer_bytes").GetInt64(), 1, 64_000_000);
    }

    [Fact]
    public async Task Plan_ForPeople_ShowsMemoryByPassAgainstTheBudget()
    {
        CliRun run = await CliRun.DoneAsync("plan", "fit", "incremental-pca", Repository.Sample("flights"), "--features", "distance,day_of_*", "--memory", "20MB");
        Assert.Contains("3,000,000 rows", run.Out, StringComparison.Ordinal);
        Assert.Contains("products of columns", run.Out, StringComparison.Ordinal);
        Assert.Contains("of a budget of 20.0 MB", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PlanSweep_SaysWhatTheSweepThenTakes()
    {
        string[] options =
        [
            "sgd-classifier", Repository.Sample("flights/2001-01.parquet"), "--target", "late", "--exclude", "delay,origin,destination", "--alpha", "1e-7,1e-3,1e-1",
            "--holdout", "0.1", "--memory", "128MB", "--workers", "2", "--drop-after", "1", "--epochs", "2",
        ];
        JsonElement plan = await CliRun.JsonAsync(["plan", "sweep", .. options]);
        JsonElement sweep = await CliRun.JsonAsync(["sweep", .. options]);
        JsonElement one = await CliRun.JsonAsync(["plan", "fit", .. options[..6], .. options[8..14]]);
        Assert.Equal(sweep.GetProperty("planned_bytes").GetInt64(), plan.GetProperty("planned_bytes").GetInt64());
        Assert.True(StatesOf(plan) > 2 * StatesOf(one), "A sweep holds what each of its candidates holds.");
        await CliRun.FailsAsync(2, ["plan", "sweep", .. options[..6], "--holdout", "0.1"], "several values of a parameter");

        static long StatesOf(JsonElement plan) =>
            plan.GetProperty("passes").EnumerateArray().Single(p => p.GetProperty("purpose").GetString() == "epoch").GetProperty("state_bytes").GetInt64();
    }

    [Fact]
    public async Task Fit_InTooLittleMemory_IsRefusedWithTheFigureThatPlanGives()
    {
        string[] options =
            ["sgd-classifier", Repository.Sample("flights"), "--target", "late", "--exclude", "delay,origin,destination", "--memory", "1MB", "--workers", "2"];
        JsonElement plan = await CliRun.JsonAsync(["plan", "fit", .. options]);
        Assert.False(plan.GetProperty("fits").GetBoolean());
        await CliRun.FailsAsync(
            1, ["fit", .. options, "--model", scratch.In("late.model")], $"Give at least {plan.GetProperty("planned_bytes").GetInt64():N0} bytes (--memory)", "--partitions");
        Assert.Empty(scratch.Files);
    }
}
