using System.Text.Json;

namespace Streaming.Cli.Tests.Commands;

/// <summary>What <c>sweep</c> says and saves; that candidates learn what they learn alone, the library's tests hold.</summary>
public sealed class SweepCommandTests : IDisposable
{
    readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public async Task Best_IsTheFileThatFitSavesWithItsParameters()
    {
        string[] common = [Repository.Sample("credit-default"), "--target", "Default", "--holdout", "0.2", "--seed", "7"];
        JsonElement json = await CliRun.JsonAsync(
            ["sweep", "sgd-classifier", .. common, "--alpha", "1e-7,0.1", "--epochs", "1,2", "--model", scratch.In("best.model")]);
        JsonElement[] candidates = [.. json.GetProperty("candidates").EnumerateArray()];
        Assert.Equal(
            ["alpha=1e-7 epochs=1", "alpha=1e-7 epochs=2", "alpha=0.1 epochs=1", "alpha=0.1 epochs=2"],
            candidates.Select(c => c.GetProperty("name").GetString()));
        JsonElement chosen = Assert.Single(candidates, c => c.GetProperty("chosen").GetBoolean());
        Assert.Equal(candidates.Min(LogLoss), LogLoss(chosen));

        string[] best = chosen.GetProperty("name").GetString()!.Split(' ', '=');
        await CliRun.DoneAsync(["fit", "sgd-classifier", .. common, "--alpha", best[1], "--epochs", best[3], "--model", scratch.In("alone.model")]);
        Assert.Equal(
            await File.ReadAllBytesAsync(scratch.In("alone.model"), TestContext.Current.CancellationToken),
            await File.ReadAllBytesAsync(scratch.In("best.model"), TestContext.Current.CancellationToken));

        static double LogLoss(JsonElement candidate) => candidate.GetProperty("metrics").GetProperty("log_loss").GetDouble();
    }

    [Fact]
    public async Task ClusterNumbers_AreATableOfInertiaAndSilhouette_WithoutAModelToSave()
    {
        CliRun run = await CliRun.DoneAsync(
            "sweep", "mini-batch-kmeans", Repository.Sample("iris"), "--exclude", "target", "--n-clusters", "2,3,4", "--holdout", "0.3");
        Assert.Contains("simplified_silhouette", run.Out, StringComparison.Ordinal);
        Assert.Contains("n_clusters=2 (kept)", run.Out, StringComparison.Ordinal);
        Assert.Contains("n_clusters=4", run.Out, StringComparison.Ordinal);
        Assert.Empty(scratch.Files);
    }

    /// <summary>Probabilities of the classes are one value, commas and all; several are given one by one.</summary>
    [Theory]
    [InlineData("gaussian-nb", "--priors", "--var-smoothing", "1e-9,0.1")]
    [InlineData("linear-discriminant-analysis", "--priors", "--tol", "0.0001,0.1")]
    [InlineData("multinomial-nb", "--class-prior", "--alpha", "1,2")]
    public async Task ProbabilitiesOfClasses_AreOneValue(string estimator, string option, string other, string values)
    {
        string[] common = ["sweep", estimator, Repository.Sample("iris"), "--target", "target", "--holdout", "0.3"];
        CliRun run = await CliRun.DoneAsync([.. common, option, "0.2,0.3,0.5", other, values]);
        Assert.DoesNotContain("0.2,0.3,0.5", run.Out, StringComparison.Ordinal);
        run = await CliRun.DoneAsync([.. common, option, "0.2,0.3,0.5", option, "0.8,0.1,0.1"]);
        Assert.Contains("=0.2,0.3,0.5", run.Out, StringComparison.Ordinal);
        Assert.Contains("=0.8,0.1,0.1", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIsNoSweep_IsRefused()
    {
        string wine = Repository.Sample("wine");
        await CliRun.FailsAsync(2, ["sweep", "ridge", wine, "--target", "alcohol", "--alpha", "1", "--holdout", "0.2"], "which is for fit");
        await CliRun.FailsAsync(2, ["sweep", "ridge", wine, "--target", "alcohol", "--alpha", "1,2"], "--holdout");
        await CliRun.FailsAsync(2, ["sweep", "ridge", wine, "--target", "alcohol", "--alpha", "1,x", "--holdout", "0.2"], "alpha", "'x'");
        await CliRun.FailsAsync(2, ["sweep", "ridge", wine, "--target", "alcohol", "--alpha", "1,,2", "--holdout", "0.2"], "alpha", "found ''");
        await CliRun.FailsAsync(2, ["sweep", "ridge", wine, "--target", "alcohol", "--alpha", "1,0.1,1e-1", "--holdout", "0.2"], "alpha", "'0.1' and '1e-1'");
        await CliRun.FailsAsync(2, ["sweep", "ridge", wine, "--target", "alcohol", "--alpha", "1,2", "--holdout", "0.2", "--keep", "0.5"], "--keep", "--drop-after");
        await CliRun.FailsAsync(
            2, ["sweep", "ridge", wine, "--target", "alcohol", "--alpha", "1,2", "--holdout", "0.2", "--drop-after", "1"], "Option drop-after: ridge does not learn in epochs.");
        await CliRun.FailsAsync(
            2, ["sweep", "sgd-regressor", wine, "--target", "alcohol", "--alpha", "1,2", "--epochs", "2,3", "--holdout", "0.2", "--drop-after", "3"],
            "Option drop-after: wanted less than the epochs of the run, 3, so that somebody can be dropped before they are over; found 3.");
        await CliRun.DoneAsync("sweep", "sgd-regressor", wine, "--target", "alcohol", "--alpha", "1,2", "--epochs", "2,3", "--holdout", "0.2", "--drop-after", "2");
    }
}
