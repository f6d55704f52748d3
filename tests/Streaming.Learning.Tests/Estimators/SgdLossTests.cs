using System.Reflection;
using System.Runtime.Intrinsics;
using System.Text.Json;
using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Metrics;
using Streaming.Learning.Models;
using Xunit;

namespace Streaming.Learning.Tests.Estimators;

/// <summary>Every loss, penalty and schedule of scikit-learn, against its own coefficients (tests/data/sgd); and what it does not have.</summary>
public sealed class SgdLossTests
{
    static readonly JsonElement[] Fits =
    [
        .. JsonDocument.Parse(File.ReadAllBytes(Repository.TestData("sgd/reference-sklearn.json"))).RootElement.GetProperty("fits").EnumerateArray(),
    ];

    public static TheoryData<string, string> Losses =>
        new(Fits.Select(f => (f.GetProperty("estimator").GetString()!, f.GetProperty("loss").GetString()!)).Distinct());

    [Theory]
    [MemberData(nameof(Losses))]
    public void EveryPenaltyAndSchedule_HasTheCoefficientsOfScikitLearn(string estimator, string loss)
    {
        foreach (JsonElement wanted in Fits)
        {
            if (wanted.GetProperty("estimator").GetString() != estimator || wanted.GetProperty("loss").GetString() != loss)
                continue;

            (ReadOnlySpan<double> coef, ReadOnlySpan<double> intercept) = Fit(wanted);
            double[] numbers = [.. Numbers(wanted, "coef"), .. Numbers(wanted, "intercept")];
            Near.Equal(numbers, [.. coef, .. intercept], 1e-8);
        }
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void Quantile_IsPlainDescent(double quantile)
    {
        var harness = new Harness(Sample.UnitFeatures, Sample.Numbers) { Epochs = 2 };
        var estimator = new SgdRegressor
        {
            Loss = RegressionLoss.Quantile, Quantile = quantile, LearningRate = LearningRateSchedule.Constant, Eta0 = 0.05, Penalty = Penalty.None,
        };
        (Model model, IReadOnlyList<Metric> metrics) = harness.Fit(estimator);
        var w = new double[6];
        double loss = 0;
        for (int step = 0; step < 2 * Sample.Rows; step++)
        {
            double[] x = [.. Sample.UnitFeatures[step % Sample.Rows], 1];
            double error = Sample.Numbers[step % Sample.Rows] - w.Zip(x, (a, b) => a * b).Sum();
            loss += step >= Sample.Rows ? Math.Max(quantile * error, (quantile - 1) * error) / Sample.Rows : 0;
            for (int j = 0; j < 6; j++)
                w[j] += 0.05 * (error > 0 ? quantile : quantile - 1) * x[j];
        }

        var found = (LinearRegressorModel)model;
        Near.Equal(w, [.. found.Coef, found.Intercept], 1e-9);
        Assert.Equal(loss, metrics.Single(m => m.Name == "progressive_pinball_loss").Value, 1e-9);
    }

    [Fact]
    public void LogLossOneVersusRest_HasItsSigmoidsScaledToSumToOne()
    {
        var harness = new Harness(Sample.UnitFeatures, Sample.ThreeClasses) { Classes = ["a", "b", "c"] };
        var estimator = new SgdClassifier { MultiClass = MultiClass.Ovr, LearningRate = LearningRateSchedule.Optimal };
        var model = (MarginClassifierModel)harness.Fit(estimator).Model;
        harness.WithTile(0, 64, tile =>
        {
            var output = new double[4 * 64];
            model.Predict(tile, output);
            for (int i = 0; i < 64; i++)
            {
                double[] p = [.. Enumerable.Range(0, 3).Select(c => Sigmoid(model, c, Sample.UnitFeatures[i]))];
                Assert.Equal(Array.IndexOf(p, p.Max()), output[i]);
                for (int c = 0; c < 3; c++)
                    Assert.Equal(p[c] / p.Sum(), output[(1 + c) * 64 + i], 1e-12);
            }
        });
    }

    [Theory]
    [InlineData(ClassificationLoss.Hinge, 2, "prediction score_b")]
    [InlineData(ClassificationLoss.ModifiedHuber, 2, "prediction probability_a probability_b")]
    [InlineData(ClassificationLoss.Perceptron, 3, "prediction score_a score_b score_c")]
    public void Model_SavedAndLoaded_WritesTheSameColumns(ClassificationLoss loss, int classes, string columns)
    {
        var harness = new Harness(Sample.UnitFeatures, classes == 2 ? Sample.TwoClasses : Sample.ThreeClasses)
        {
            Classes = [.. "abc"[..classes].Select(c => c.ToString())],
        };
        Model model = harness.Fit(new SgdClassifier { Loss = loss, LearningRate = LearningRateSchedule.Optimal }).Model;
        using var bytes = new MemoryStream();
        ModelFile.Write(bytes, model);
        bytes.Position = 0;
        Model loaded = ModelFile.Read(bytes, "memory");
        Assert.Equal(columns, string.Join(' ', loaded.Outputs.Select(o => o.Name)));
        harness.WithTile(0, 50, tile =>
        {
            double[] wanted = new double[50 * model.Outputs.Count], found = new double[wanted.Length];
            model.Predict(tile, wanted);
            loaded.Predict(tile, found);
            Assert.Equal(wanted, found);
            Scorer scorer = loaded.NewScorer();
            scorer.Add(tile);
            double right = tile.Target.ToArray().Zip(found, (y, p) => y == p ? 1.0 : 0).Sum() / 50;
            Assert.Equal(right, scorer.Results().Single(m => m.Name == "accuracy").Value, 1e-12);
            Assert.Equal(loss == ClassificationLoss.ModifiedHuber, scorer.Results().Any(m => m.Name == "log_loss"));
        });
    }

    static double Sigmoid(MarginClassifierModel model, int c, double[] x) =>
        1 / (1 + Math.Exp(-model.Intercept[c] - x.Zip(model.Coef.Slice(c * x.Length, x.Length).ToArray(), (a, b) => a * b).Sum()));

    [Fact]
    public void Tol_EndsTheRunWhenEpochsDoNotGetBetter()
    {
        var harness = new Harness(Sample.UnitFeatures, Sample.TwoClasses) { Classes = ["a", "b"], Epochs = 50 };
        int passes = 0;
        harness.Fit(new SgdClassifier { Tol = 0.01, NIterNoChange = 2, LearningRate = LearningRateSchedule.Optimal }, _ => passes++);
        Assert.InRange(passes, 3, 40);
    }

    [Fact]
    public void Validate_WhatNoLossIs_IsRefused()
    {
        var e = Assert.Throws<ArgumentException>(new SgdClassifier { Loss = ClassificationLoss.Hinge, MultiClass = MultiClass.Multinomial }.Validate);
        Assert.Contains("found hinge; use ovr", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(new SgdRegressor { Loss = RegressionLoss.Huber, Epsilon = 0 }.Validate);
    }

    [Theory]
    [InlineData("a=2,b")]
    [InlineData("a=-1")]
    [InlineData("=3")]
    [InlineData("a=1,b=2,a=3")]
    public void ClassWeight_ThatCannotBeRead_IsRefused(string text) =>
        Assert.Contains("class_weight", Assert.Throws<ArgumentException>(new SgdClassifier { ClassWeight = text }.Validate).Message, StringComparison.Ordinal);

    [Fact]
    public void ClassWeight_OfAClassThatThereIsNot_NamesTheClasses()
    {
        var harness = new Harness(Sample.UnitFeatures, Sample.TwoClasses) { Classes = ["a", "b"] };
        var e = Assert.Throws<ArgumentException>(() => harness.Fit(new SgdClassifier { ClassWeight = "c=2" }));
        Assert.Contains("(a, b), found 'c'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ClassWeight_BalancedWithoutCounts_SaysWhatToGive()
    {
        var target = new TargetInfo("y", TargetKind.Classes, ClassType.Text, ["a", "b"]);
        Assert.Contains("label=weight", Assert.Throws<ArgumentException>(() => ClassWeights.Of("balanced", target)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sgd-classifier", 5)]
    [InlineData("sgd-classifier", 730)]
    [InlineData("logistic-regression", 5)]
    public void ClassWeight_IsAWeightOfTheRows(string name, int features)
    {
        double[][] x = Sample.Make(i => [.. Enumerable.Range(0, features).Select(j => Sample.U(i, j))]);
        double[] weights = [.. Sample.TwoClasses.Select(y => y == 1 ? 3.0 : 0.5)];
        string[] classes = ["a", "b"];
        Estimator plain = EstimatorCatalog.Create(name), weighted = EstimatorCatalog.Create(name);
        EstimatorParameters.Of(weighted.GetType()).Single(p => p.SnakeName == "class_weight").Set(weighted, "a=0.5,b=3");
        var wanted = (LinearClassifierModel)new Harness(x, Sample.TwoClasses, weights) { Classes = classes }.Fit(plain).Model;
        var found = (LinearClassifierModel)new Harness(x, Sample.TwoClasses) { Classes = classes }.Fit(weighted).Model;
        Near.Equal(wanted.Coef, found.Coef, 1e-9);
    }

    [Fact]
    public void EveryLoss_EightAtATime_HasTheSameBits()
    {
        Type[] losses = [.. typeof(ISgdLoss).Assembly.GetTypes().Where(t => t.IsValueType && typeof(ISgdLoss).IsAssignableFrom(t))];
        Assert.Equal(10, losses.Length);
        foreach (Type loss in losses)
            typeof(SgdLossTests).GetMethod(nameof(HasTheSameBits), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(loss).Invoke(null, null);
    }

    static void HasTheSameBits<TLoss>()
        where TLoss : ISgdLoss
    {
        double[] outputs = [.. Enumerable.Range(-400, 800).Select(i => i * 0.0125), -1e9, 1e9, -0.0, double.Epsilon];
        foreach (double output in outputs)
        {
            foreach (double target in (double[])[0, 1])
            {
                foreach (double parameter in (double[])[0, 0.1, 0.5])
                {
                    (double loss, double gradient) = TLoss.At(output, target, parameter);
                    (Vector512<double> losses, Vector512<double> gradients) =
                        TLoss.At(Vector512.Create(output), Vector512.Create(target), Vector512.Create(parameter));
                    Assert.Equal((loss, gradient), (losses[0], gradients[7]));
                }
            }
        }
    }

    /// <summary>Coefficients and intercepts of a fit on <see cref="Sample"/>, whose settings are named as the parameters.</summary>
    internal static (double[] Coef, double[] Intercept) Fit(JsonElement settings)
    {
        string target = settings.GetProperty("target").GetString()!;
        double[] y = target switch { "numbers" => Sample.Numbers, "two" => Sample.TwoClasses, _ => Sample.ThreeClasses };
        Estimator estimator = EstimatorCatalog.Create("sgd-" + settings.GetProperty("estimator").GetString());
        foreach (EstimatorParameter parameter in EstimatorParameters.Of(estimator.GetType()))
        {
            if (settings.TryGetProperty(parameter.SnakeName, out JsonElement value) && value.ValueKind != JsonValueKind.Null)
                parameter.Set(estimator, value.ToString());
        }

        EstimatorParameters.Of(estimator.GetType()).Single(p => p.SnakeName == "n_iter_no_change").Set(estimator, "2");
        if (estimator is SgdClassifier classifier && !settings.TryGetProperty("multi_class", out _))
            classifier.MultiClass = MultiClass.Ovr;

        var harness = new Harness(Sample.UnitFeatures, y, settings.GetProperty("weights").GetBoolean() ? Sample.Weights : null)
        {
            Epochs = settings.GetProperty("epochs").GetInt32(),
            Classes = target switch { "two" => ["a", "b"], "three" => ["a", "b", "c"], _ => [] },
        };
        return harness.Fit(estimator).Model switch
        {
            LinearRegressorModel model => (model.Coef.ToArray(), [model.Intercept]),
            Model model => (((LinearScoreModel)model).Coef.ToArray(), ((LinearScoreModel)model).Intercept.ToArray()),
        };
    }

    internal static double[] Numbers(JsonElement fit, string name) => [.. fit.GetProperty(name).EnumerateArray().Select(v => v.GetDouble())];
}
