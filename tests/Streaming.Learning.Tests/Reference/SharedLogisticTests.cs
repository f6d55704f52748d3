using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Tests.Training;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Reference;

/// <summary>
/// <see cref="LogisticRegression"/> where the curvature of all pairs is too large, so that it is L-BFGS: softmax over the 784 columns of Fashion-MNIST, beside the
/// 100 iterations of scikit-learn 1.2.1's <c>lbfgs</c>, which end short of the optimum.
/// </summary>
public sealed class SharedLogisticTests
{
    [Fact]
    [Trait("Category", "SharedLarge")]
    public async Task FashionMnist_ObjectiveIsNotAboveThatOfScikitLearn()
    {
        Assert.SkipUnless(SharedSet.IsThere, "STREAMING_SHARED names no folder.");
        SharedSet set = SharedSet.Of("fashion-mnist");
        using var data = new TestData();
        set.WriteSplit(data.In("train.parquet"), data.In("test.parquet"));
        using Dataset train = data.Open("train.parquet");
        var options = new TrainingOptions { Target = SharedSet.Target, Standardize = true, Workers = 2 };
        FitResult result = await new LogisticRegression().FitAsync(train, options, TestContext.Current.CancellationToken);
        var model = (LinearClassifierModel)result.Model;
        double loss = result.Metrics.Single(m => m.Name == "log_loss" && m.Class is null).Value, squares = 0;
        foreach (double w in model.ScaledCoef)
            squares += w * w;

        double found = train.RowCount * loss + squares / 2;
        double wanted = set.Json.GetProperty("logistic_regression").GetProperty("objective").GetDouble();
        Assert.True(found <= wanted, $"Objective {found:F2} after {model.NIter} steps, scikit-learn's {wanted:F2}.");
    }
}
