using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Training;

/// <summary>No estimator takes a byte from the heap for a tile, be it for learning, measuring or scoring: only for row groups that are opened, and for what grows.</summary>
public sealed class EstimatorAllocationTests : IDisposable
{
    const int Rows = 24_000;
    const int BatchSize = 100;

    readonly TestData data = new();

    public static TheoryData<string> Estimators => [.. EstimatorCatalog.All.Select(e => e.Name)];

    public void Dispose() => data.Dispose();

    [Theory]
    [MemberData(nameof(Estimators))]
    public Task Fit_AllocatesForFewTiles(string name) => CheckAsync(name, holdout: 0);

    // Partitions, each in a row group of its own, take turns in passing over rows.
    [Theory]
    [MemberData(nameof(Estimators))]
    public Task Fit_WithHoldout_AllocatesForFewTiles(string name) => CheckAsync(name, holdout: 0.2);

    async Task CheckAsync(string name, double holdout)
    {
        double[] x1 = [.. Enumerable.Range(0, Rows).Select(i => (double)(i * 37L % 1009))];
        double[] x2 = [.. Enumerable.Range(0, Rows).Select(i => (double)(i * 17L % 499))];
        double[] y = [.. Enumerable.Range(0, Rows).Select(i => x1[i] + 2 * x2[i] + i % 11)];
        int[] label = [.. y.Select(v => v > 1200 ? 2 : v > 800 ? 1 : 0)];
        await data.WriteAsync("a.parquet", [8000, 8000, 8000], ("x1", x1), ("x2", x2), ("y", y), ("label", label));
        using Dataset dataset = data.Open("a.parquet");
        Estimator estimator = EstimatorCatalog.Create(name);
        var meter = new AllocationMeter();
        FitResult fit = await estimator.FitAsync(
            dataset,
            new TrainingOptions
            {
                Target = estimator.TargetKind switch { TargetKind.Classes => "label", TargetKind.Number => "y", _ => null },
                Features = ["x*"],
                Standardize = !estimator.NeedsCounts,
                Validation = holdout == 0 ? dataset : null,
                HoldoutFraction = holdout,
                Epochs = 2,
                BatchSize = BatchSize,
                Workers = 1,
                Checkpoint = new CheckpointOptions(data.In("checkpoints")) { Every = meter },
            },
            TestContext.Current.CancellationToken);
        Assert.InRange(meter.Count.Tiles, fit.RowsUsed / BatchSize, int.MaxValue);
        Assert.True(meter.Count.Allocating <= meter.Count.Tiles / 10, $"{meter.Count.Allocating} of {meter.Count.Tiles} tiles allocate.");
    }

    /// <summary>Asked after each tile, by the thread that has used it.</summary>
    sealed class AllocationMeter : CheckpointInterval
    {
        public AllocationCount Count { get; } = new();

        public override bool IsDue(int rows)
        {
            Count.Next();
            return false;
        }

        public override void Restart()
        {
        }
    }
}
