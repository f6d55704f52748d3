using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Tests.Estimators;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Training;

/// <summary>Balanced class weights are rows / (classes · rows of the class): a run counts them before it learns, whatever the order of the rows.</summary>
public sealed class BalancedWeightsTests
{
    [Fact]
    public async Task Balanced_IsTheWeightsThatTheCountsGive()
    {
        // 50 rows of the first class come last: 300 / (2 · 50) and 300 / (2 · 250).
        using var data = new TestData();
        double[] x = [.. Enumerable.Range(0, 300).Select(i => Sample.U(i, 0) + (i < 250 ? 0.3 : 0))];
        await data.WriteAsync("rows.parquet", [100, 200], ("x", x), ("y", Enumerable.Range(0, 300).Select(i => i < 250 ? 1 : 0).ToArray()));
        using Dataset dataset = data.Open("rows.parquet");
        double[] plain = await FitAsync(null), balanced = await FitAsync("balanced");
        Assert.Equal(await FitAsync("0=3,1=0.6"), balanced);
        Assert.NotEqual(plain, balanced);

        async Task<double[]> FitAsync(string? weights)
        {
            FitResult result = await new SgdClassifier { ClassWeight = weights }.FitAsync(
                dataset, new TrainingOptions { Target = "y" }, TestContext.Current.CancellationToken);
            var model = (LinearClassifierModel)result.Model;
            return [.. model.Coef, .. model.Intercept];
        }
    }
}
