using System.Text.Json;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Passes;
using Xunit;

namespace Streaming.Learning.Tests.Estimators;

/// <summary>Steps of many rows, against the same written out in numpy 1.24.2 (tests/data/sgd/reference-numpy.py).</summary>
public sealed class SgdMiniBatchTests
{
    // Products are float32, so coefficients agree to so much of the largest of them.
    const double Rounding = 2e-6;

    static readonly JsonElement[] Fits =
    [
        .. JsonDocument.Parse(File.ReadAllBytes(Repository.TestData("sgd/reference-numpy.json"))).RootElement.GetProperty("fits").EnumerateArray(),
    ];

    public static TheoryData<string> Losses => new(Fits.Select(f => f.GetProperty("loss").GetString()!).Distinct());

    [Theory]
    [MemberData(nameof(Losses))]
    public void EveryPenaltyAndSchedule_HasTheCoefficientsOfPlainNumpy(string loss)
    {
        foreach (JsonElement wanted in Fits.Where(f => f.GetProperty("loss").GetString() == loss))
        {
            (ReadOnlySpan<double> coef, ReadOnlySpan<double> intercept) = SgdLossTests.Fit(wanted);
            double[] numbers = [.. SgdLossTests.Numbers(wanted, "coef"), .. SgdLossTests.Numbers(wanted, "intercept")];
            AssertNear(numbers, [.. coef, .. intercept]);
        }
    }

    [Fact]
    public void ProgressiveValidation_IsOfEachRowBeforeItsBatchIsLearned()
    {
        // All of the first epoch is one batch, so its rows are predicted by weights of zero.
        var harness = new Harness(Sample.UnitFeatures, Sample.TwoClasses) { Classes = ["a", "b"] };
        var metrics = harness.Fit(new SgdClassifier { LearningRate = LearningRateSchedule.Optimal, MiniBatchSize = Sample.Rows }).Metrics;
        Assert.Equal(Math.Log(2), metrics.Single(m => m.Name == "progressive_log_loss").Value, Rounding);
        Assert.Equal(Sample.TwoClasses.Count(y => y == 0) / (double)Sample.Rows, metrics.Single(m => m.Name == "progressive_accuracy").Value, 1e-12);

        double loss = harness.Fit(new SgdClassifier { LearningRate = LearningRateSchedule.Optimal, MiniBatchSize = Sample.Rows - 1 }).Metrics[0].Value;
        Assert.NotEqual(Math.Log(2), loss, 1e-5);
    }

    [Fact]
    public void TilesOfAnotherSize_LearnTheSameBatches()
    {
        double[] few = Coef(13), many = Coef(Sample.Rows);
        AssertNear(few, many);

        static double[] Coef(int tileRows) => ((LinearRegressorModel)new Harness(Sample.UnitFeatures, Sample.Numbers) { BatchSize = tileRows, Epochs = 2 }
            .Fit(new SgdRegressor { LearningRate = LearningRateSchedule.Constant, MiniBatchSize = 30 }).Model).Coef.ToArray();
    }

    [Fact]
    public void BatchesOfOneRow_AreTheRowsOneByOne()
    {
        // The pass of mini-batches, which the estimator would not choose for one row.
        var parameters = new SgdClassifier { LearningRate = LearningRateSchedule.Constant, Eta0 = 0.1, MiniBatchSize = 2 };
        var batches = new SgdWeights(parameters, outputs: 1, features: 5);
        var rows = new SgdWeights(parameters, outputs: 1, features: 5);
        var harness = new Harness(Sample.UnitFeatures, Sample.TwoClasses);
        harness.Run(new SgdMiniBatchPass<LogisticBlockLoss>("batches", batches, batchRows: 1, ClassWeights.None, shuffle: false));
        harness.Run(new SgdPass<LogisticLoss>("rows", rows, ClassWeights.None, shuffle: false));
        AssertNear(rows.Result().Coef, batches.Result().Coef);
    }

    [Fact]
    public void StepsThatAreTooLong_SayThatTrainingRanAway()
    {
        var harness = new Harness(Sample.Features, Sample.Numbers) { Epochs = 200 };
        var e = Assert.Throws<DivergenceException>(
            () => harness.Fit(new SgdRegressor { LearningRate = LearningRateSchedule.Constant, Eta0 = 10, MiniBatchSize = 50 }));
        Assert.Contains(" mini-batches", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_NormalizedRate_HasStepsOfItsOwn()
    {
        Assert.Contains("mini_batch_size", Assert.Throws<ArgumentException>(new SgdClassifier { MiniBatchSize = 2 }.Validate).Message, StringComparison.Ordinal);
        Assert.Contains(
            "mini_batch_size",
            Assert.Throws<ArgumentException>(new SgdRegressor { LearningRate = LearningRateSchedule.Constant, MiniBatchSize = 0 }.Validate).Message,
            StringComparison.Ordinal);
    }

    static void AssertNear(double[] wanted, double[] found)
    {
        double most = Rounding * wanted.Max(Math.Abs);
        Assert.All(wanted.Zip(found), pair => Assert.Equal(pair.First, pair.Second, most));
    }
}
