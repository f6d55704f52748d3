using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Preprocessing;
using Streaming.Learning.Tests.Training;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Preprocessing;

/// <summary>Products of columns far from zero keep their digits, as the columns themselves do.</summary>
public sealed class PolynomialPivotTests : IDisposable
{
    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    // The coefficient of determination that scikit-learn 1.2.1 finds of PolynomialFeatures(2) and LinearRegression, near enough, is 1 less the noise.
    [Theory]
    [InlineData(1e5, 1.0)]
    [InlineData(1.7e9, 1e5)]
    [InlineData(0.0, 1.0)]
    public async Task ExactRegression_FindsAParabolaFarFromZero(double mean, double deviation)
    {
        const int Rows = 3000;
        var random = new Random(5);
        double[] t = [.. Enumerable.Range(0, Rows).Select(_ => 6 * random.NextDouble() - 3)];
        await data.WriteAsync(
            "train.parquet",
            [1000, 2000],
            ("z", t.Select(v => mean + deviation * v).ToArray()),
            ("i", Enumerable.Range(0, Rows).Select(i => i * 7 % 11).ToArray()),
            ("y", t.Select((v, i) => v * v + v + 0.1 * (i * 7 % 11) * v).ToArray()));
        using Dataset dataset = data.Open("train.parquet");
        foreach (Estimator estimator in new Estimator[] { new LinearRegression(), new Ridge { Alpha = 1e-9 } })
        {
            FitResult fit = await estimator.FitAsync(
                dataset, new TrainingOptions { Target = "y", Preprocessing = [new PolynomialFeatures()] }, TestContext.Current.CancellationToken);
            EvaluationResult scores = await Evaluator.EvaluateAsync(fit.Model, dataset, cancellation: TestContext.Current.CancellationToken);
            Assert.InRange(scores.Metrics.First(m => m.Name == "r2").Value, 0.9999, 1);
        }
    }
}
