using Streaming.Learning.Data;
using Streaming.Learning.Data.Encodings;
using Streaming.Learning.Estimators;
using Streaming.Learning.Export;
using Streaming.Learning.Preprocessing;
using Streaming.Learning.Tests.Reference;
using Streaming.Learning.Tests.Training;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Export;

/// <summary>Chains that fill, tell of missing values, and treat groups of columns, in ONNX Runtime 1.31.1 beside the models that learned them.</summary>
public sealed class OnnxChainTests : IDisposable
{
    const int Rows = 200;

    static readonly double?[] X = Numbers(9, 2), Q = Numbers(7, 3), Z = Numbers(5, 4);
    static readonly double[] P = Whole(5), R = Whole(6);

    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    [Theory]
    [InlineData(OnnxInput.Columns)]
    [InlineData(OnnxInput.Tensor)]
    public async Task Numbers_FilledAndToldOf_AsTheModelDoes(OnnxInput input)
    {
        await data.WriteAsync("rows.parquet", [Rows], ("x", X), ("p", P), ("z", Z), ("y", P));
        await AssertAgreeAsync(
            [Raw(X), P, Raw(Z)],
            input,
            new SimpleImputer { Strategy = ValueHandling.Median, AddIndicator = true, Columns = ["x"] },
            new SimpleImputer { AddIndicator = true, Columns = ["z"] },
            new PolynomialFeatures { Columns = ["p"] },
            new StandardScaler());
    }

    [Fact]
    public async Task Groups_OfCategoriesQuantilesAndProducts_AsTheModelDoes()
    {
        string?[] city = Texts(4, "Rom", "Oslo", "Wien"), town = Texts(5, "Bern", "Linz"), size = Texts(3, "S", "M", "L");
        await data.WriteAsync(
            "rows.parquet", [Rows], ("city", city), ("town", town), ("size", size), ("x", X), ("q", Q), ("p", P), ("r", R), ("y", R));
        await AssertAgreeAsync(
            [Raw(city), Raw(town), Raw(size), Raw(X), Raw(Q), P, R],
            OnnxInput.Columns,
            new OneHotEncoder("city") { MaxCategories = 3 },
            new OneHotEncoder("town"),
            new OrdinalEncoder("size"),
            new SimpleImputer { Strategy = ValueHandling.MostFrequent, AddIndicator = true, Columns = ["city"] },
            new SimpleImputer { Strategy = ValueHandling.Constant, FillCategory = "none", AddIndicator = true, Columns = ["town", "size"] },
            new SimpleImputer { Strategy = ValueHandling.Constant, FillValue = 0.5, AddIndicator = true, Columns = ["q"] },
            new SimpleImputer { Columns = ["x"] },
            new PolynomialFeatures { Columns = ["p"] },
            new PolynomialFeatures { Columns = ["r"] },
            new QuantileTransformer { Columns = ["q"], OutputDistribution = OutputDistribution.Normal },
            new StandardScaler());
    }

    [Fact]
    public async Task WhatTrainingHadNoneOf_IsAsUnknownAsItsCategory()
    {
        string?[] city = ["a", "b", "b", null, "c"];
        await data.WriteAsync("rows.parquet", [3], ("city", city[..3]), ("size", city[..3]), ("y", (double[])[1, 2, 4]));
        await data.WriteAsync("other.parquet", [5], ("city", city), ("size", city));
        await AssertAgreeAsync(
            [Raw(city), Raw(city)],
            OnnxInput.Columns,
            new OneHotEncoder("city"),
            new OrdinalEncoder("size"),
            new SimpleImputer { Strategy = ValueHandling.Constant, FillCategory = "none", Columns = ["city", "size"] });
    }

    static double?[] Numbers(int gap, int step) => [.. Enumerable.Range(0, Rows).Select(i => i % gap == 0 ? (double?)null : Math.Sin(i * step) * 9)];

    static double[] Whole(int step) => [.. Enumerable.Range(0, Rows).Select(i => 3 + Math.Cos(i * step))];

    static string?[] Texts(int gap, params string[] texts) => [.. Enumerable.Range(0, Rows).Select(i => i % gap == 0 ? null : texts[i * i % 7 % texts.Length])];

    static double[] Raw(double?[] values) => [.. values.Select(v => v ?? double.NaN)];

    static string[] Raw(string?[] values) => [.. values.Select(v => v ?? "")];

    // Fits on the rows, and predicts them, or those of another file; the raw columns are given.
    async Task AssertAgreeAsync(Array[] raw, OnnxInput input, params Transformer[] steps)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using Dataset train = data.Open("rows.parquet"), other = data.Open(File.Exists(data.In("other.parquet")) ? "other.parquet" : "rows.parquet");
        FitResult fit = await new SgdRegressor().FitAsync(train, new TrainingOptions { Target = "y", Preprocessing = steps }, cancellation);
        string predictions = data.In("predictions.parquet");
        await using (FileStream output = File.Create(predictions))
            await Predictor.PredictAsync(fit.Model, other, output, cancellation: cancellation);

        OnnxAnswers.AssertAgree(fit.Model, ReferenceSet.ReadAll(predictions, ["prediction"]), OnnxAnswers.Of(fit.Model, raw, input));
    }
}
