using System.Text.Json;
using Streaming.Learning.Estimators;
using Streaming.Learning.Metrics;
using Streaming.Learning.Models;
using Streaming.Learning.Tests.Reference;
using Xunit;

namespace Streaming.Learning.Tests.Estimators;

/// <summary>
/// <see cref="LogisticRegression"/> of 784 features, where the curvature of all pairs is too large, so that it is L-BFGS: coefficients beside
/// those of scikit-learn 1.2.1 at its optimum (tests/data/logistic-regression/reference-wide.py has the same formulas and the settings).
/// </summary>
public sealed class LogisticWideTests
{
    const int Rows = 1200, Features = 784;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Coefficients_AreThoseOfScikitLearn(int fit)
    {
        JsonElement wanted = JsonDocument.Parse(File.ReadAllBytes(Repository.TestData("logistic-regression/reference-wide.json"))).RootElement.GetProperty("fits")[fit];
        double[][] x = [.. Enumerable.Range(0, Rows).Select(i => Enumerable.Range(0, Features).Select(j => Short(i, j) + 2 * Short(i, 800 + j % 8)).ToArray())];
        double[] score = [.. x.Select((v, i) => Enumerable.Range(0, 40).Sum(j => v[j] * 3 * Sample.U(j, 990)) + 2 * Sample.U(i, 890))];
        bool isBinary = wanted.GetProperty("classes").GetInt32() == 2;
        double[] y = [.. score.Select(s => isBinary ? (s > 0 ? 1.0 : 0) : (s > -1 ? 1 : 0) + (s > 1 ? 1 : 0))];
        var harness = new Harness(x, y) { Classes = isBinary ? ["a", "b"] : ["a", "b", "c"], Partitions = 3, BatchSize = 100 };
        (Model model, IReadOnlyList<Metric> metrics) = harness.Fit(new LogisticRegression { C = 0.1, Tol = 1e-6, MaxIter = 200 });
        Assert.InRange(metrics.Single(m => m.Name == "gradient_norm").Value, 0, 1e-6);
        Near.Equal(ReferenceSet.Numbers(wanted.GetProperty("coef")), ((LinearClassifierModel)model).Coef, 1e-4);
        Near.Equal(ReferenceSet.Numbers(wanted.GetProperty("intercept")), ((LinearClassifierModel)model).Intercept, 1e-4);
    }

    // In steps of 1/1024, so that sums are exact in single precision.
    static double Short(int row, int column) => Math.Floor(Sample.U(row, column) * 1024) / 1024;
}
