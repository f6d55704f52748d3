using System.Text.Json;

namespace Streaming.Cli.Tests.Commands;

/// <summary>What <c>evaluate</c> tells.</summary>
public sealed class EvaluateCommandTests : IDisposable
{
    readonly Scratch scratch = new();

    string ModelPath => scratch.In("my.model");

    public void Dispose() => scratch.Dispose();

    [Fact]
    public async Task Json_OfAClassifier_HoldsTheScoresOfTheContract()
    {
        await CliRun.DoneAsync("fit", "sgd-classifier", Repository.Sample("wine"), "--target", "target", "--standardize", "--epochs", "20", "--model", ModelPath);
        JsonElement json = await CliRun.JsonAsync("evaluate", ModelPath, Repository.Sample("wine"));
        Assert.Equal("target", json.GetProperty("target").GetString());
        Assert.Equal(178, json.GetProperty("rows").GetInt64());
        JsonElement metrics = json.GetProperty("metrics");
        Assert.InRange(metrics.GetProperty("accuracy").GetDouble(), 0.9, 1);
        Assert.True(metrics.GetProperty("log_loss").GetDouble() > 0);
        Assert.InRange(metrics.GetProperty("roc_auc").GetDouble(), 0.95, 1);
        foreach (string score in new[] { "precision", "recall" })
            Assert.Equal(["0", "1", "2"], metrics.GetProperty(score).EnumerateObject().Select(c => c.Name));

        JsonElement confusion = json.GetProperty("confusion_matrix");
        Assert.Equal(["class", "0", "1", "2"], confusion.GetProperty("columns").EnumerateArray().Select(c => c.GetString()));
        JsonElement[][] rows = [.. confusion.GetProperty("rows").EnumerateArray().Select(r => r.EnumerateArray().ToArray())];
        Assert.Equal(["0", "1", "2"], rows.Select(r => r[0].GetString()));
        Assert.Equal([59, 71, 48], rows.Select(r => r.Skip(1).Sum(v => v.GetDouble())));
        Assert.Equal(metrics.GetProperty("accuracy").GetDouble(), rows.Select((r, c) => r[1 + c].GetDouble()).Sum() / 178, 1e-12);
        Assert.Equal(
            ["bin", "prob_pred", "prob_true", "weight"],
            json.GetProperty("calibration_curve").GetProperty("columns").EnumerateArray().Select(c => c.GetString()));
    }

    [Theory]
    [InlineData("linear-regression", "r2,rmse,mae,mape,mean_pinball_loss,explained_variance,max_error", "--target", "target")]
    [InlineData("mini-batch-kmeans", "inertia,simplified_silhouette,davies_bouldin_score", "--exclude", "target")]
    [InlineData("incremental-pca", "explained_variance_ratio,reconstruction_error", "--exclude", "target", "--n-components", "2")]
    public async Task Json_OfOtherModels_HoldsTheScoresOfTheContract(string estimator, string scores, params string[] options)
    {
        await CliRun.DoneAsync(["fit", estimator, Repository.Sample("iris"), "--model", ModelPath, .. options]);
        JsonElement metrics = (await CliRun.JsonAsync("evaluate", ModelPath, Repository.Sample("iris"))).GetProperty("metrics");
        foreach (string score in scores.Split(','))
            Assert.Equal(JsonValueKind.Number, metrics.GetProperty(score).ValueKind);
    }

    [Fact]
    public async Task Target_MayHaveAnotherNameInTheData()
    {
        await CliRun.DoneAsync("fit", "sgd-classifier", Repository.Sample("iris"), "--target", "target", "--model", ModelPath);
        string renamed = scratch.Write("renamed.parquet", $"SELECT * EXCLUDE (target), target AS species FROM '{Repository.Sample("iris/iris.parquet")}'");
        JsonElement expected = await CliRun.JsonAsync("evaluate", ModelPath, Repository.Sample("iris"));
        JsonElement actual = await CliRun.JsonAsync("evaluate", ModelPath, renamed, "--target", "species");
        Assert.Equal("species", actual.GetProperty("target").GetString());
        Assert.Equal(expected.GetProperty("metrics").GetRawText(), actual.GetProperty("metrics").GetRawText());
    }

    [Fact]
    public async Task Table_HasTheScoresAndThoseByClass()
    {
        await CliRun.DoneAsync("fit", "sgd-classifier", Repository.Sample("wine"), "--target", "target", "--standardize", "--model", ModelPath);
        CliRun run = await CliRun.DoneAsync("evaluate", ModelPath, Repository.Sample("wine"));
        foreach (string text in new[] { "Scores on 178 rows", "accuracy", "log_loss", "roc_auc", "By class", "precision", "recall", "Confusion matrix", "Calibration curve", "prob_true" })
            Assert.Contains(text, run.Out, StringComparison.Ordinal);
    }
}
