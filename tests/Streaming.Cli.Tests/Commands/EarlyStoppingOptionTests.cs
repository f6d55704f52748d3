using System.Text.Json;
using Streaming.Learning.Models;

namespace Streaming.Cli.Tests.Commands;

/// <summary>Early stopping from the command line: what its options do to a run, and what the report tells of the epochs.</summary>
public sealed class EarlyStoppingOptionTests : IDisposable
{
    readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public async Task EarlyStopping_EndsAfterPatienceAndKeepsTheBestEpoch()
    {
        // No epoch lowers the error by half, so the first counts as the last gain and patience runs from there.
        JsonElement json = await FitAsync("--early-stopping", "--patience", "2", "--min-improvement", "0.5");
        JsonElement[] history = [.. json.GetProperty("history").EnumerateArray()];
        Assert.Equal([1, 2, 3], history.Select(e => e.GetProperty("epoch").GetInt32()));
        double[] errors = [.. history.Select(e => e.GetProperty("metrics").GetProperty("log_loss").GetDouble())];
        Assert.Equal(Array.IndexOf(errors, errors.Min()) + 1, json.GetProperty("epochs").GetInt32());
        Assert.Equal(errors.Min(), json.GetProperty("metrics").GetProperty("log_loss").GetDouble());
        Assert.All(history, e => Assert.True(e.GetProperty("progressive").GetProperty("log_loss").GetDouble() > 0));
        Assert.Equal("holdout", json.GetProperty("scored_on").GetString());
        Assert.Equal(json.GetProperty("epochs").GetInt32(), ModelFile.Load(scratch.In("a.model")).Header.Summary.Epochs);
    }

    [Fact]
    public async Task WithoutIt_AllEpochsAreRunAndTheLastIsTheModel()
    {
        JsonElement json = await FitAsync();
        Assert.Equal(6, json.GetProperty("history").GetArrayLength());
        Assert.Equal(6, json.GetProperty("epochs").GetInt32());
    }

    [Theory]
    [InlineData("patience", "--early-stopping", "--patience", "0")]
    [InlineData("min-improvement", "--early-stopping", "--min-improvement", "-1")]
    public async Task WrongValues_AreRefusedByName(string option, params string[] options) =>
        await CliRun.FailsAsync(ExitCode.Usage, [.. Args, .. options], option);

    [Fact]
    public async Task WithoutRowsToScoreOn_IsRefused() =>
        await CliRun.FailsAsync(ExitCode.Usage, [.. Args[..^2], "--early-stopping"], "early-stopping", "holdout");

    string[] Args =>
    [
        "fit", "sgd-classifier", Repository.Sample("flights/2001-01.parquet"), "--target", "late", "--features", "distance,minute_of_day,day_of_week",
        "--epochs", "6", "--model", scratch.In("a.model"), "--holdout", "0.2",
    ];

    Task<JsonElement> FitAsync(params string[] options) => CliRun.JsonAsync([.. Args, .. options]);
}
