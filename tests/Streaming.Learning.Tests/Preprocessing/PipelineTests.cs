using Streaming.Learning.Data;
using Streaming.Learning.Data.Conditions;
using Streaming.Learning.Data.Encodings;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Preprocessing;
using Streaming.Learning.Tests.Training;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Preprocessing;

/// <summary>Scalers and imputers in pipelines: what rows become, beside scikit-learn 1.2.1's transform of the same rows.</summary>
public sealed class PipelineTests : IDisposable
{
    static readonly double?[] A = [-3.5, 1, 2.25, 8, 2, 0.5, 4];
    static readonly double?[] B = [10, 20, 15, 400, 12, 18, 11];
    static readonly double?[] C = [7, 7, 7, 7, 7, 7, 7];

    readonly TestData data = new();

    // Transformed rows 0 and 3, of StandardScaler(), MinMaxScaler(), MinMaxScaler((-1, 3)), RobustScaler() and RobustScaler(quantile_range=(10, 90)).
    public static TheoryData<FeatureScaler, double[][]> Scalers => new()
    {
        { new StandardScaler(), [[-1.7077362779276637, -0.4402173091813246, 0.0], [1.8399481187994828, 2.448708782321118, 0.0]] },
        { new MinMaxScaler(), [[0, 0, 0], [1, 1, 0]] },
        { new MinMaxScaler { Low = -1, High = 3 }, [[-1, -1, -1], [3, 3, -1]] },
        { new RobustScaler(), [[-2.3157894736842106, -0.6666666666666666, 0], [2.526315789473684, 51.333333333333336, 0]] },
        { new RobustScaler { LowQuantile = 10, HighQuantile = 90 }, [[-0.8208955223880595, -0.030978934324659202, 0], [0.8955223880597013, 2.3853779429987587, 0]] },
    };

    // Transformed rows 2, 5 and 0 of make_pipeline(SimpleImputer(strategy=...), scaler), with gaps in row 2 of the first column and row 5 of the second.
    public static TheoryData<SimpleImputer, FeatureScaler, double[][]> Imputers => new()
    {
        { new SimpleImputer(), new StandardScaler(), [[0, -0.47242112912737877, 0], [-0.4629100498862757, 0, 0], [-1.697336849583011, -0.5099148695343136, 0]] },
        { new SimpleImputer(), new MinMaxScaler(), [[0.4782608695652174, 0.012820512820512824, 0], [0.34782608695652173, 0.17435897435897438, 0], [0, 0, 0]] },
        {
            new SimpleImputer { Strategy = ValueHandling.Median },
            new StandardScaler(),
            [[-0.13206763594884358, -0.39767006353670625, 0], [-0.44022545316281186, -0.4087604637150208, 0], [-1.6728567220186852, -0.43463806413108796, 0]]
        },
        {
            new SimpleImputer { Strategy = ValueHandling.Median },
            new MinMaxScaler(),
            [[0.4347826086956522, 0.012820512820512824, 0], [0.34782608695652173, 0.008974358974358977, 0], [0, 0, 0]]
        },
        {
            new SimpleImputer { Strategy = ValueHandling.Constant, FillValue = 2.5 },
            new StandardScaler(),
            [[0.13206763594884352, -0.3840770304266721, 0], [-0.4842479984790932, -0.4760243359323733, 0], [-1.7168792673349667, -0.42085595262895253, 0]]
        },
        {
            new SimpleImputer { Strategy = ValueHandling.Constant, FillValue = 2.5 },
            new MinMaxScaler(),
            [[0.5217391304347826, 0.031446540880503145, 0], [0.34782608695652173, 0, 0], [0, 0.018867924528301886, 0]]
        },
    };

    public void Dispose() => data.Dispose();

    [Theory]
    [MemberData(nameof(Scalers))]
    public async Task Scaled_AreThoseOfScikitLearn(FeatureScaler scaler, double[][] wanted)
    {
        double[][] found = await TransformAsync(A, B, scaler);
        EncodedRows.AssertNear(wanted, [found[0], found[3]]);
    }

    [Theory]
    [MemberData(nameof(Imputers))]
    public async Task FilledAndScaled_AreThoseOfScikitLearn(SimpleImputer imputer, FeatureScaler scaler, double[][] wanted)
    {
        double?[] a = [.. A], b = [.. B];
        (a[2], b[5]) = (null, null);
        double[][] found = await TransformAsync(a, b, imputer, scaler);
        EncodedRows.AssertNear(wanted, [found[2], found[5], found[0]]);
    }

    // QuantileTransformer(n_quantiles=, output_distribution=).fit(x).transform(new).
    [Theory]
    [InlineData(1000, OutputDistribution.Uniform, new[] { 0.0, 0.0, 0.16666666666666666, 0.6000000000000001, 0.8055555555555555, 1.0, 1.0 })]
    [InlineData(1000, OutputDistribution.Normal, new[] { -5.199337582605575, -5.199337582605575, -0.967421566101701, 0.25334710313580006, 0.8616341201741718, 5.19933758270342, 5.19933758270342 })]
    [InlineData(4, OutputDistribution.Uniform, new[] { 0.0, 0.0, 0.25757575757575757, 0.4666666666666677, 0.6996996996996996, 1.0, 1.0 })]
    [InlineData(4, OutputDistribution.Normal, new[] { -5.199337582605575, -5.199337582605575, -0.6508373064444771, -0.08365173390712657, 0.5235370133423162, 5.19933758270342, 5.19933758270342 })]
    public async Task Distributed_AreThoseOfScikitLearn(int quantiles, OutputDistribution output, double[] wanted)
    {
        await data.WriteAsync("train.parquet", [6, 4], ("x", (double[])[-3.5, 1, 2.25, 8, 2, 0.5, 4, 2, 2, 30]));
        await data.WriteAsync("new.parquet", [7], ("x", (double[])[-10, -3.5, 0.75, 2.1, 5, 30, 99]));
        var transformer = new QuantileTransformer { NQuantiles = quantiles, OutputDistribution = output };
        using Dataset dataset = data.Open("train.parquet");
        ModelFile.Save((await new Pipeline([transformer], new KMeans { NClusters = 1 }).FitAsync(dataset)).Model, data.In("model"));
        using Dataset other = data.Open("new.parquet");
        double[][] found = EncodedRows.Of(ModelFile.Load(data.In("model")).Header, other);
        EncodedRows.AssertNear([wanted], [[.. found.Select(f => f[0])]]);
    }

    [Fact]
    public async Task FilledAndDistributed_AreAsTheirMedian()
    {
        double?[] a = [.. A];
        a[2] = null;
        double[][] found = await TransformAsync(a, B, new SimpleImputer { Strategy = ValueHandling.Median }, new QuantileTransformer());
        Assert.Equal(0.5, found[2][0], 1e-12);
    }

    [Fact]
    public async Task Products_AreThoseOfScikitLearn()
    {
        // PolynomialFeatures(degree=2, include_bias=False) on rows 0 and 3 of the three columns: behind a, b, c come a^2, a b, a c, b^2, b c, c^2.
        double[][] found = await TransformAsync(A, B, new PolynomialFeatures());
        EncodedRows.AssertNear([[-3.5, 10, 7, 12.25, -35, -24.5, 100, 70, 49], [8, 400, 7, 64, 3200, 56, 160000, 2800, 49]], [found[0], found[3]]);
        found = await TransformAsync(A, B, new PolynomialFeatures { InteractionOnly = true });
        EncodedRows.AssertNear([[-3.5, 10, 7, -35, -24.5, 70]], [found[0]]);
    }

    [Fact]
    public async Task Products_BesideCategories_ScaledAndLearned_GiveTheirCoefficients()
    {
        var random = new Random(5);
        const int Rows = 3000;
        double[] a = [.. Enumerable.Range(0, Rows).Select(_ => 5 + random.NextDouble())], b = [.. Enumerable.Range(0, Rows).Select(_ => random.NextDouble() - 2)];
        string[] s = [.. Enumerable.Range(0, Rows).Select(_ => $"s{random.Next(3)}")];
        double[] y = [.. a.Select((v, i) => v - 2 * b[i] + 3 * v * v - 4 * v * b[i] + 0.5 * b[i] * b[i] + (s[i] == "s1" ? 7 : 0))];
        await data.WriteAsync("products.parquet", [1000, 700, 1300], ("s", s), ("a", a), ("b", b), ("y", y));
        byte[]? first = null;
        foreach (int workers in new[] { 1, 5 })
        {
            using Dataset dataset = data.Open("products.parquet");
            var pipeline = new Pipeline([new OneHotEncoder("s"), new PolynomialFeatures(), new StandardScaler()], new LinearRegression());
            var model = (LinearRegressorModel)(await pipeline.FitAsync(dataset, new TrainingOptions { Target = "y", Workers = workers, Partitions = 2 })).Model;
            Assert.Equal(["s=s0", "s=s1", "s=s2", "a", "b", "a^2", "a b", "b^2"], model.Header.Features);
            EncodedRows.AssertNear([[1, -2, 3, -4, 0.5]], [model.Coef[3..].ToArray()]);
            ModelFile.Save(model, data.In("model"));
            double r2 = (await Evaluator.EvaluateAsync(ModelFile.Load(data.In("model")), dataset)).Metrics.Single(m => m.Name == "r2").Value;
            Assert.Equal(1, r2, 1e-6);
            first ??= CheckpointTests.BytesOf(model);
            Assert.Equal(first, CheckpointTests.BytesOf(model));
        }
    }

    [Fact]
    public async Task MinMaxScaler_OfAllRows_TakesTheFootersWordForIt()
    {
        await data.WriteAsync("train.parquet", [3, 4], ("a", A), ("b", B), ("c", C));
        FitResult told = await FitAsync(new DatasetOptions());
        FitResult measured = await FitAsync(new DatasetOptions { Where = RowCondition.Parse("b < 1000") });
        Assert.Equal((measured.Passes - 1, 7), (told.Passes, told.Model.Header.Summary.Rows));
        Assert.Equal(measured.Model.Header.Scaling.Offset, told.Model.Header.Scaling.Offset);
        Assert.Equal(measured.Model.Header.Scaling.Factor, told.Model.Header.Scaling.Factor);

        async Task<FitResult> FitAsync(DatasetOptions options)
        {
            using Dataset dataset = Dataset.Open([data.In("train.parquet")], options);
            return await new Pipeline([new MinMaxScaler()], new IncrementalPca()).FitAsync(dataset);
        }
    }

    [Fact]
    public async Task RobustScaler_OfManyRows_IsWithinTheErrorOfTheSketch()
    {
        double[] x = [.. Enumerable.Range(0, 60_000).Select(i => (double)(i * 7919L % 60_000))];
        await data.WriteAsync("many.parquet", [20_000, 25_000, 15_000], ("x", x));
        using Dataset dataset = data.Open("many.parquet");
        FeatureScaling scaling = (await new Pipeline([new RobustScaler()], new KMeans { NClusters = 1 }).FitAsync(dataset)).Model.Header.Scaling;
        double error = QuantileSketch.RankErrorOf(QuantileSketch.DefaultK) * x.Length;
        Assert.Equal(30_000, scaling.Offset[0], error);
        Assert.Equal(30_000, 1 / scaling.Factor[0], 2 * error);
    }

    [Fact]
    public async Task EncodedFilledAndScaled_IsTheSameForAnyWorkersMemoryAndWhenResumed()
    {
        var random = new Random(3);
        const int Rows = 6000;
        string?[] city = [.. Enumerable.Range(0, Rows).Select(i => i % 5 == 0 ? null : $"c{random.Next(12)}")];
        double?[] x = [.. Enumerable.Range(0, Rows).Select(i => i % 9 == 0 ? (double?)null : random.NextDouble())];
        double[] y = [.. x.Select((v, i) => (v ?? 0.5) + city[i]?.Length ?? 0)];
        await data.WriteAsync("train.parquet", [2500, 500, 3000], ("city", city), ("id", city.Select(c => c + "x").ToArray()), ("x", x), ("y", y));
        await AssertSameBitsAsync(
            data, [new OneHotEncoder("city"), new FeatureHasher(3, "id"), new SimpleImputer { Strategy = ValueHandling.Median }, new RobustScaler()], 24_000_000, 20, 70);
    }

    /// <summary>
    /// That an SGD regression on <c>y</c> behind steps is the same for any number of workers, in little memory, every row accounted for, and when it is stopped after so many
    /// tiles, as often as there are numbers, and resumed.
    /// </summary>
    internal static async Task AssertSameBitsAsync(TestData data, Transformer[] steps, long memory, params int[] stops)
    {
        byte[] whole = await FitAsync(1, long.MaxValue, null, default);
        Assert.Equal(whole, await FitAsync(3, memory, null, default));
        Assert.Equal(whole, await FitAsync(4, long.MaxValue, null, default));
        var checkpoints = new CheckpointOptions(data.In("checkpoints"));
        foreach (int tiles in stops)
        {
            using var stop = new CancellationTokenSource();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => FitAsync(2, long.MaxValue, checkpoints with { Every = new CheckpointTests.StopAfter(tiles, stop), Resume = tiles != stops[0] }, stop.Token));
        }

        Assert.Equal(whole, await FitAsync(3, memory, checkpoints with { Resume = true }, default));

        async Task<byte[]> FitAsync(int workers, long limit, CheckpointOptions? checkpoint, CancellationToken cancellation)
        {
            using var pool = new Storage.BufferPool(limit);
            using Dataset dataset = Dataset.Open([data.In("train.parquet")], pool);
            var options = new TrainingOptions { Target = "y", BatchSize = 100, Partitions = 3, HoldoutFraction = 0.1, Workers = workers, Checkpoint = checkpoint };
            FitResult result = await new Pipeline(steps, new SgdRegressor()).FitAsync(dataset, options, cancellation);
            Assert.Equal(dataset.RowCount, result.Model.Header.Summary.Rows + result.RowsHeldOut);
            return CheckpointTests.BytesOf(result.Model);
        }
    }

    [Fact]
    public async Task StepsThatDoNotFit_AreRefused()
    {
        await RefusesAsync("Wanted steps in the order of encoders, imputer, polynomial features, scaler", new StandardScaler(), new OneHotEncoder("a"));
        await RefusesAsync("Wanted one scaler or quantile-transformer of all columns that no other names, found min-max-scaler, robust-scaler", new MinMaxScaler(), new RobustScaler());
        await RefusesAsync("Wanted one way to treat missing values", new SimpleImputer(), new SimpleImputer());
        await RefusesAsync("low and high", new MinMaxScaler { Low = 2 });
        await RefusesAsync("low-quantile", new RobustScaler { LowQuantile = 80 });
        await RefusesAsync("strategy", new SimpleImputer { Strategy = ValueHandling.Drop });
        await RefusesAsync("the degree 2", new PolynomialFeatures { Degree = 3 });
        await RefusesAsync("is multiplied (polynomial-features) and filled", new SimpleImputer(), new PolynomialFeatures());
        await RefusesAsync("is multiplied (polynomial-features) and distributed", new PolynomialFeatures(), new QuantileTransformer());
        await RefusesAsync("found robust-scaler, quantile-transformer", new RobustScaler(), new QuantileTransformer());
        await RefusesAsync("1 to 22 bits", new FeatureHasher(23, "a"));

        async Task RefusesAsync(string message, params Transformer[] steps)
        {
            var error = await Assert.ThrowsAsync<ArgumentException>(() => TransformAsync(A, B, steps));
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
        }
    }

    // Fits a pipeline whose learner does not matter, and gives the rows as a saved model sees them.
    async Task<double[][]> TransformAsync(double?[] a, double?[] b, params Transformer[] steps)
    {
        await data.WriteAsync("train.parquet", [3, 4], ("a", a), ("b", b), ("c", C));
        using Dataset dataset = data.Open("train.parquet");
        ModelFile.Save((await new Pipeline(steps, new KMeans { NClusters = 1 }).FitAsync(dataset)).Model, data.In("model"));
        ModelHeader header = ModelFile.Load(data.In("model")).Header;

        // Without a scaler the learner's own would be seen.
        return EncodedRows.Of(steps.Any(s => s is FeatureScaler) ? header : header with { Scaling = FeatureScaling.Identity(header.Features.Count) }, dataset);
    }
}
