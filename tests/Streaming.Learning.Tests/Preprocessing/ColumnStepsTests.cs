using Streaming.Learning.Data;
using Streaming.Learning.Data.Encodings;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Preprocessing;
using Streaming.Learning.Tests.Training;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Preprocessing;

/// <summary>Imputers and scalers of some columns, beside scikit-learn 1.2.1's <c>ColumnTransformer</c> of the same steps.</summary>
public sealed class ColumnStepsTests : IDisposable
{
    static readonly double?[] A = [-3.5, 1, null, 8, 2, 0.5, 4];
    static readonly double?[] B = [10, 20, 15, 400, 12, null, 11];
    static readonly double?[] C = [7, 7, 7, 7, 7, 7, 7];
    static readonly double?[] D = [1, null, 3, 4, 5, 6, 7];
    static readonly double[] E = [1, 2, 3, 4, 5, 6, 8];

    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task EachColumnByItsOwnSteps_IsThatOfScikitLearn()
    {
        // Rows 2, 5, 0 and 1 of ColumnTransformer([a: SimpleImputer(median), RobustScaler(); b: SimpleImputer(), StandardScaler(); c: passthrough;
        // d: SimpleImputer(constant, -1), MinMaxScaler()]).
        double[][] wanted =
        [
            [0.0, -0.47242112912737877, 7.0, 0.5],
            [-0.4444444444444444, 0.0, 7.0, 0.875],
            [-2.2222222222222223, -0.5099148695343136, 7.0, 0.25],
            [-0.2222222222222222, -0.43492738872044395, 7.0, 0.0],
        ];
        double[][] found = await TransformAsync(
            new SimpleImputer { Strategy = ValueHandling.Median, Columns = ["a"] },
            new SimpleImputer { Columns = ["b"] },
            new SimpleImputer { Strategy = ValueHandling.Constant, FillValue = -1, Columns = ["d*"] },
            new RobustScaler { Columns = ["a"] },
            new StandardScaler { Columns = ["b"] },
            new MinMaxScaler { Columns = ["d"] });
        EncodedRows.AssertNear(wanted, [.. found.Select(r => r[..4])]);
    }

    [Fact]
    public async Task StepsThatNameNoColumns_TakeThoseThatNoOtherNames()
    {
        // Of ColumnTransformer([a: SimpleImputer(constant, 2.5); b, c, d: SimpleImputer(), StandardScaler()]).
        double[][] wanted =
        [
            [2.5, -0.47242112912737877, 0.0, -0.7302967433402213],
            [0.5, 0.0, 0.0, 0.912870929175277],
            [-3.5, -0.5099148695343136, 0.0, -1.8257418583505534],
            [1.0, -0.43492738872044395, 0.0, 0.0],
        ];
        var constant = new SimpleImputer { Strategy = ValueHandling.Constant, FillValue = 2.5, Columns = ["a"] };
        double[][] found = await TransformAsync(constant, new SimpleImputer(), new StandardScaler { Columns = ["b", "c", "d"] });
        EncodedRows.AssertNear(wanted, [.. found.Select(r => r[..4])]);

        // A scaler of bounds 0 and 1 where nothing is to be done: what is not named is.
        found = await TransformAsync(new SimpleImputer(), constant, new MinMaxScaler { Columns = ["c"] }, new StandardScaler());
        EncodedRows.AssertNear([wanted[1][1..]], [found[1][1..4]]);
    }

    [Fact]
    public async Task SomeColumnsDistributed_EachInItsWay_IsThatOfScikitLearn()
    {
        // Of ColumnTransformer([a: SimpleImputer(constant, 2.5), QuantileTransformer(n_quantiles=7); b: SimpleImputer(), StandardScaler(); c: passthrough;
        // d: SimpleImputer(median), QuantileTransformer(n_quantiles=7, output_distribution="normal")]).
        double[][] wanted =
        [
            [0.6666666666666667, -0.47242112912737877, 7.0, -0.9674215661017008],
            [0.16666666666666696, 0.0, 7.0, 0.9674215661017008],
            [0.0, -0.5099148695343136, 7.0, -5.199337582605575],
            [0.33333333333333337, -0.43492738872044395, 7.0, 0.0],
        ];
        var constant = new SimpleImputer { Strategy = ValueHandling.Constant, FillValue = 2.5, Columns = ["a"] };
        double[][] found = await TransformAsync(
            constant,
            new SimpleImputer { Columns = ["b"] },
            new SimpleImputer { Strategy = ValueHandling.Median, Columns = ["d"] },
            new StandardScaler { Columns = ["b"] },
            new QuantileTransformer { Columns = ["a"] },
            new QuantileTransformer { Columns = ["d"], OutputDistribution = OutputDistribution.Normal });
        EncodedRows.AssertNear(wanted, [.. found.Select(r => r[..4])]);

        // One constant for all is another value in each column.
        found = await TransformAsync(new SimpleImputer { Strategy = ValueHandling.Constant, FillValue = 2.5 }, new QuantileTransformer());
        Assert.Equal(wanted[0][0], found[0][0], 1e-7);

        // QuantileTransformer(n_quantiles=7) behind SimpleImputer(most_frequent).
        found = await TransformAsync(new SimpleImputer { Strategy = ValueHandling.MostFrequent }, new QuantileTransformer { Columns = ["a"] }, new StandardScaler());
        EncodedRows.AssertNear([[0], [1 / 3.0], [0], [0.5]], [.. found.Select(r => r[..1])]);
        Assert.Equal(0, found[0][2]);
    }

    [Fact]
    public async Task SomeColumnsMultiplied_BesideFilledOnes_IsThatOfScikitLearn()
    {
        // Of make_pipeline(ColumnTransformer([a, b, d: SimpleImputer(); c, e: PolynomialFeatures(2, include_bias=False)]), StandardScaler()), in the order of a to e, c^2, c e, e^2.
        double[][] wanted =
        [
            [0.0, -0.47242112912737877, 0.0, -0.7302967433402213, -0.5121475197315841, 0.0, -0.5121475197315839, -0.6414304449818098],
            [-0.4629100498862757, 0.0, 0.0, 0.912870929175277, 0.8322397195638237, 0.0, 0.8322397195638239, 0.6762907952525604],
            [-1.697336849583011, -0.5099148695343136, 0.0, -1.8257418583505534, -1.408405679261856, 0.0, -1.4084056792618558, -1.0318663680142157],
            [-0.3086066999241838, -0.43492738872044395, 0.0, 0.0, -0.9602765994967201, 0.0, -0.9602765994967198, -0.8854528968770635],
        ];
        var imputer = new SimpleImputer { Columns = ["a", "b", "d"] };
        EncodedRows.AssertNear(wanted, await TransformAsync(imputer, new PolynomialFeatures { Columns = ["c", "e"] }, new StandardScaler()));

        // In two groups there is no product of both.
        double[][] found = await TransformAsync(imputer, new PolynomialFeatures { Columns = ["c"] }, new PolynomialFeatures { Columns = ["e"] }, new StandardScaler());
        EncodedRows.AssertNear([.. wanted.Select(r => (double[])[.. r[..6], r[7]])], found);
        Assert.Equal(7, found[0].Length);
    }

    [Fact]
    public async Task ColumnsWithoutAnImputer_KeepToTheRuleForAll()
    {
        await WriteAsync();
        using Dataset dataset = data.Open("train.parquet");
        var pipeline = new Pipeline([new SimpleImputer { Columns = ["a", "d"] }], Learner());
        var error = await Assert.ThrowsAsync<DatasetException>(() => pipeline.FitAsync(dataset, new TrainingOptions { Target = "y" }));
        Assert.Contains("'b' must be a finite number", error.Message, StringComparison.Ordinal);

        FitResult dropped = await pipeline.FitAsync(dataset, new TrainingOptions { Target = "y", OnMissing = ValueHandling.Drop });
        Assert.Equal((6, 1), (dropped.Model.Header.Summary.Rows, dropped.RowsRejected));
    }

    [Fact]
    public async Task FilledAndScaledByColumn_IsTheSameForAnyWorkersAndWhenResumed()
    {
        const int Rows = 5000;
        double?[] Gaps(int every, int of) => [.. Enumerable.Range(0, Rows).Select(i => i % every == 0 ? (double?)null : i * 7919L % of / 10.0)];
        string?[] city = [.. Enumerable.Range(0, Rows).Select(i => i % 5 == 0 ? null : $"c{i % 12}")];
        double[] y = [.. Enumerable.Range(0, Rows).Select(i => (double)(i % 37))];
        await data.WriteAsync("train.parquet", [2000, 500, 2500], ("x", Gaps(9, 83)), ("city", city), ("z", Gaps(4, 101)), ("y", y));
        Transformer[] steps =
        [
            new OrdinalEncoder("city"), new SimpleImputer { Columns = ["x"] }, new SimpleImputer { Strategy = ValueHandling.Median, Columns = ["z"] }, new SimpleImputer { Strategy = ValueHandling.MostFrequent, Columns = ["city"] },
            new RobustScaler { Columns = ["z"] }, new StandardScaler(),
        ];
        await PipelineTests.AssertSameBitsAsync(data, steps, long.MaxValue, 55);
    }

    [Fact]
    public async Task WhatDoesNotFit_IsRefused()
    {
        await RefusesAsync("Column 'a' is named twice, for simple-imputer", new SimpleImputer(), new SimpleImputer { Columns = ["a"] }, new SimpleImputer { Columns = ["a*"] });
        await RefusesAsync("Column 'y' of min-max-scaler", new SimpleImputer(), new MinMaxScaler { Columns = ["y"] });
        await RefusesAsync("Wanted one scaler or quantile-transformer of all columns", new SimpleImputer(), new MinMaxScaler(), new MinMaxScaler { Columns = ["a"] }, new StandardScaler());
        await RefusesAsync("Feature 'a' is multiplied (polynomial-features) and filled", new SimpleImputer { Columns = ["a", "b", "d"] }, new PolynomialFeatures());
        await RefusesAsync("Feature 'c' is multiplied (polynomial-features) and distributed", new SimpleImputer { Columns = ["a", "b", "d"] }, new PolynomialFeatures { Columns = ["c"] }, new QuantileTransformer());
        await RefusesAsync("Wanted one polynomial-features", new PolynomialFeatures(), new PolynomialFeatures());
        await RefusesAsync("named twice, for standard-scaler and quantile-transformer", new SimpleImputer(), new StandardScaler { Columns = ["a"] }, new QuantileTransformer { Columns = ["a"] });
        await RefusesAsync("Column 'a' of quantile-transformer: wanted a column of numbers, found one that is encoded", new OrdinalEncoder("a"), new SimpleImputer(), new QuantileTransformer { Columns = ["a"] });
        await RefusesAsync("Column 'a' of polynomial-features: wanted a column of numbers", new OrdinalEncoder("a"), new SimpleImputer(), new PolynomialFeatures { Columns = ["a", "c"] });

        async Task RefusesAsync(string message, params Transformer[] steps)
        {
            var error = await Assert.ThrowsAsync<ArgumentException>(() => TransformAsync(steps));
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
        }
    }

    // One to which the zeros of features matter, so that nothing is taken off those that have no scaler.
    static SgdRegressor Learner() => new() { LearningRate = LearningRateSchedule.Invscaling, Eta0 = 1e-9 };

    Task WriteAsync() => data.WriteAsync(
        "train.parquet", [3, 4], ("a", A), ("b", B), ("c", C), ("d", D), ("e", E), ("y", (double[])[1, 2, 3, 4, 5, 6, 7]));

    // Rows 2, 5, 0 and 1 as a saved model sees them.
    async Task<double[][]> TransformAsync(params Transformer[] steps)
    {
        await WriteAsync();
        using Dataset dataset = data.Open("train.parquet");
        ModelFile.Save((await new Pipeline(steps, Learner()).FitAsync(dataset, new TrainingOptions { Target = "y" })).Model, data.In("model"));
        double[][] rows = EncodedRows.Of(ModelFile.Load(data.In("model")).Header, dataset);
        return [rows[2], rows[5], rows[0], rows[1]];
    }
}
