using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Passes;
using Streaming.Learning.Preprocessing;
using Xunit;

namespace Streaming.Learning.Tests.Estimators;

/// <summary>
/// The law behind checkpoints, for every estimator: what is written down between tiles (or rounds, or passes) is all there is to know.
/// Read into objects that were just made, it leads to the same model, bit for bit.
/// </summary>
public sealed class InterruptedTests
{
    /// <summary>Every estimator as it comes, and the ways to learn that some of them have besides.</summary>
    public static TheoryData<string, string> Estimators
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (Estimator estimator in EstimatorCatalog.All)
                cases.Add(estimator.Name, "");

            foreach (string name in (string[])["sgd-classifier", "sgd-regressor"])
            {
                cases.Add(name, "learning_rate=constant eta0=0.001 penalty=elasticnet average=true");
                cases.Add(name, "learning_rate=invscaling eta0=0.001 penalty=l1");
                cases.Add(name, "penalty=elasticnet alpha=0.01");
                cases.Add(name, "learning_rate=invscaling eta0=0.001 penalty=l1 average=true mini_batch_size=100");
            }

            cases.Add("mini-batch-kmeans", "n_clusters=20 reassignment_ratio=0.9");
            cases.Add("linear-regression", "alpha=3 fit_intercept=false");
            cases.Add("sgd-classifier", "loss=hinge learning_rate=adaptive eta0=0.1 tol=10 n_iter_no_change=1 class_weight=balanced");
            cases.Add("sgd-classifier", "loss=hinge learning_rate=optimal mini_batch_size=7 class_weight=balanced");
            cases.Add("sgd-regressor", "loss=huber learning_rate=adaptive eta0=0.01 tol=10 n_iter_no_change=1");
            foreach (string loss in (string[])["hinge", "squared_hinge", "perceptron", "log_loss multi_class=ovr"])
                cases.Add("sgd-classifier", $"loss={loss} class_weight=balanced");

            foreach (string loss in (string[])["huber", "epsilon_insensitive", "quantile"])
                cases.Add("sgd-regressor", $"loss={loss}");

            cases.Add("logistic-regression", "penalty=elasticnet fit_intercept=false");
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Estimators))]
    public void Fit_WrittenDownAndReadBackAfterEveryTile_GivesTheSameModel(string name, string parameters)
    {
        Estimator estimator = EstimatorCatalog.Create(name);
        HoldsFor(name, parameters, Sample.FeaturesFor(estimator), Sample.ThreeClasses, ["a", "b", "c"]);
        if (estimator.TargetKind == TargetKind.Classes)
            HoldsFor(name, parameters, Sample.FeaturesFor(estimator), Sample.TwoClasses, ["a", "b"]);
    }

    [Theory]
    [InlineData("logistic-regression", "penalty=elasticnet max_iter=12")]
    [InlineData("sgd-classifier", "penalty=elasticnet alpha=0.01")]
    [InlineData("sgd-regressor", "penalty=elasticnet alpha=0.01")]
    [InlineData("sgd-classifier", "loss=hinge")]
    [InlineData("sgd-regressor", "loss=huber")]
    public void Fit_FeaturesTooManyForTheCurvatureOfPairs_GivesTheSameModel(string name, string parameters)
    {
        double[][] wide = Sample.Make(i => [.. Enumerable.Range(0, 800).Select(j => Sample.U(i, j))]);
        HoldsFor(name, parameters, wide, Sample.TwoClasses, ["a", "b"]);
    }

    [Fact]
    public void Standardise_WrittenDownAndReadBackAfterEveryTile_GivesTheSameScaling()
    {
        FeatureScaling[] found = [Scaling(isInterrupted: false), Scaling(isInterrupted: true)];
        Assert.Equal(found[0].Offset, found[1].Offset);
        Assert.Equal(found[0].Factor, found[1].Factor);

        static FeatureScaling Scaling(bool isInterrupted)
        {
            Moments? moments = null;
            var harness = new Harness(Sample.Features, weights: Sample.Weights) { BatchSize = 16, Partitions = 3, IsInterrupted = isInterrupted };
            harness.Run(NewPass(), NewPass);
            return StandardScaler.ToScaling(moments!, FeatureScaling.Identity(Sample.Features[0].Length));

            Pass NewPass() => new FeatureMeasurement(Sample.Features[0].Length, "standardise", FeatureFacts.Moments, [], new HashSet<int>()).NewPass(m => moments = m.Moments);
        }
    }

    static void HoldsFor(string name, string parameters, double[][] features, double[] labels, string[] classes)
    {
        (byte[] model, string metrics) = Fit(isInterrupted: false);
        (byte[] resumedModel, string resumedMetrics) = Fit(isInterrupted: true);
        Assert.Equal(model, resumedModel);
        Assert.Equal(metrics, resumedMetrics);

        (byte[] Model, string Metrics) Fit(bool isInterrupted)
        {
            Estimator estimator = EstimatorCatalog.Create(name);
            foreach (string[] pair in parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=')))
                EstimatorParameters.Of(estimator.GetType()).Single(p => p.SnakeName == pair[0]).Set(estimator, pair[1]);

            bool hasClasses = estimator.TargetKind == TargetKind.Classes;
            double[]? target = hasClasses ? labels : estimator.TargetKind == TargetKind.Number ? Sample.Numbers : null;
            var harness = new Harness(features, target, Sample.Weights)
            {
                BatchSize = 16, Partitions = 3, Epochs = 2, Classes = hasClasses ? classes : [], IsInterrupted = isInterrupted,
            };
            (Model model, IReadOnlyList<Streaming.Learning.Metrics.Metric> metrics) = harness.Fit(estimator);
            using var bytes = new MemoryStream();
            ModelFile.Write(bytes, model);
            return (bytes.ToArray(), string.Join(' ', metrics));
        }
    }
}
