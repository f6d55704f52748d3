using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Passes;
using Streaming.Learning.State;
using Streaming.Learning.Tests.Data.Conditions;
using Streaming.Learning.Training;
using Streaming.Parquet;
using Streaming.Storage;
using Xunit;

namespace Streaming.Learning.Tests.Training;

/// <summary>Runs over the rows that a condition leaves.</summary>
public sealed class FilteredRunTests : IDisposable
{
    static readonly string Flights = Path.Combine(Repository.Root, "samples", "data", "flights", "2001-01.parquet");
    readonly TestData data = new();

    public static TheoryData<string> Estimators => [.. EstimatorCatalog.All.Select(e => e.Name)];

    public void Dispose() => data.Dispose();

    [Theory]
    [InlineData("row % 3", 7)]
    [InlineData("sparse", 100)]
    [InlineData("all", 100)]
    public async Task Tiles_AreFullAndHoldTheRightRows(string kind, int batchSize)
    {
        double[] row = [.. Enumerable.Range(0, 20_000).Select(i => (double)i)];
        Func<double, bool> wanted = kind switch { "row % 3" => r => r % 3 == 0, "sparse" => r => r % 997 < 2, _ => r => r >= 0 };
        await data.WriteAsync("a.parquet", [6000, 1, 5000, 2999, 6000], ("row", row), ("w", row.Select(wanted).ToArray()));
        using Dataset dataset = Matching.Open("w", data.In("a.parquet"));
        var pass = new Recording();
        await RunAsync(dataset, pass, partitions: 2, workers: 3, RowFilter.None, batchSize);
        Assert.Equal(row.Where(wanted).Select(r => (long)r), pass.Tiles.SelectMany(t => t).Order());

        // Two partitions: at most two tiles that are not full.
        Assert.InRange(pass.Tiles.Count(t => t.Count < batchSize), 0, 2);
        Assert.Equal(0, dataset.Pool.RentedBytes);
    }

    [Theory]
    [InlineData("row >= 12000")]
    [InlineData("x > 0.5 or row < 3000")]
    public async Task Holdout_IsTheSameRowsWithAConditionAsWithout(string condition)
    {
        await data.WriteNumberedAsync("a.parquet", 3000, 2000, 5000, 6000, 4000);
        var split = new RowFilter(RowShare.Holdout, 0.3, 7);
        var all = new Recording();
        using (Dataset dataset = data.Open("a.parquet"))
            await RunAsync(dataset, all, 3, 2, split, 100);

        var some = new Recording();
        using Dataset filtered = Matching.Open(condition, data.In("a.parquet"));
        await RunAsync(filtered, some, 3, 2, split, 100);
        HashSet<long> matching = [.. Matching.Rows(filtered)];
        Assert.Equal(all.Tiles.SelectMany(t => t).Where(matching.Contains).Order(), some.Tiles.SelectMany(t => t).Order());
    }

    [Theory]
    [MemberData(nameof(Estimators))]
    public async Task Fit_WithAConditionAndAHoldout_GivesTheSameBytesForAnyWorkers(string name)
    {
        byte[]? first = null;
        foreach (int workers in new[] { 1, 2, 5 })
        {
            using Dataset dataset = Matching.Open("distance > 700 and origin not in ('ATL', 'ORD') or day_of_year = 3", Flights);
            FitResult result = await FitAsync(EstimatorCatalog.Create(name), dataset, workers);
            TrainingSummary summary = result.Model.Header.Summary;
            Assert.Equal(dataset.RowCount, summary.Rows + summary.HoldoutRows + result.RowsFiltered + result.RowsRejected);
            Assert.Equal(dataset.RowCount - Matching.Rows(dataset).Count, result.RowsFiltered);
            Assert.Equal(summary.HoldoutRows, result.ScoredRows);
            byte[] bytes = Write(result.Model);
            first ??= bytes;
            Assert.Equal(first, bytes);
            Assert.Equal(0, dataset.Pool.RentedBytes);
        }
    }

    [Fact]
    public async Task Fit_OnFilteredRows_IsTheFitOnAFileOfThoseRows()
    {
        double[] x = [.. Enumerable.Range(0, 5000).Select(i => Math.Sin(i))];
        double?[] y = [.. x.Select((v, i) => i % 4 == 0 ? null : (double?)(3 * v + 1))];
        await data.WriteAsync("a.parquet", [1500, 2000, 1500], ("x", x), ("y", y));
        int[] left = [.. Enumerable.Range(0, 5000).Where(i => i % 4 != 0)];
        await data.WriteAsync("b.parquet", [left.Length], ("x", left.Select(i => x[i]).ToArray()), ("y", left.Select(i => y[i]!.Value).ToArray()));
        var options = new TrainingOptions { Target = "y", Partitions = 1, Workers = 2 };
        using Dataset some = Matching.Open("y is not null", data.In("a.parquet"));
        using Dataset all = data.Open("b.parquet");
        FitResult filtered = await new LinearRegression().FitAsync(some, options, TestContext.Current.CancellationToken);
        FitResult whole = await new LinearRegression().FitAsync(all, options, TestContext.Current.CancellationToken);
        Assert.Equal(whole.Model.Tensors.SelectMany(t => t.Values), filtered.Model.Tensors.SelectMany(t => t.Values));
        Assert.Equal(1250, filtered.RowsFiltered);
        Assert.Equal(0, whole.RowsFiltered);
        Assert.Equal("y is not null", filtered.Model.Header.Summary.Where);
        Model loaded = ModelFile.Read(Write(filtered.Model), "memory");
        Assert.Equal(filtered.Model.Header.Summary, loaded.Header.Summary);
    }

    [Fact]
    public async Task Fit_ClassesAreThoseOfTheFilteredRows()
    {
        string?[] label = [.. Enumerable.Range(0, 3000).Select(i => i % 10 == 0 ? null : "abc"[i % 3].ToString())];
        await data.WriteAsync("a.parquet", [1000, 2000], ("x", Enumerable.Range(0, 3000).Select(i => (double)i).ToArray()), ("y", label));
        using Dataset dataset = Matching.Open("y in ('a', 'c')", data.In("a.parquet"));
        FitResult result = await new SgdClassifier().FitAsync(dataset, new TrainingOptions { Target = "y" }, TestContext.Current.CancellationToken);
        Assert.Equal(["a", "c"], result.Model.Header.Target!.Classes);
    }

    [Theory]
    [InlineData("row > 1e9")]
    [InlineData("row = 0.5")]
    [InlineData("x is null")]
    public async Task Fit_WithoutAnyRowLeft_SaysSo(string condition)
    {
        await data.WriteNumberedAsync("a.parquet", 100, 100);
        foreach (Estimator estimator in EstimatorCatalog.All.Where(e => e.TargetKind == TargetKind.None || e is LinearRegression))
        {
            using Dataset dataset = Matching.Open(condition, data.In("a.parquet"));
            var options = new TrainingOptions { Target = estimator.TargetKind == TargetKind.None ? null : "x", Standardize = true };
            Exception? error = await Record.ExceptionAsync(() => estimator.FitAsync(dataset, options, TestContext.Current.CancellationToken));
            Assert.IsType<DatasetException>(error);
            Assert.Contains(condition, error.Message, StringComparison.Ordinal);
            Assert.Equal(0, dataset.Pool.RentedBytes);
        }
    }

    [Fact]
    public async Task Predict_WritesTheMatchingRowsInOrderWithTheirKeptColumns()
    {
        double?[] some = [.. Enumerable.Range(0, 5000).Select(i => i % 3 == 0 ? null : (double?)i)];
        string?[] text = [.. Enumerable.Range(0, 5000).Select(i => i % 5 == 0 ? null : $"t{i}")];
        double[] row = [.. Enumerable.Range(0, 5000).Select(i => (double)i)];
        await data.WriteAsync("a.parquet", [1000, 2500, 1500], ("row", row), ("some", some), ("text", text));
        using Dataset all = data.Open("a.parquet");
        FitResult fit = await new IncrementalPca().FitAsync(all, new TrainingOptions { Features = ["row"] }, TestContext.Current.CancellationToken);
        using Dataset dataset = Matching.Open("some > 1000 and text is not null or row in (0, 1, 3)", data.In("a.parquet"));
        int[] expected = [.. Matching.Rows(dataset).Select(r => (int)r)];
        var options = new PredictionOptions { Keep = ["text", "row", "some"], Workers = 2 };
        await using (FileStream output = File.Create(data.In("out.parquet")))
            Assert.Equal(expected.Length, await Predictor.PredictAsync(fit.Model, dataset, output, options, TestContext.Current.CancellationToken));

        using var pool = new BufferPool();
        using ParquetFile file = ParquetFile.Open(LocalFileSource.Open(data.In("out.parquet")), pool);
        Assert.Equal(expected.Select(i => (double)i), TestData.Numbers(file, "row"));
        Assert.Equal(expected.Select(i => some[i] ?? double.NaN), TestData.Numbers(file, "some"));
        using Dataset written = Dataset.Open(data.In("out.parquet"));
        Assert.Equal(
            Enumerable.Range(0, expected.Length).Where(i => text[expected[i]] == null).Select(i => (long)i),
            Matching.Rows(Matching.Open("text is null", data.In("out.parquet"))));
        int last = expected[^1];
        Assert.Equal([expected.Length - 1L], Matching.Rows(Matching.Open($"text = '{text[last]}'", data.In("out.parquet"))));
    }

    static async Task<FitResult> FitAsync(Estimator estimator, Dataset dataset, int workers)
    {
        string? target = estimator.TargetKind switch { TargetKind.None => null, TargetKind.Classes => "late", _ => "delay" };
        return await estimator.FitAsync(dataset, new TrainingOptions
        {
            Target = target,
            Features = ["distance", "minute_of_day", "day_of_year"],
            Standardize = !estimator.NeedsCounts,
            HoldoutFraction = 0.25,
            Workers = workers,
        });
    }

    static byte[] Write(Model model)
    {
        string path = Path.GetTempFileName();
        try
        {
            ModelFile.Save(model, path);
            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    static Task RunAsync(Dataset dataset, Pass pass, int partitions, int workers, RowFilter split, int batchSize)
    {
        ColumnSelection columns = ColumnSelection.Resolve(dataset, ["row"], [], null, null);
        var source = new TileSource(dataset, columns, FeatureScaling.Identity(1), null, split, batchSize);
        var runner = new PassRunner(dataset, partitions, workers, 0, new ProgressMeter(null, () => 0), CancellationToken.None);
        return runner.RunAsync(pass, source);
    }

    sealed class Recording() : OrderedPass("test")
    {
        public List<List<long>> Tiles { get; } = [];

        public override void Learn(RowBatch tile)
        {
            Tiles.Add([.. Enumerable.Range(0, tile.RowCount).Select(tile.RowIndex)]);
            Assert.Equal(Tiles[^1].Select(r => (float)r), tile.Column(0).ToArray());
        }

        public override void Persist(StateStream state) => throw new NotSupportedException();
    }
}
