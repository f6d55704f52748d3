using Streaming.Learning.Data;
using Streaming.Learning.Data.Encodings;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Preprocessing;
using Streaming.Learning.Tests.Training;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Preprocessing;

/// <summary>Features that tell of missing values, beside scikit-learn 1.2.1's <c>SimpleImputer(add_indicator=True)</c>.</summary>
public sealed class MissingIndicatorTests : IDisposable
{
    static readonly double?[] A = [-3.5, 1, null, 8, 2, 0.5, 4];
    static readonly double?[] B = [10, 20, 15, 400, 12, null, 11];
    static readonly double?[] C = [7, 7, 7, 7, 7, 7, 7];
    static readonly double?[] D = [1, null, 3, 4, 5, 6, 7];
    static readonly double[] Y = [1, 2, 3, 4, 5, 6, 7];

    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task ColumnsWithGaps_GiveAFeatureMore_ScaledAsAllOthers()
    {
        // Rows 2, 5, 0 and 1 of make_pipeline(SimpleImputer(add_indicator=True), StandardScaler()), and get_feature_names_out of the imputer.
        double[][] wanted =
        [
            [0.0, -0.47242112912737877, 0.0, -0.7302967433402213, 2.449489742783178, -0.40824829046386296, -0.4082482904638629],
            [-0.4629100498862757, 0.0, 0.0, 0.912870929175277, -0.4082482904638629, 2.4494897427831783, -0.4082482904638629],
            [-1.697336849583011, -0.5099148695343136, 0.0, -1.8257418583505534, -0.4082482904638629, -0.40824829046386296, -0.4082482904638629],
            [-0.3086066999241838, -0.43492738872044395, 0.0, 0.0, -0.4082482904638629, -0.40824829046386296, 2.449489742783178],
        ];
        Model model = await FitAsync(new SimpleImputer { AddIndicator = true }, new StandardScaler());
        Assert.Equal(["a", "b", "c", "d", "missingindicator_a", "missingindicator_b", "missingindicator_d"], model.Header.Features);
        EncodedRows.AssertNear(wanted, Rows(model, "train.parquet"));
    }

    [Fact]
    public async Task EachColumnByItsOwnImputer_ScaledWithItsColumn()
    {
        // Of ColumnTransformer([a: SimpleImputer(median, add_indicator=True), RobustScaler(); b: SimpleImputer(constant, -1, add_indicator=True), MinMaxScaler((-1, 1));
        // c: SimpleImputer(add_indicator=True); d: SimpleImputer(most_frequent)]), which has the indicators behind their columns.
        double[][] wanted =
        [
            [0.0, 1.0, -0.9201995012468828, -1.0, 7.0, 3.0],
            [-0.4444444444444444, 0.0, -1.0, 1.0, 7.0, 6.0],
            [-2.2222222222222223, 0.0, -0.9451371571072319, -1.0, 7.0, 1.0],
            [-0.2222222222222222, 0.0, -0.8952618453865336, -1.0, 7.0, 1.0],
        ];
        Model model = await FitAsync(
            new SimpleImputer { Strategy = ValueHandling.Median, AddIndicator = true, Columns = ["a"] },
            new SimpleImputer { Strategy = ValueHandling.Constant, FillValue = -1, AddIndicator = true, Columns = ["b"] },
            new SimpleImputer { AddIndicator = true, Columns = ["c"] },
            new SimpleImputer { Strategy = ValueHandling.MostFrequent, Columns = ["d"] },
            new RobustScaler { Columns = ["a"] },
            new MinMaxScaler { Low = -1, Columns = ["b"] });
        Assert.Equal(["a", "b", "c", "d", "missingindicator_a", "missingindicator_b"], model.Header.Features);
        EncodedRows.AssertNear(wanted, [.. Rows(model, "train.parquet").Select(r => (double[])[r[0], r[4], r[1], r[5], r[2], r[3]])]);
    }

    [Fact]
    public async Task GapsThatTrainingRowsDidNotHave_AreFilledAndNotToldOf_InAnyOrderOfColumns()
    {
        Model model = await FitAsync(new SimpleImputer { AddIndicator = true });
        double?[] c = [null, 7, 7], a = [null, 1, 2];
        await data.WriteAsync("new.parquet", [3], ("more", (double[])[1, 2, 3]), ("d", (double[])[1, 2, 3]), ("c", c), ("a", a), ("b", (double[])[4, 5, 6]));
        double[][] rows = Rows(model, "new.parquet");
        EncodedRows.AssertNear([[2, 4, 7, 1, 1, 0, 0], [1, 5, 7, 2, 0, 0, 0]], rows);
    }

    [Fact]
    public async Task NoGaps_GiveNoFeatureMore()
    {
        await data.WriteAsync("whole.parquet", [7], ("c", C), ("y", Y));
        using Dataset dataset = data.Open("whole.parquet");
        FitResult fit = await new Pipeline([new SimpleImputer { AddIndicator = true }], new LinearRegression()).FitAsync(dataset, new TrainingOptions { Target = "y" });
        Assert.Equal(["c"], fit.Model.Header.Features);
    }

    [Fact]
    public async Task EncodedColumns_AreToldOfOnceEach_AndNotWhereMissingIsACategory()
    {
        string?[] city = ["b", null, "b", "a"];
        await data.WriteAsync("train.parquet", [4], ("city", city), ("town", city), ("place", city), ("y", (double[])[1, 2, 3, 4]));
        Model model = await FitAsync(
            "train.parquet", [new OrdinalEncoder("city"), new OneHotEncoder("town", "place"), new SimpleImputer { Strategy = ValueHandling.MostFrequent, AddIndicator = true, Columns = ["city", "town"] }]);
        Assert.Equal(
            ["city", "town=a", "town=b", "place=a", "place=b", "place=<null>", "missingindicator_city", "missingindicator_town"], model.Header.Features);
        using Dataset dataset = data.Open("train.parquet");
        EncodedRows.AssertNear([[1, 0, 1, 0, 1, 0, 0, 0], [1, 0, 1, 0, 0, 1, 1, 1]], EncodedRows.Of(model.Header, dataset));
    }

    [Fact]
    public async Task BesideQuantiles_StaysAsItIs_AndBesideDroppedRowsGoesWithItsRow()
    {
        Model model = await FitAsync(
            new SimpleImputer { Strategy = ValueHandling.Median, AddIndicator = true, Columns = ["a", "d"] }, new QuantileTransformer { Columns = ["a"] });
        double?[] b = [10, null, 11, 12];
        await data.WriteAsync("gaps.parquet", [4], ("a", (double?[])[null, null, 8, null]), ("b", b), ("c", Y[..4]), ("d", (double?[])[3, 3, null, 3]), ("y", Y[..4]));
        using Dataset dataset = data.Open("gaps.parquet");
        ColumnSelection columns = ColumnSelection.ForModel(dataset, model.Header.Features, null, null, model.Header.Encoded);
        var source = new TileSource(dataset, columns, model.Header.Scaling, null, RowFilter.None, 8) { Rules = model.Header.Rules };
        using var reader = new TileReader(source, dataset.RowGroups);
        using var tile = new RowBatch(dataset.Pool, source.Shape());
        Assert.True(reader.Read(tile));
        Assert.Equal(["a", "b", "c", "d", "missingindicator_a", "missingindicator_d"], model.Header.Features);
        Assert.Equal([1, 0, 1], tile.Column(4).ToArray());
        Assert.Equal([0, 1, 0], tile.Column(5).ToArray());
        Assert.Equal([0.5f, 1, 0.5f], tile.Column(0).ToArray());
    }

    [Fact]
    public async Task ChainOfAllThatFillsAndTells_IsTheSameForAnyWorkersAndMemory_ResumedAndFromTheCache()
    {
        const int Rows = 5000;
        double?[] Gaps(int every, int of) => [.. Enumerable.Range(0, Rows).Select(i => i % every == 0 ? (double?)null : i * 7919L % of / 10.0)];
        string?[] Texts(int every) => [.. Enumerable.Range(0, Rows).Select(i => i % every == 0 ? null : $"c{i * i % 23}")];
        double[] y = [.. Enumerable.Range(0, Rows).Select(i => (double)(i % 37))];
        await data.WriteAsync(
            "train.parquet", [2000, 500, 2500], ("x", Gaps(9, 83)), ("city", Texts(5)), ("z", Gaps(4, 101)), ("id", Texts(7)), ("q", Gaps(11, 53)), ("p", y), ("size", Texts(3)), ("r", y), ("y", y));
        await PipelineTests.AssertSameBitsAsync(data, Chain, 40_000_000, 20, 60);

        // And from tiles that were written aside.
        FitResult cached = await EpochsAsync(new CacheOptions(data.In("cache")));
        Assert.NotEqual(0, cached.Cache!.BytesRead);
        Assert.Equal(CheckpointTests.BytesOf((await EpochsAsync(null)).Model), CheckpointTests.BytesOf(cached.Model));

        async Task<FitResult> EpochsAsync(CacheOptions? cache)
        {
            using Dataset dataset = data.Open("train.parquet");
            return await new Pipeline(Chain, new SgdRegressor()).FitAsync(dataset, new TrainingOptions { Target = "y", BatchSize = 100, Partitions = 3, Epochs = 3, Cache = cache });
        }
    }

    static Transformer[] Chain =>
    [
        new OneHotEncoder("city") { MaxCategories = 5 }, new OrdinalEncoder("size"), new FeatureHasher(3, "id"),
        new SimpleImputer { Strategy = ValueHandling.MostFrequent, AddIndicator = true, Columns = ["city", "size"] },
        new SimpleImputer { Strategy = ValueHandling.Constant, FillCategory = "none", AddIndicator = true, Columns = ["id"] },
        new SimpleImputer { Strategy = ValueHandling.Median, AddIndicator = true, Columns = ["z"] },
        new SimpleImputer { Strategy = ValueHandling.Constant, FillValue = 3, Columns = ["q"] },
        new SimpleImputer { AddIndicator = true, Columns = ["x"] },
        new PolynomialFeatures { Columns = ["p"] },
        new PolynomialFeatures { Columns = ["r"] },
        new QuantileTransformer { Columns = ["q"], OutputDistribution = OutputDistribution.Normal },
        new RobustScaler { Columns = ["z"] },
        new StandardScaler(),
    ];

    async Task<Model> FitAsync(params Transformer[] steps)
    {
        await data.WriteAsync("train.parquet", [3, 4], ("a", A), ("b", B), ("c", C), ("d", D), ("y", Y));
        return await FitAsync("train.parquet", steps);
    }

    // As it is loaded from its file. To this learner the zeros of features matter, so that nothing is taken off those that have no scaler.
    async Task<Model> FitAsync(string file, Transformer[] steps)
    {
        using Dataset dataset = data.Open(file);
        var learner = new SgdRegressor { LearningRate = LearningRateSchedule.Invscaling, Eta0 = 1e-12 };
        FitResult fit = await new Pipeline(steps, learner).FitAsync(dataset, new TrainingOptions { Target = "y", OnMissing = steps.OfType<SimpleImputer>().All(i => i.Columns.Count > 0) ? ValueHandling.Drop : ValueHandling.Error });
        ModelFile.Save(fit.Model, data.In("model"));
        return ModelFile.Load(data.In("model"));
    }

    // Rows 2, 5, 0 and 1 of the training file, or all of another.
    double[][] Rows(Model model, string file)
    {
        using Dataset dataset = data.Open(file);
        double[][] rows = EncodedRows.Of(model.Header, dataset);
        return file == "train.parquet" ? [rows[2], rows[5], rows[0], rows[1]] : rows;
    }
}
