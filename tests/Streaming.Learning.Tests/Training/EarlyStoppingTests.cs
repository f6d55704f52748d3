using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Passes;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Training;

/// <summary>Epochs are scored on rows that were not learned from; early stopping keeps the best of them.</summary>
public sealed class EarlyStoppingTests : IDisposable
{
    readonly TestData data = new();

    public static TheoryData<string> WithEpochs => [.. EstimatorCatalog.All.Where(HasEpochs).Select(e => e.Name)];

    public static TheoryData<string> WithoutEpochs => [.. EstimatorCatalog.All.Where(e => !HasEpochs(e)).Select(e => e.Name)];

    public void Dispose() => data.Dispose();

    [Theory]
    [MemberData(nameof(WithEpochs))]
    public async Task EveryEpoch_IsScoredOnce(string name)
    {
        await WriteAsync();
        foreach (bool isHoldout in new[] { false, true })
        {
            using Dataset dataset = data.Open("a.parquet");
            using Dataset validation = data.Open("b.parquet");
            FitResult plain = await FitAsync(name, dataset, new TrainingOptions { Epochs = 3, HoldoutFraction = isHoldout ? 0.2 : 0, Validation = isHoldout ? null : validation });
            Assert.Equal([1, 2, 3], plain.History.Select(e => e.Epoch));
            Assert.All(plain.History, e => Assert.Equal((plain.Scores.On, plain.ScoredRows), (e.Scores.On, e.Scores.Rows)));
            Assert.All(plain.History, e => Assert.True(double.IsFinite(e.Progressive!.Value)));
            Assert.Equal(plain.Metrics, plain.History[^1].Scores.Metrics);
            if (isHoldout)
                continue;

            EvaluationResult again = await Evaluator.EvaluateAsync(plain.Model, validation, cancellation: TestContext.Current.CancellationToken);
            Assert.Equal(again.Metrics, plain.Metrics);
        }
    }

    [Theory]
    [MemberData(nameof(WithEpochs))]
    public async Task EarlyStopping_KeepsTheModelOfTheBestEpoch(string name)
    {
        await WriteAsync();
        using Dataset dataset = data.Open("a.parquet");
        var options = new TrainingOptions { Epochs = 40, HoldoutFraction = 0.3, EarlyStopping = true, Patience = 2, MinImprovement = 0.01 };
        FitResult stopped = await FitAsync(name, dataset, options);
        int epochs = stopped.History.Count;
        Assert.InRange(epochs, 3, 39);
        double[] errors = CandidateScore.ErrorsOf([.. stopped.History.Select(e => e.Scores.Metrics)]);
        int best = Array.IndexOf(errors, errors.Min()) + 1;
        Assert.Equal(best, stopped.Model.Header.Summary.Epochs);

        // The run ends with the second epoch in a row that gains less than a hundredth, and with none before.
        double lowest = errors[0];
        int lastGain = 1;
        for (int e = 1; e < epochs; e++)
        {
            Assert.True(e - lastGain < 2, $"Epoch {lastGain} was the last to gain; the run went on to epoch {epochs}.");
            if (errors[e] < lowest * 0.99)
                lastGain = e + 1;

            lowest = Math.Min(lowest, errors[e]);
        }

        Assert.Equal(lastGain + 2, epochs);
        Assert.Equal(stopped.History[best - 1].Scores.Metrics, stopped.Metrics);

        FitResult shorter = await FitAsync(name, dataset, options with { Epochs = best, EarlyStopping = false });
        Assert.Equal(shorter.Model.Tensors.SelectMany(t => t.Values), stopped.Model.Tensors.SelectMany(t => t.Values));
        Assert.Equal(0, dataset.Pool.RentedBytes);
    }

    /// <summary>Losses without probabilities have no log-loss: labels decide, as in scikit-learn. Steps this large go up and down, so that the first epoch is not the best.</summary>
    [Theory]
    [InlineData(ClassificationLoss.Hinge, 2)]
    [InlineData(ClassificationLoss.SquaredHinge, 0.1)]
    [InlineData(ClassificationLoss.Perceptron, 2)]
    public async Task EarlyStopping_WithoutProbabilities_GoesByTheAccuracy(ClassificationLoss loss, double eta0)
    {
        await WriteAsync();
        using Dataset dataset = data.Open("a.parquet");
        var options = new TrainingOptions { Target = "label", Features = ["x*"], Standardize = true, BatchSize = 50, Epochs = 12, HoldoutFraction = 0.3, EarlyStopping = true, Patience = 12 };
        FitResult stopped = await new SgdClassifier { Loss = loss, LearningRate = LearningRateSchedule.Constant, Eta0 = eta0 }.FitAsync(
            dataset, options, TestContext.Current.CancellationToken);
        double[] accuracies = [.. stopped.History.Select(e => e.Scores.Metrics.Single(m => m.Name == "accuracy").Value)];
        Assert.True(accuracies.Max() > accuracies[0], $"The first epoch is the best: {string.Join(' ', accuracies)}");
        Assert.Equal(Array.IndexOf(accuracies, accuracies.Max()) + 1, stopped.Model.Header.Summary.Epochs);
    }

    [Fact]
    public async Task Tol_EndsTheRun_AndTheModelTellsTheEpochsThatItLearned()
    {
        await WriteAsync();
        using Dataset dataset = data.Open("a.parquet");
        var options = new TrainingOptions { Target = "y", Features = ["x*"], Standardize = true, BatchSize = 50, Epochs = 50, HoldoutFraction = 0.3 };
        FitResult fit = await new SgdRegressor { LearningRate = LearningRateSchedule.Invscaling, Tol = 0.01, NIterNoChange = 2 }.FitAsync(
            dataset, options, TestContext.Current.CancellationToken);
        Assert.InRange(fit.History.Count, 3, 49);
        Assert.Equal(fit.History.Count, fit.Model.Header.Summary.Epochs);
    }

    [Theory]
    [MemberData(nameof(WithoutEpochs))]
    public async Task EarlyStopping_WithoutEpochs_IsRefused(string name)
    {
        await WriteAsync();
        using Dataset dataset = data.Open("a.parquet");
        var error = await Assert.ThrowsAsync<ArgumentException>(() => FitAsync(name, dataset, new TrainingOptions { HoldoutFraction = 0.3, EarlyStopping = true }));
        Assert.Contains("early-stopping", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EarlyStopping_WithoutRowsToScoreOn_IsRefused()
    {
        await WriteAsync();
        using Dataset dataset = data.Open("a.parquet");
        var error = await Assert.ThrowsAsync<ArgumentException>(() => FitAsync("sgd-regressor", dataset, new TrainingOptions { EarlyStopping = true }));
        Assert.Contains("holdout or validation", error.Message, StringComparison.Ordinal);
    }

    static bool HasEpochs(Estimator estimator) => estimator.Plan(new RunShape(2, 2, 1000, 3, 500, 100, 2, false)).Any(p => p.IsEpoch);

    static Task<FitResult> FitAsync(string name, Dataset dataset, TrainingOptions options)
    {
        Estimator estimator = EstimatorCatalog.Create(name);
        return estimator.FitAsync(
            dataset,
            options with
            {
                Target = estimator.TargetKind switch { TargetKind.Classes => "label", TargetKind.Number => "y", _ => null },
                Features = ["x*"], Standardize = !estimator.NeedsCounts, BatchSize = 50, Partitions = 3, Workers = 2,
            },
            TestContext.Current.CancellationToken);
    }

    async Task WriteAsync()
    {
        var random = new Random(3);
        foreach ((string file, int rows) in new[] { ("a.parquet", 3000), ("b.parquet", 1000) })
        {
            double[] x1 = [.. Enumerable.Range(0, rows).Select(_ => random.NextDouble() * 10)];
            double[] x2 = [.. Enumerable.Range(0, rows).Select(_ => random.NextDouble())];
            double[] y = [.. x1.Select((x, i) => 3 * x - 20 * x2[i] + 8 * random.NextDouble())];
            string[] label = [.. y.Select(v => v > 9 ? "high" : "low")];
            await data.WriteAsync(file, [rows / 2, rows / 4, rows / 4], ("x1", x1), ("x2", x2), ("y", y), ("label", label));
        }
    }
}
