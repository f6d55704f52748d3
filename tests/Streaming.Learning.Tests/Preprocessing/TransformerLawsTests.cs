using DuckDB.NET.Data;
using Streaming.Learning.Data;
using Streaming.Learning.Data.Conditions;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Preprocessing;
using Streaming.Learning.Tests.Training;
using Streaming.Learning.Training;
using Streaming.Storage;
using Xunit;

namespace Streaming.Learning.Tests.Preprocessing;

/// <summary>The laws that hold for every step there is: a new one is found by reflection and held to them.</summary>
public sealed class TransformerLawsTests : IDisposable
{
    const int Rows = 2400;

    readonly TestData data = new();

    public static TheoryData<string> Steps =>
        [.. typeof(Transformer).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Transformer)) && !t.IsAbstract).Select(t => t.Name).Order()];

    public void Dispose() => data.Dispose();

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task SameDataAndOptions_SameBytesForAnyWorkersAndMemory_AndAllRowsAreAccountedFor(string name)
    {
        Write();
        byte[]? first = null;
        foreach ((int workers, long memory) in new[] { (1, long.MaxValue), (5, 60_000_000), (3, 24_000_000) })
        {
            using var pool = new BufferPool(memory);
            FitResult result = await FitAsync(name, pool, workers);
            Assert.Equal(Rows, result.Model.Header.Summary.Rows + result.RowsHeldOut + result.RowsRejected);
            Assert.True(pool.PeakBytes <= Math.Min(memory, result.PlannedBytes), $"Planned {result.PlannedBytes:N0}, held {pool.PeakBytes:N0}.");
            first ??= CheckpointTests.BytesOf(result.Model);
            Assert.Equal(first, CheckpointTests.BytesOf(result.Model));
        }
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task StoppedAnywhereAndResumed_GivesTheSameModel(string name)
    {
        Write();
        using var pool = new BufferPool();
        byte[] whole = CheckpointTests.BytesOf((await FitAsync(name, pool, 2)).Model);
        var checkpoints = new CheckpointOptions(data.In("checkpoints"));
        for (int stops = 0; ; stops++)
        {
            Assert.True(stops < 20, "The run does not get on.");
            using var stop = new CancellationTokenSource();
            var options = checkpoints with { Resume = stops > 0, Every = new CheckpointTests.StopAfter(9, stop) };
            try
            {
                Assert.Equal(whole, CheckpointTests.BytesOf((await FitAsync(name, pool, 1 + stops % 3, options, stop.Token)).Model));
                Assert.InRange(stops, 1, 20);
                return;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                Assert.Equal(0, pool.RentedBytes);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task SavedAndLoaded_PredictsTheSameBits(string name)
    {
        Write();
        using var pool = new BufferPool();
        Model model = (await FitAsync(name, pool, 2)).Model;
        ModelFile.Save(model, data.In("model"));
        Model loaded = ModelFile.Load(data.In("model"));
        Assert.Equal(CheckpointTests.BytesOf(model), CheckpointTests.BytesOf(loaded));
        using Dataset dataset = Dataset.Open([data.In("train.parquet")], new DatasetOptions { Where = RowCondition.Parse("x is not null and city is not null") }, pool);
        using var one = new MemoryStream();
        using var other = new MemoryStream();
        await Predictor.PredictAsync(model, dataset, one, cancellation: TestContext.Current.CancellationToken);
        await Predictor.PredictAsync(loaded, dataset, other, new PredictionOptions { Workers = 3 }, TestContext.Current.CancellationToken);
        Assert.Equal(one.ToArray(), other.ToArray());
    }

    static Transformer Create(string name)
    {
        Type type = typeof(Transformer).Assembly.GetType($"{typeof(Transformer).Namespace}.{name}")!;
        IReadOnlyList<string> columns = [type == typeof(DateParts) ? "day" : "city"];
        if (type == typeof(FeatureHasher))
            return new FeatureHasher(3, columns);

        return (Transformer)(type.IsSubclassOf(typeof(ColumnTransformer)) ? Activator.CreateInstance(type, columns)! : Activator.CreateInstance(type)!);
    }

    async Task<FitResult> FitAsync(
        string name, BufferPool pool, int workers, CheckpointOptions? checkpoint = null, CancellationToken cancellation = default)
    {
        Transformer step = Create(name);
        using Dataset dataset = Dataset.Open([data.In("train.parquet")], pool);
        long held = pool.ReservedBytes;
        try
        {
            return await new Pipeline([step], new SgdRegressor()).FitAsync(
                dataset,
                new TrainingOptions
                {
                    Target = "y",
                    Features = ["x", "z"],
                    Weight = "w",
                    OnMissing = step is SimpleImputer ? ValueHandling.Error : ValueHandling.Drop,
                    BatchSize = 100,
                    Partitions = 3,
                    HoldoutFraction = 0.2,
                    Workers = workers,
                    Checkpoint = checkpoint,
                },
                cancellation);
        }
        finally
        {
            Assert.Equal((0, held), (pool.RentedBytes, pool.ReservedBytes));
        }
    }

    // Numbers with gaps, categories with gaps, and days.
    void Write()
    {
        using var duck = new DuckDBConnection("DataSource=:memory:");
        duck.Open();
        using DuckDBCommand command = duck.CreateCommand();
        command.CommandText =
            $"""
            SET threads = 1;
            COPY (SELECT CASE WHEN i % 13 <> 0 THEN 1 + (i * 7919 % 1000) / 250.0 END AS x, (i * 31 % 97)::FLOAT AS z,
                CASE WHEN i % 7 <> 0 THEN 'c' || (i * i % 17) END AS city, DATE '2001-02-27' + (i % 400)::INTEGER AS day,
                (i % 3 + 1) / 2.0 AS w, (i * 7919 % 1000) / 100.0 + i * i % 17 AS y
            FROM (SELECT i::BIGINT AS i FROM range({Rows}) r(i)) ORDER BY i) TO '{data.In("train.parquet")}' (FORMAT parquet, ROW_GROUP_SIZE 2048)
            """;
        command.ExecuteNonQuery();
    }
}
