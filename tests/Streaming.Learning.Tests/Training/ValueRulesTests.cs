using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Passes;
using Streaming.Learning.State;
using Streaming.Learning.Tests.Data.Conditions;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Training;

/// <summary>Missing and infinite values: left out, filled or refused, and every row accounted for.</summary>
public sealed class ValueRulesTests : IDisposable
{
    const int Rows = 6000;

    // The rows that pivots are found from have no faults; of each hundred after them one has each.
    const int FirstFault = 300;
    const long Faults = (Rows - FirstFault) / 100;

    readonly TestData data = new();

    public static TheoryData<string, ValueHandling> EstimatorsAndHandlings =>
        new MatrixTheoryData<string, ValueHandling>(
            EstimatorCatalog.All.Select(e => e.Name), [ValueHandling.Drop, ValueHandling.Mean, ValueHandling.Zero]);

    public static TheoryData<string> Estimators => [.. EstimatorCatalog.All.Select(e => e.Name)];

    public void Dispose() => data.Dispose();

    [Theory]
    [MemberData(nameof(EstimatorsAndHandlings))]
    public async Task Fit_SameBytesForAnyWorkersAndNoRowUnaccounted(string name, ValueHandling handling)
    {
        await WriteAsync(targetHoles: handling == ValueHandling.Drop);
        byte[]? first = null;
        foreach (int workers in new[] { 1, 2, 5 })
        {
            using Dataset dataset = data.Open("a.parquet", "b.parquet");
            FitResult result = await FitAsync(name, dataset, handling, workers);
            TrainingSummary summary = result.Model.Header.Summary;
            Assert.Equal(Rows, summary.Rows + result.RowsHeldOut + result.RowsRejected);
            Assert.Equal(Rows, summary.Rows + summary.HoldoutRows + summary.RejectedRows);
            Assert.Equal(result.RowsHeldOut, result.ScoredRows);
            Assert.Equal(Expected(name, handling), result.Rejected);
            byte[] bytes = BytesOf(result.Model);
            first ??= bytes;
            Assert.Equal(first, bytes);
            Assert.Equal(bytes, BytesOf(ModelFile.Read(bytes, "memory")));
            Assert.Equal(0, dataset.Pool.RentedBytes);
        }
    }

    [Theory]
    [MemberData(nameof(EstimatorsAndHandlings))]
    public async Task TrainedModel_TreatsOtherRowsAlike(string name, ValueHandling handling)
    {
        await WriteAsync(targetHoles: false);
        using Dataset dataset = data.Open("a.parquet", "b.parquet");
        Model model = ModelFile.Read(BytesOf((await FitAsync(name, dataset, handling, 2)).Model), "memory");
        EvaluationResult scores = await Evaluator.EvaluateAsync(
            model, dataset, new EvaluationOptions { Weight = "w" }, TestContext.Current.CancellationToken);
        Assert.Equal(Rows, scores.Rows + scores.RowsRejected);
        Assert.Equal(handling == ValueHandling.Drop ? 3 * Faults : 0, scores.RowsRejected);

        using var output = new MemoryStream();
        Task<long> predicting = Predictor.PredictAsync(model, dataset, output, cancellation: TestContext.Current.CancellationToken);
        if (handling == ValueHandling.Drop)
            Assert.Contains("fit --on-missing mean|zero", (await Assert.ThrowsAsync<DatasetException>(() => predicting)).Message, StringComparison.Ordinal);
        else
            Assert.Equal(Rows, await predicting);

        Assert.Equal(0, dataset.Pool.RentedBytes);
    }

    [Theory]
    [MemberData(nameof(Estimators))]
    public async Task Drop_IsTheFitOnTheRowsThatAConditionLeaves(string name)
    {
        await WriteAsync(targetHoles: true);
        string target = EstimatorCatalog.Create(name).TargetKind switch
        {
            TargetKind.Number => " and y is not null and y > -1e300",
            TargetKind.Classes => " and label is not null",
            _ => "",
        };
        using Dataset all = data.Open("a.parquet", "b.parquet");
        using Dataset some = Matching.Open(
            $"x2 is not null and x2 < 1e300 and x3 is not null and w is not null{target}", data.In("a.parquet"), data.In("b.parquet"));
        FitResult dropped = await FitAsync(name, all, ValueHandling.Drop, 2);
        FitResult filtered = await FitAsync(name, some, ValueHandling.Error, 2);
        Assert.Equal(filtered.Model.Header.Summary.Rows, dropped.Model.Header.Summary.Rows);
        Assert.Equal(filtered.RowsFiltered, dropped.RowsRejected);
        Assert.Equal(filtered.Metrics, dropped.Metrics);
        Assert.Equal(filtered.Model.Tensors.SelectMany(t => t.Values), dropped.Model.Tensors.SelectMany(t => t.Values));
        Assert.Equal(filtered.Model.Header.Scaling.Factor, dropped.Model.Header.Scaling.Factor);
    }

    [Theory]
    [InlineData(7, 3)]
    [InlineData(100, 3)]
    [InlineData(100, 1_000_000)]
    [InlineData(1000, 1)]
    public async Task Drop_TilesAreFullAndHoldTheRightRows(int batchSize, int oneIn)
    {
        double?[] row = [.. Enumerable.Range(0, 20_000).Select(i => (double?)i)];
        double?[] hole = [.. row.Select(r => r % oneIn == 1 % oneIn && r % 5000 != 0 ? null : r)];
        await data.WriteAsync("a.parquet", [6000, 1, 5000, 2999, 6000], ("row", row), ("hole", hole));
        var split = new RowFilter(RowShare.Training, 0.3, 7);
        foreach (RowFilter filter in new[] { RowFilter.None, split })
        {
            using Dataset dataset = Matching.Open("row < 15000 or row > 15500", data.In("a.parquet"));
            var pass = new Recording();
            ColumnSelection columns = ColumnSelection.Resolve(dataset, ["row", "hole"], [], null, null, TestContext.Current.CancellationToken);
            var source = new TileSource(dataset, columns, FeatureScaling.Identity(2), null, filter, batchSize)
            {
                Rules = new ValueRules(ValueHandling.Drop, ValueHandling.Error),
            };
            var runner = new PassRunner(dataset, partitions: 2, workers: 3, 0, new ProgressMeter(null, () => 0), TestContext.Current.CancellationToken);
            await runner.RunAsync(pass, source);
            long[] wanted = [.. Matching.Rows(dataset).Where(r => !filter.IsActive || filter.Keeps(r))];
            Assert.Equal(wanted.Where(r => hole[r] != null), pass.Tiles.SelectMany(t => t).Order());
            Assert.Equal(wanted.Count(r => hole[r] == null), runner.Rejections.Total);
            Assert.InRange(pass.Tiles.Count(t => t.Count < batchSize), 0, 2);
            Assert.Equal(0, dataset.Pool.RentedBytes);
        }
    }

    [Fact]
    public async Task Error_NamesTheFirstRowAndItsFirstColumn()
    {
        await data.WriteAsync(
            "a.parquet", [40],
            ("a", Values(20, null)), ("b", Values(7, double.NegativeInfinity)), ("c", Values(7, null)), ("y", Values(9, null)), ("w", Values(8, -1)));
        using Dataset dataset = data.Open("a.parquet");
        var options = new TrainingOptions { Target = "y", Weight = "w" };
        DatasetException error = await ThrowsAsync(options);
        Assert.Contains("Feature 'b' must be a finite number, found -infinity, or a number beyond the range of float32, in row 7", error.Message, StringComparison.Ordinal);
        Assert.Contains("--on-infinite", error.Message, StringComparison.Ordinal);
        error = await ThrowsAsync(options with { Features = ["a", "c"] });
        Assert.Contains("Feature 'c' must be a finite number, found null or NaN in row 7", error.Message, StringComparison.Ordinal);
        Assert.Contains("--on-missing", error.Message, StringComparison.Ordinal);
        error = await ThrowsAsync(options with { Features = ["a", "c"], OnMissing = ValueHandling.Drop });
        Assert.Contains("Weight 'w' must be a finite number of at least 0, found -1 in row 8", error.Message, StringComparison.Ordinal);
        error = await ThrowsAsync(options with { Features = ["a", "c"], OnMissing = ValueHandling.Mean, Weight = null });
        Assert.Contains("Target 'y' must be a finite number, found null or NaN in row 9", error.Message, StringComparison.Ordinal);

        Task<DatasetException> ThrowsAsync(TrainingOptions o) =>
            Assert.ThrowsAsync<DatasetException>(() => new LinearRegression().FitAsync(dataset, o, TestContext.Current.CancellationToken));

        static double?[] Values(int row, double? value) => [.. Enumerable.Range(0, 40).Select(i => i == row ? value : i % 7)];
    }

    /// <summary>A model fills features only: training it otherwise would not help where a target or a weight is missing.</summary>
    [Fact]
    public async Task Evaluate_AdvisesToTrainOtherwiseForFeaturesOnly()
    {
        double?[] whole = [.. Enumerable.Range(0, 40).Select(i => (double?)(i % 7))];
        double?[] hole = [.. whole.Select((v, i) => i == 5 ? null : v)];
        await data.WriteAsync("whole.parquet", [40], ("a", whole), ("y", whole), ("w", whole));
        using Dataset training = data.Open("whole.parquet");
        Model model = (await new LinearRegression().FitAsync(
            training, new TrainingOptions { Target = "y", Features = ["a"] }, TestContext.Current.CancellationToken)).Model;
        foreach (string name in new[] { "a", "y", "w" })
        {
            await data.WriteAsync("hole.parquet", [40], [.. new[] { "a", "y", "w" }.Select(n => (n, n == name ? hole : whole))]);
            using Dataset dataset = data.Open("hole.parquet");
            var error = await Assert.ThrowsAsync<DatasetException>(() => Evaluator.EvaluateAsync(
                model, dataset, new EvaluationOptions { Weight = "w" }, TestContext.Current.CancellationToken));
            Assert.Contains($"'{name}' must be a finite number, found null or NaN in row 5", error.Message, StringComparison.Ordinal);
            Assert.Equal(name == "a", error.Message.Contains("train the model", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Mean_OfAFeatureWithoutValues_SaysSo()
    {
        await data.WriteAsync("a.parquet", [20], ("none", new double?[20]), ("y", Enumerable.Range(0, 20).Select(i => (double)i).ToArray()));
        using Dataset dataset = data.Open("a.parquet");
        var options = new TrainingOptions { Target = "y", OnMissing = ValueHandling.Mean };
        var error = await Assert.ThrowsAsync<DatasetException>(() => new LinearRegression().FitAsync(dataset, options, TestContext.Current.CancellationToken));
        Assert.Contains("'none' has no finite value", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<DatasetException>(() => new LinearRegression().FitAsync(
            dataset, options with { OnMissing = ValueHandling.Drop }, TestContext.Current.CancellationToken));
        Assert.Contains("missing none: 20", error.Message, StringComparison.Ordinal);
    }

    static RejectedRows[] Expected(string name, ValueHandling handling)
    {
        if (handling != ValueHandling.Drop)
            return [];

        TargetKind target = EstimatorCatalog.Create(name).TargetKind;
        return
        [
            new("missing x2", Faults),
            new("infinite x2", Faults),
            new("missing x3", Faults),
            .. target == TargetKind.Number ? [new("missing y", Faults), new("infinite y", Faults)] : Array.Empty<RejectedRows>(),
            .. target == TargetKind.Classes ? [new("missing label", Faults)] : Array.Empty<RejectedRows>(),
            new("missing w", Faults),
        ];
    }

    static Task<FitResult> FitAsync(string name, Dataset dataset, ValueHandling handling, int workers)
    {
        Estimator estimator = EstimatorCatalog.Create(name);
        return estimator.FitAsync(dataset, new TrainingOptions
        {
            Target = estimator.TargetKind switch { TargetKind.Classes => "label", TargetKind.Number => "y", _ => null },
            Features = ["x*"],
            Weight = "w",
            OnMissing = handling,
            OnInfinite = handling,
            Standardize = !estimator.NeedsCounts,
            Epochs = 2,
            BatchSize = 100,
            Partitions = 3,
            HoldoutFraction = 0.2,
            Workers = workers,
        });
    }

    static byte[] BytesOf(Model model)
    {
        using var stream = new MemoryStream();
        ModelFile.Write(stream, model);
        return stream.ToArray();
    }

    async Task WriteAsync(bool targetHoles)
    {
        (string Name, double?[] Values)[] columns = Columns(targetHoles);
        string?[] label = [.. columns.Single(c => c.Name == "x1").Values.Select((v, i) => targetHoles && HasFault(i, 5) ? null : v > 5 ? "high" : "low")];
        await data.WriteAsync("a.parquet", [1700, 300, 1000], Cut(0));
        await data.WriteAsync("b.parquet", [2500, 500], Cut(3000));

        (string, Array)[] Cut(int start) =>
            [.. columns.Select(c => (c.Name, (Array)c.Values[start..(start + 3000)])), ("label", label[start..(start + 3000)])];
    }

    // The first rows of a hundred have two faults, and count for the first column.
    static (string Name, double?[] Values)[] Columns(bool targetHoles)
    {
        var random = new Random(7);
        double?[] x1 = Make(_ => random.NextDouble() * 10);
        double?[] x2 = Make(i => HasFault(i, 0) ? null : HasFault(i, 1) ? double.PositiveInfinity : 1e9 + i);
        double?[] x3 = Make(i => HasFault(i, 0) || HasFault(i, 2) ? double.NaN : random.NextDouble());
        double?[] y = Make(i => targetHoles && HasFault(i, 3) ? null : targetHoles && HasFault(i, 4) ? double.NegativeInfinity : 3 * x1[i] + random.NextDouble());
        double?[] w = Make(i => targetHoles && HasFault(i, 6) ? null : random.Next(3) * 0.5 + 0.5);
        return [("x1", x1), ("x2", x2), ("x3", x3), ("y", y), ("w", w)];

        static double?[] Make(Func<int, double?> value) => [.. Enumerable.Range(0, Rows).Select(value)];
    }

    static bool HasFault(int row, int kind) => row >= FirstFault && row % 100 == kind;

    sealed class Recording() : OrderedPass("test")
    {
        public List<List<long>> Tiles { get; } = [];

        public override void Learn(RowBatch tile)
        {
            Tiles.Add([.. Enumerable.Range(0, tile.RowCount).Select(tile.RowIndex)]);
            Assert.Equal(Tiles[^1].Select(r => (float)r), tile.Column(0).ToArray());
            Assert.Equal(Tiles[^1].Select(r => (float)r), tile.Column(1).ToArray());
        }

        public override void Persist(StateStream state) => throw new NotSupportedException();
    }
}
