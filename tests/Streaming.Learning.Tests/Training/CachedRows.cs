using Streaming.Learning.Data;
using Streaming.Learning.Data.Conditions;
using Streaming.Learning.Estimators;
using Streaming.Learning.Preprocessing;
using Streaming.Learning.Training;
using Streaming.Storage;
using Xunit;

namespace Streaming.Learning.Tests.Training;

/// <summary>Data for runs with cached tiles: row groups of several blocks and of less than one, rows that are left out for all reasons.</summary>
public sealed class CachedRows : IAsyncLifetime
{
    const int Count = 24_000;

    readonly TestData data = new();

    public string[] Paths => [data.In("a.parquet"), data.In("b.parquet")];

    public async ValueTask InitializeAsync()
    {
        await WriteAsync(data, "a.parquet", [9000, 300, 5200], 0);
        await WriteAsync(data, "b.parquet", [9300, 200], 14_500);
    }

    public ValueTask DisposeAsync()
    {
        data.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Fits an estimator with every kind of option that decides what tiles hold.</summary>
    internal static async Task<FitResult> FitAsync(
        string name,
        string[] paths,
        CacheOptions? cache,
        int workers = 2,
        int partitions = 3,
        bool drops = true,
        CheckpointOptions? checkpoint = null,
        List<string>? notices = null,
        long memory = long.MaxValue,
        CancellationToken cancellation = default)
    {
        Estimator estimator = EstimatorCatalog.Create(name);
        using var pool = new BufferPool(memory);
        using Dataset dataset = Dataset.Open(paths, new DatasetOptions { Where = RowCondition.Parse("x1 < 9 or label = 'low'") }, pool);
        long held = dataset.Pool.ReservedBytes;
        try
        {
            return await estimator.FitAsync(
                dataset,
                new TrainingOptions
                {
                    Target = estimator.TargetKind switch { TargetKind.Classes => "label", TargetKind.Number => "y", _ => null },
                    Features = ["x*"],
                    Preprocessing = [new OneHotEncoder("city")],
                    Weight = "w",
                    Standardize = !estimator.NeedsCounts,
                    OnMissing = drops ? ValueHandling.Drop : ValueHandling.Mean,
                    Epochs = 3,
                    BatchSize = 500,
                    Partitions = partitions,
                    HoldoutFraction = 0.2,
                    Seed = 3,
                    Workers = workers,
                    Cache = cache,
                    Checkpoint = checkpoint,
                    Notices = notices == null ? null : new CheckpointTests.Listener(notices),
                },
                cancellation);
        }
        finally
        {
            Assert.True(pool.PeakBytes <= memory);
            Assert.Equal((0, held), (dataset.Pool.RentedBytes, dataset.Pool.ReservedBytes));
        }
    }

    /// <summary>What must not depend on the cache.</summary>
    internal static void AssertSame(FitResult wanted, FitResult found)
    {
        Assert.Equal(CheckpointTests.BytesOf(wanted.Model), CheckpointTests.BytesOf(found.Model));
        Assert.Equal(wanted.Metrics, found.Metrics);
        Assert.Equal(wanted.Rejected, found.Rejected);
        Assert.Equal((wanted.Passes, wanted.RowsUsed, wanted.RowsFiltered), (found.Passes, found.RowsUsed, found.RowsFiltered));
    }

    internal static async Task WriteAsync(TestData folder, string name, int[] rowGroups, int start, double unit = 10)
    {
        var random = new Random(7);
        double[] x1 = [.. Enumerable.Range(0, Count).Select(_ => random.NextDouble() * unit)];
        double?[] x2 = [.. Enumerable.Range(0, Count).Select(i => i % 53 == 0 ? null : (double?)(1000 + i % 777))];
        float[] x3 = [.. Enumerable.Range(0, Count).Select(_ => random.NextSingle())];
        int[] x4 = [.. Enumerable.Range(0, Count).Select(_ => random.Next(5))];
        double[] y = [.. x1.Select((x, i) => 3 * x - 2 * x3[i] + x4[i] + random.NextDouble())];
        string[] label = [.. y.Select(v => v > 18 ? "high" : v > 9 ? "middle" : "low")];
        string?[] city = [.. Enumerable.Range(0, Count).Select(i => i % 7 == 0 ? null : $"c{Math.Sqrt(random.Next(100)):0}")];
        double[] w = [.. Enumerable.Range(0, Count).Select(_ => random.Next(3) * 0.5 + 0.5)];
        int end = start + rowGroups.Sum();
        await folder.WriteAsync(
            name,
            rowGroups,
            ("x1", x1[start..end]), ("x2", x2[start..end]), ("x3", x3[start..end]), ("x4", x4[start..end]),
            ("y", y[start..end]), ("label", label[start..end]), ("city", city[start..end]), ("w", w[start..end]));
    }
}
