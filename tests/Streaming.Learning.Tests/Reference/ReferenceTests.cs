using System.Text.Json;
using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Metrics;
using Streaming.Learning.Models;
using Streaming.Learning.Tests.Training;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Reference;

/// <summary>The estimators on real data beside scikit-learn 1.2.1 on the same rows (settings in each set's reference-sklearn.json).</summary>
public sealed class ReferenceTests : IDisposable
{
    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    [Theory]
    [InlineData("bike-sharing")]
    [InlineData("diabetes")]
    [InlineData("flights-delay")]
    [InlineData("protein")]
    [InlineData("spark-linear-regression")]
    public async Task LinearRegression_HasTheCoefficientsAndR2OfScikitLearn(string name)
    {
        ReferenceSet set = ReferenceSet.Of(name);
        (string train, string test) = await set.SplitAsync(data);
        foreach ((double alpha, string key) in new[] { (0.0, "linear_regression"), (1.0, "ridge_alpha_1"), (1000.0, "ridge_alpha_1000") })
        {
            JsonElement expected = set.Json.GetProperty(key);
            using Dataset dataset = Dataset.Open(train);
            FitResult result = await new LinearRegression { Alpha = alpha }.FitAsync(
                dataset, new TrainingOptions { Target = set.Target, Standardize = true, Workers = 2 });
            var model = (LinearRegressorModel)result.Model;
            AssertClose(ReferenceSet.Numbers(expected.GetProperty("coef")), model.ScaledCoef.ToArray(), 1e-6, $"{name} {key} coef");
            AssertClose([expected.GetProperty("intercept").GetDouble()], [model.ScaledIntercept], 1e-6, $"{name} {key} intercept");
            AssertClose([expected.GetProperty("r2_train").GetDouble()], [Value(result.Metrics, "r2")], 1e-6, $"{name} {key} r2 train");
            IReadOnlyList<Metric> scores = await ScoreAsync(model, test);
            AssertClose([expected.GetProperty("r2_test").GetDouble()], [Value(scores, "r2")], 1e-6, $"{name} {key} r2 test");
            AssertClose([expected.GetProperty("rmse_test").GetDouble()], [Value(scores, "rmse")], 1e-6, $"{name} {key} rmse test");
            AssertClose([expected.GetProperty("mae_test").GetDouble()], [Value(scores, "mae")], 1e-6, $"{name} {key} mae test");
        }
    }

    [Theory]
    [InlineData("bike-sharing")]
    [InlineData("breast-cancer")]
    [InlineData("covertype-ramp")]
    [InlineData("credit-default")]
    [InlineData("diabetes")]
    [InlineData("digits")]
    [InlineData("electricity")]
    [InlineData("flights")]
    [InlineData("protein")]
    [InlineData("wine")]
    public async Task IncrementalPca_HasTheVarianceRatiosAndComponentsOfScikitLearn(string name)
    {
        ReferenceSet set = ReferenceSet.Of(name);
        JsonElement expected = set.Json.GetProperty("pca_standardised");
        using Dataset dataset = Dataset.Open(set.Path);
        FitResult result = await new IncrementalPca().FitAsync(
            dataset, new TrainingOptions { Features = set.Features, Standardize = true, Workers = 2 });
        var model = (PcaModel)result.Model;
        double[] ratios = ReferenceSet.Numbers(expected.GetProperty("explained_variance_ratio"));
        double[] variances = ReferenceSet.Numbers(expected.GetProperty("explained_variance"));
        int count = ratios.Length;

        // A ratio that is all rounding error (a constant or dependent column) has no digits to agree in.
        AssertClose(ratios, model.ExplainedVarianceRatio[..count].ToArray(), 1e-6, $"{name} ratio", 1e-12);
        AssertClose(variances, model.ExplainedVariance[..count].ToArray(), 1e-6, $"{name} variance", 1e-12);
        double[][] components = [.. expected.GetProperty("components_first3").EnumerateArray().Select(ReferenceSet.Numbers)];
        for (int c = 0; c < components.Length; c++)
        {
            double[] found = model.Components.Slice(c * set.Features.Length, set.Features.Length).ToArray();
            double sign = Math.Sign(found.Zip(components[c], (a, b) => a * b).Sum());
            AssertClose(components[c], [.. found.Select(v => sign * v)], 1e-6, $"{name} component {c}", 1e-6);
        }
    }

    [Theory]
    [InlineData("bike-sharing")]
    [InlineData("breast-cancer")]
    [InlineData("covertype-ramp")]
    [InlineData("credit-default")]
    [InlineData("diabetes")]
    [InlineData("digits")]
    [InlineData("electricity")]
    [InlineData("protein")]
    [InlineData("wine")]
    public async Task IncrementalPca_UnscaledColumns_HasTheVariancesOfScikitLearn(string name)
    {
        ReferenceSet set = ReferenceSet.Of(name);
        JsonElement expected = set.Json.GetProperty("pca_raw");
        using Dataset dataset = Dataset.Open(set.Path);
        FitResult result = await new IncrementalPca().FitAsync(dataset, new TrainingOptions { Features = set.Features, Workers = 2 });
        var model = (PcaModel)result.Model;
        double[] variances = ReferenceSet.Numbers(expected.GetProperty("explained_variance"));
        double[] ratios = ReferenceSet.Numbers(expected.GetProperty("explained_variance_ratio"));

        // Of columns in units far apart the smallest variances are rounding of the largest: scikit-learn itself has no more digits there.
        AssertClose(variances, model.ExplainedVariance[..variances.Length].ToArray(), 1e-6, $"{name} variance", 1e-13 * variances[0]);
        AssertClose(ratios, model.ExplainedVarianceRatio[..ratios.Length].ToArray(), 1e-6, $"{name} ratio", 1e-13);
    }

    [Theory]
    [InlineData("breast-cancer", 5)]
    [InlineData("covertype-ramp", 5)]
    [InlineData("credit-default", 5)]
    [InlineData("digits", 5)]
    [InlineData("electricity", 5)]
    [InlineData("flights", 1)]
    [InlineData("wine", 5)]
    public async Task SgdClassifier_IsWithinHalfAPointOfScikitLearnsSgd(string name, int epochs)
    {
        ReferenceSet set = ReferenceSet.Of(name);
        (string train, string test) = await set.SplitAsync(data);
        using Dataset dataset = Dataset.Open(train);
        FitResult result = await new SgdClassifier().FitAsync(
            dataset, new TrainingOptions { Target = set.Target, Standardize = true, Epochs = epochs, Workers = 2 });
        double expected = set.Json.GetProperty($"sgd_{epochs}_epoch").GetProperty("accuracy_test_mean").GetDouble();
        double found = Value(await ScoreAsync(result.Model, test), "accuracy");
        Assert.True(found >= expected - 0.005, $"{name}: accuracy {found:F4}, scikit-learn's SGD {expected:F4}");
    }

    [Theory]
    [InlineData("bike-sharing")]
    [InlineData("diabetes")]
    [InlineData("protein")]
    [InlineData("spark-linear-regression")]
    public async Task SgdRegressor_IsWithinHalfAPointOfR2OfScikitLearnsSgd(string name)
    {
        ReferenceSet set = ReferenceSet.Of(name);
        (string train, string test) = await set.SplitAsync(data);
        using Dataset dataset = Dataset.Open(train);
        FitResult result = await new SgdRegressor().FitAsync(
            dataset, new TrainingOptions { Target = set.Target, Standardize = true, Epochs = 5, Workers = 2 });
        double expected = set.Json.GetProperty("sgd_5_epoch").GetProperty("r2_test_mean").GetDouble();
        double found = Value(await ScoreAsync(result.Model, test), "r2");
        Assert.True(found >= expected - 0.005, $"{name}: R² {found:F4}, scikit-learn's SGD {expected:F4}");
    }

    [Theory]
    [InlineData("bike-sharing")]
    [InlineData("breast-cancer")]
    [InlineData("covertype-ramp")]
    [InlineData("credit-default")]
    [InlineData("digits")]
    [InlineData("electricity")]
    [InlineData("flights")]
    [InlineData("protein")]
    public async Task MiniBatchKMeans_AfterOneEpoch_HasAnInertiaWithin1PercentOfScikitLearnsKMeans(string name)
    {
        ReferenceSet set = ReferenceSet.Of(name);
        using Dataset dataset = Dataset.Open(set.Path);
        foreach (int clusters in new[] { 8, 32 })
        {
            FitResult result = await new MiniBatchKMeans { NClusters = clusters }.FitAsync(
                dataset, new TrainingOptions { Features = set.Features, Standardize = true, Workers = 2 });
            double expected = set.Json.GetProperty("kmeans").GetProperty($"kmeans_k{clusters}").GetProperty("inertia").GetDouble();
            double found = Value((await Evaluator.EvaluateAsync(result.Model, dataset)).Metrics, "inertia");
            Assert.True(found <= 1.01 * expected, $"{name} k = {clusters}: inertia {found:F1}, scikit-learn's KMeans {expected:F1}");
        }
    }

    static async Task<IReadOnlyList<Metric>> ScoreAsync(Model model, string path)
    {
        using Dataset dataset = Dataset.Open(path);
        return (await Evaluator.EvaluateAsync(model, dataset)).Metrics;
    }

    static double Value(IReadOnlyList<Metric> metrics, string name) => metrics.Single(m => m.Name == name).Value;

    static void AssertClose(double[] expected, double[] found, double relative, string what, double absolute = 0)
    {
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            double allowed = Math.Max(absolute, relative * Math.Abs(expected[i]));
            Assert.True(
                Math.Abs(expected[i] - found[i]) <= allowed,
                $"{what}[{i}]: wanted {expected[i]:R}, found {found[i]:R}, relative difference {Math.Abs(expected[i] - found[i]) / Math.Abs(expected[i]):E2}");
        }
    }
}
