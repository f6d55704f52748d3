using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Preprocessing;
using Streaming.Learning.Tests.Training;
using Streaming.Learning.Training;
using Streaming.Storage;
using Xunit;

namespace Streaming.Learning.Tests;

/// <summary>The laws that hold for every estimator there is: a new one is found by reflection and held to them.</summary>
public sealed class LawsTests : IDisposable
{
    readonly TestData data = new();

    public static TheoryData<string> Estimators => [.. EstimatorCatalog.All.Select(e => e.Name)];

    public void Dispose() => data.Dispose();

    [Theory]
    [MemberData(nameof(Estimators))]
    public async Task SameDataAndOptions_SameBytesForAnyNumberOfWorkersAndAnyMemory(string name)
    {
        await WriteAsync();
        byte[]? first = null;
        foreach ((int workers, long memory) in new[] { (1, long.MaxValue), (2, long.MaxValue), (5, 60_000_000), (3, 42_000_000) })
        {
            using var pool = new BufferPool(memory);
            using Dataset dataset = Dataset.Open([data.In("a.parquet"), data.In("b.parquet")], pool);
            FitResult result = await FitAsync(name, dataset, workers);
            byte[] bytes = BytesOf(result.Model);
            first ??= bytes;
            Assert.Equal(first, bytes);
            Assert.Equal(0, pool.RentedBytes);
            Assert.True(pool.PeakBytes <= memory);
        }
    }

    [Theory]
    [MemberData(nameof(Estimators))]
    public async Task AnotherSeedOrPartitioning_IsAllowedToMatter_ButRowsAreAllUsed(string name)
    {
        await WriteAsync();
        using Dataset dataset = data.Open("a.parquet", "b.parquet");
        FitResult result = await FitAsync(name, dataset, 2);
        Assert.Equal(dataset.RowCount, result.Model.Header.Summary.Rows + result.Model.Header.Summary.HoldoutRows);
        Assert.InRange(result.Model.Header.Summary.HoldoutRows, 1, dataset.RowCount / 2);
        Assert.Equal(result.Model.Header.Summary.HoldoutRows, result.ScoredRows);
        Assert.NotEmpty(result.Metrics);
    }

    [Theory]
    [MemberData(nameof(Estimators))]
    public async Task SavedAndLoaded_PredictsTheSameBits(string name)
    {
        await WriteAsync();
        using Dataset dataset = data.Open("a.parquet", "b.parquet");
        FitResult result = await FitAsync(name, dataset, 2);
        ModelFile.Save(result.Model, data.In("model"));
        Model loaded = ModelFile.Load(data.In("model"));
        Assert.Equal(BytesOf(result.Model), BytesOf(loaded));
        using var one = new MemoryStream();
        using var other = new MemoryStream();
        Assert.Equal(dataset.RowCount, await Predictor.PredictAsync(result.Model, dataset, one));
        Assert.Equal(dataset.RowCount, await Predictor.PredictAsync(loaded, dataset, other, new PredictionOptions { Workers = 3 }));
        Assert.Equal(one.ToArray(), other.ToArray());
        Assert.Equal(0, dataset.Pool.RentedBytes);
    }

    [Theory]
    [MemberData(nameof(Estimators))]
    public async Task MissingValue_EndsTheRunNamingColumnAndFileAndReturnsAllMemory(string name)
    {
        await WriteAsync(hole: 1234);
        using Dataset dataset = data.Open("a.parquet", "b.parquet");
        var error = await Assert.ThrowsAsync<DatasetException>(() => FitAsync(name, dataset, 2));
        Assert.Contains("'x2'", error.Message, StringComparison.Ordinal);
        Assert.Contains("a.parquet", error.Message, StringComparison.Ordinal);
        Assert.Contains("row 1234", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, dataset.Pool.RentedBytes);
    }

    [Theory]
    [MemberData(nameof(Estimators))]
    public async Task Cancelled_EndsAndReturnsAllMemory(string name)
    {
        await WriteAsync();
        using Dataset dataset = data.Open("a.parquet", "b.parquet");
        using var stop = new CancellationTokenSource();
        var progress = new StopAtOnce(stop);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => FitAsync(name, dataset, 2, progress, stop.Token));
        Assert.Equal(0, dataset.Pool.RentedBytes);
    }

    static Task<FitResult> FitAsync(
        string name, Dataset dataset, int workers, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        Estimator estimator = EstimatorCatalog.Create(name);
        string? target = estimator.TargetKind switch
        {
            TargetKind.Classes => "label",
            TargetKind.Number => "y",
            _ => null,
        };
        return estimator.FitAsync(
            dataset,
            new TrainingOptions
            {
                Target = target,
                Features = ["x*"],
                Preprocessing = [new OneHotEncoder("city") { MinFrequency = 0.02 }],
                Weight = "w",
                Standardize = !estimator.NeedsCounts,
                Epochs = 2,
                BatchSize = 100,
                Partitions = 3,
                HoldoutFraction = 0.2,
                Seed = 3,
                Workers = workers,
                Progress = progress,
            },
            cancellation);
    }

    static byte[] BytesOf(Model model)
    {
        using var stream = new MemoryStream();
        ModelFile.Write(stream, model);
        return stream.ToArray();
    }

    async Task WriteAsync(int hole = -1)
    {
        var random = new Random(7);
        const int Rows = 6000;
        double[] x1 = [.. Enumerable.Range(0, Rows).Select(_ => random.NextDouble() * 10)];
        double?[] x2 = [.. Enumerable.Range(0, Rows).Select(i => i == hole ? (double?)null : 1e9 + i)];
        float[] x3 = [.. Enumerable.Range(0, Rows).Select(_ => random.NextSingle())];
        int[] x4 = [.. Enumerable.Range(0, Rows).Select(_ => random.Next(5))];
        double[] y = [.. x1.Select((x, i) => 3 * x - 2 * x3[i] + x4[i] + random.NextDouble())];
        string[] label = [.. y.Select(v => v > 18 ? "high" : v > 9 ? "middle" : "low")];
        string?[] city = [.. Enumerable.Range(0, Rows).Select(i => i % 7 == 0 ? null : $"c{Math.Sqrt(random.Next(100)):0}")];
        double[] w = [.. Enumerable.Range(0, Rows).Select(_ => random.Next(3) * 0.5 + 0.5)];
        await data.WriteAsync("a.parquet", [1700, 300, 1000], Cut(0, 3000));
        await data.WriteAsync("b.parquet", [2500, 500], Cut(3000, 3000));

        (string, Array)[] Cut(int start, int count) =>
        [
            ("x1", x1[start..(start + count)]), ("x2", x2[start..(start + count)]), ("x3", x3[start..(start + count)]),
            ("x4", x4[start..(start + count)]), ("y", y[start..(start + count)]), ("label", label[start..(start + count)]),
            ("city", city[start..(start + count)]), ("w", w[start..(start + count)]),
        ];
    }

    sealed class StopAtOnce(CancellationTokenSource stop) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => stop.Cancel();
    }
}
