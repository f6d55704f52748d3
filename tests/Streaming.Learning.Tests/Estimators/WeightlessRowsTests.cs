using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Tests.Training;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Estimators;

/// <summary>Rows that all weigh 0: there is nothing to learn from, and no estimator gives a model of it.</summary>
public sealed class WeightlessRowsTests : IDisposable
{
    const int Rows = 400;

    readonly TestData data = new();

    public static TheoryData<string> Estimators => [.. EstimatorCatalog.All.Select(e => e.Name)];

    public void Dispose() => data.Dispose();

    [Theory]
    [MemberData(nameof(Estimators))]
    public async Task AreRefused(string name) => await RefusesAsync(EstimatorCatalog.Create(name));

    [Fact]
    public async Task AreRefused_ByEveryWayToDescend()
    {
        foreach (LearningRateSchedule schedule in Enum.GetValues<LearningRateSchedule>())
        {
            await RefusesAsync(new SgdClassifier { LearningRate = schedule, Eta0 = 0.1 });
            await RefusesAsync(new SgdRegressor { LearningRate = schedule });
            if (schedule != LearningRateSchedule.Normalized)
                await RefusesAsync(new SgdClassifier { LearningRate = schedule, Eta0 = 0.1, MiniBatchSize = 64 });
        }

        await RefusesAsync(new LogisticRegression { Penalty = Penalty.L1 });
    }

    async Task RefusesAsync(Estimator estimator)
    {
        double[] x = [.. Enumerable.Range(0, Rows).Select(i => i % 7.0)];
        await data.WriteAsync("weightless.parquet", [Rows / 2, Rows / 2], ("x", x), ("z", x.Select(v => v * v).ToArray()), ("y", x.Select(v => v > 3).ToArray()), ("w", new double[Rows]));
        using Dataset dataset = data.Open("weightless.parquet");
        var options = new TrainingOptions { Target = estimator.TargetKind == TargetKind.None ? null : "y", Features = ["x", "z"], Weight = "w" };
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => estimator.FitAsync(dataset, options));
        Assert.Matches("weight|rows as clusters", error.Message);
    }
}
