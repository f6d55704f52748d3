using Streaming.Learning.Data;
using Streaming.Learning.Data.Encodings;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Preprocessing;
using Streaming.Learning.Tests.Training;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Preprocessing;

/// <summary>
/// Missing categories that are filled before they are encoded, beside scikit-learn 1.2.1's <c>make_pipeline(SimpleImputer(missing_values=None, strategy=…), encoder)</c>
/// on the same objects.
/// </summary>
public sealed class FilledCategoriesTests : IDisposable
{
    static readonly string?[] Train = ["Rom", "Oslo", null, "Wien", "Oslo", "Rom", null, "Bern"];
    static readonly string?[] New = ["Wien", null, "Paris", "missing_value"];

    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    // transform of the new rows by OneHotEncoder(handle_unknown="ignore"), then with min_frequency=2 and max_categories=2, handle_unknown="infrequent_if_exist".
    public static TheoryData<SimpleImputer, OneHotEncoder, string[], double[][]> OneHots => new()
    {
        { MostFrequent, OneHot(), ["Bern", "Oslo", "Rom", "Wien"], [[0, 0, 0, 1], [0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]] },
        { MostFrequent, OneHot(2), ["Oslo", "Rom", "<infrequent>"], [[0, 0, 1], [1, 0, 0], [0, 0, 1], [0, 0, 1]] },
        { MostFrequent, OneHot(null, 2), ["Oslo", "<infrequent>"], [[0, 1], [1, 0], [0, 1], [0, 1]] },
        { Constant(null), OneHot(), ["Bern", "Oslo", "Rom", "Wien", "missing_value"], [[0, 0, 0, 1, 0], [0, 0, 0, 0, 1], [0, 0, 0, 0, 0], [0, 0, 0, 0, 1]] },
        { Constant(null), OneHot(2), ["Oslo", "Rom", "missing_value", "<infrequent>"], [[0, 0, 0, 1], [0, 0, 1, 0], [0, 0, 0, 1], [0, 0, 1, 0]] },
        { Constant(null), OneHot(null, 2), ["missing_value", "<infrequent>"], [[0, 1], [1, 0], [0, 1], [1, 0]] },
        { Constant("Rom"), OneHot(), ["Bern", "Oslo", "Rom", "Wien"], [[0, 0, 0, 1], [0, 0, 1, 0], [0, 0, 0, 0], [0, 0, 0, 0]] },
        { Constant("Rom"), OneHot(2), ["Oslo", "Rom", "<infrequent>"], [[0, 0, 1], [0, 1, 0], [0, 0, 1], [0, 0, 1]] },
        { Constant("Rom"), OneHot(null, 2), ["Rom", "<infrequent>"], [[0, 1], [1, 0], [0, 1], [0, 1]] },
    };

    [Theory]
    [MemberData(nameof(OneHots))]
    public async Task OneHot_IsThatOfScikitLearn(SimpleImputer imputer, OneHotEncoder encoder, string[] categories, double[][] wanted)
    {
        (Model model, double[][] found) = await TransformAsync(encoder, imputer);
        Assert.Equal(categories.Select(c => $"city={c}"), model.Header.Features);
        Assert.Equal(wanted, found);
    }

    // Of OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1).
    [Theory]
    [InlineData(null, new double[] { 3, 1, -1, -1 })]
    [InlineData("missing_value", new double[] { 3, 4, -1, 4 })]
    [InlineData("Rom", new double[] { 3, 2, -1, -1 })]
    public async Task Ordinal_IsThatOfScikitLearn(string? category, double[] wanted)
    {
        (_, double[][] found) = await TransformAsync(new OrdinalEncoder("city"), category == null ? MostFrequent : Constant(category));
        Assert.Equal(wanted, found.Select(r => r[0]));
    }

    [Fact]
    public async Task Hash_IsThatOfScikitLearn_AndHasNoMostFrequent()
    {
        // FeatureHasher(n_features=16) gives {"city": "Rom"} 1 in bucket 3 and {"city": "missing_value"} -1 in bucket 2.
        (Model model, double[][] found) = await TransformAsync(new FeatureHasher(4, "city"), Constant(null));
        int bucket = model.Header.Features.ToList().IndexOf("city#2");
        Assert.Equal(-1, found[1][bucket]);
        Assert.Equal(1, found[1].Count(v => v != 0));
        (model, found) = await TransformAsync(new FeatureHasher(4, "city"), Constant("Rom"));
        Assert.Equal(1, found[1][model.Header.Features.ToList().IndexOf("city#3")]);
        await RefusesAsync<ArgumentException>("wanted its missing values filled with a constant", new FeatureHasher(4, "city"), MostFrequent);
    }

    [Fact]
    public async Task Numbers_AreFilledWithTheCategoryThatTheyAre()
    {
        // categories_ of make_pipeline(SimpleImputer(strategy=…), OneHotEncoder()) of 3, nan, 20, 3, 20.
        double?[] numbers = [3, null, 20, 3, 20];
        await data.WriteAsync("train.parquet", [5], ("n", numbers), ("y", (double[])[1, 2, 3, 4, 5]));
        Assert.Equal(["n=3", "n=20"], await NamesAsync(new SimpleImputer { Strategy = ValueHandling.MostFrequent, Columns = ["n"] }));
        Assert.Equal(["n=0", "n=3", "n=20"], await NamesAsync(new SimpleImputer { Strategy = ValueHandling.Constant, Columns = ["n"] }));
        Assert.Equal(["n=3", "n=20"], await NamesAsync(new SimpleImputer { Strategy = ValueHandling.Constant, FillCategory = "20.0", Columns = ["n"] }));

        async Task<IReadOnlyList<string>> NamesAsync(SimpleImputer imputer)
        {
            using Dataset dataset = data.Open("train.parquet");
            return (await new Pipeline([new OneHotEncoder("n"), imputer], Learner).FitAsync(dataset, new TrainingOptions { Target = "y" })).Model.Header.Features;
        }
    }

    [Fact]
    public async Task Missing_WhereTrainingHadNone_IsAsUnknownAsItsCategory()
    {
        await WriteAsync("train.parquet", ["a", "b"]);
        await WriteAsync("new.parquet", ["b", null]);
        Assert.Equal([[0, 1], [0, 0]], await RowsAsync(OneHot()));
        var error = await Assert.ThrowsAsync<DatasetException>(() => RowsAsync(new OneHotEncoder("city") { HandleUnknown = HandleUnknown.Error }));
        Assert.Contains("'city' must have a category that the training rows had, found null", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<DatasetException>(() => RowsAsync(new OrdinalEncoder("city") { UnknownValue = null }));
        Assert.Contains("found null", error.Message, StringComparison.Ordinal);

        async Task<double[][]> RowsAsync(Transformer encoder)
        {
            using Dataset train = data.Open("train.parquet"), other = data.Open("new.parquet");
            return EncodedRows.Of((await new Pipeline([encoder, Constant("none")], Learner).FitAsync(train, new TrainingOptions { Target = "y" })).Model.Header, other);
        }
    }

    [Fact]
    public async Task WhatDoesNotFit_IsRefusedByName()
    {
        await RefusesAsync<ArgumentException>("Column 'city' holds categories (one-hot-encoder)", OneHot(), new SimpleImputer { Columns = ["city"] });
        await RefusesAsync<ArgumentException>("wanted a number to fill 'x' with, found 'none'", OneHot(), new SimpleImputer { Strategy = ValueHandling.Constant, FillCategory = "none", Columns = ["x"] });
        await RefusesAsync<ArgumentException>("found no columns", OneHot(), new SimpleImputer { Strategy = ValueHandling.Constant, FillCategory = "none" });
        await WriteAsync("train.parquet", [null, null]);
        using Dataset dataset = data.Open("train.parquet");
        var error = await Assert.ThrowsAsync<DatasetException>(() => new Pipeline([OneHot(), MostFrequent], Learner).FitAsync(dataset, new TrainingOptions { Target = "y" }));
        Assert.Contains("'city' has no", error.Message, StringComparison.Ordinal);
    }

    static SimpleImputer MostFrequent => new() { Strategy = ValueHandling.MostFrequent, Columns = ["city"] };

    static SimpleImputer Constant(string? category) => new() { Strategy = ValueHandling.Constant, FillCategory = category, Columns = ["city"] };

    static OneHotEncoder OneHot(double? minFrequency = null, int? maxCategories = null) => new("city")
    {
        MinFrequency = minFrequency,
        MaxCategories = maxCategories,
        HandleUnknown = minFrequency == null && maxCategories == null ? HandleUnknown.Ignore : HandleUnknown.InfrequentIfExist,
    };

    static SgdRegressor Learner => new() { LearningRate = LearningRateSchedule.Invscaling, Eta0 = 1e-12 };

    async Task RefusesAsync<T>(string message, params Transformer[] steps)
        where T : Exception
    {
        await data.WriteAsync("train.parquet", [3, 5], ("city", Train), ("x", Numbers(8)), ("y", Numbers(8)));
        using Dataset dataset = data.Open("train.parquet");
        var error = await Assert.ThrowsAsync<T>(() => new Pipeline(steps, Learner).FitAsync(dataset, new TrainingOptions { Target = "y" }));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    static double[] Numbers(int count) => [.. Enumerable.Range(1, count).Select(i => (double)i)];

    Task WriteAsync(string name, string?[] cities) => data.WriteAsync(name, [cities.Length], ("city", cities), ("y", Numbers(cities.Length)));

    // The model as it is loaded from its file, and the new rows as it sees them.
    async Task<(Model Model, double[][] Rows)> TransformAsync(params Transformer[] steps)
    {
        await data.WriteAsync("train.parquet", [3, 5], ("city", Train), ("y", Numbers(8)));
        await WriteAsync("new.parquet", New);
        using Dataset train = data.Open("train.parquet"), other = data.Open("new.parquet");
        ModelFile.Save((await new Pipeline(steps, Learner).FitAsync(train, new TrainingOptions { Target = "y" })).Model, data.In("model"));
        Model model = ModelFile.Load(data.In("model"));
        return (model, EncodedRows.Of(model.Header, other));
    }
}
