using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Training;

/// <summary>A model of numbers or numbered classes is not scored on texts.</summary>
public sealed class TargetTypeTests : IDisposable
{
    static readonly double[] X = [.. Enumerable.Range(0, 40).Select(i => (double)(i * 7 % 40))];
    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ATargetOfTexts_IsRefusedByScoring_AndByValidationBeforeTraining(bool areClasses)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await data.WriteAsync("train.parquet", [40], ("x", X), ("y", X.Select(v => (int)v % 2).ToArray()));
        await data.WriteAsync("texts.parquet", [40], ("x", X), ("y", X.Select(v => v > 20 ? "yes" : "no").ToArray()));
        Estimator estimator = areClasses ? new LogisticRegression() : new LinearRegression();
        using Dataset train = data.Open("train.parquet"), texts = data.Open("texts.parquet");
        Model model = (await estimator.FitAsync(train, new TrainingOptions { Target = "y" }, cancellation)).Model;
        var scoring = await Assert.ThrowsAsync<DatasetException>(() => Evaluator.EvaluateAsync(model, texts, cancellation: cancellation));
        Assert.Contains("Target 'y'", scoring.Message, StringComparison.Ordinal);
        Assert.Contains("it is STRING", scoring.Message, StringComparison.Ordinal);

        var told = new List<TrainingProgress>();
        var options = new TrainingOptions { Target = "y", Validation = texts, Progress = new ToList(told) };
        await Assert.ThrowsAsync<DatasetException>(() => estimator.FitAsync(train, options, cancellation));
        Assert.DoesNotContain(told, p => p.Rows > 0);
    }

    [Fact]
    public async Task CountsBeyondAllUse_AreRefusedByName()
    {
        await data.WriteAsync("train.parquet", [40], ("x", X));
        using Dataset train = data.Open("train.parquet");
        foreach ((Estimator estimator, TrainingOptions options, string name) in new (Estimator, TrainingOptions, string)[]
        {
            (new KMeans { NClusters = int.MaxValue }, new TrainingOptions(), "n_clusters"),
            (new MiniBatchKMeans { NInit = int.MaxValue }, new TrainingOptions(), "n_init"),
            (new IncrementalPca(), new TrainingOptions { BatchSize = int.MaxValue }, "batch-size"),
        })
        {
            var error = await Assert.ThrowsAsync<ArgumentException>(() => estimator.FitAsync(train, options, TestContext.Current.CancellationToken));
            Assert.Contains($"{name}: wanted", error.Message, StringComparison.Ordinal);
            Assert.Contains("2147483647", error.Message, StringComparison.Ordinal);
        }
    }

    sealed class ToList(List<TrainingProgress> told) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => told.Add(value);
    }
}
