using Streaming.Learning.Data;
using Streaming.Learning.Data.Encodings;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Preprocessing;
using Streaming.Learning.Tests.Training;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Preprocessing;

/// <summary>A feature per category: which there are, what rows get, and what becomes of categories that training has not seen.</summary>
public sealed class OneHotEncoderTests : IDisposable
{
    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    // scikit-learn 1.2.1, OneHotEncoder(min_frequency=, max_categories=).fit(X).get_feature_names_out(), X an object column of 5 b, 20 a,
    // 10 c, 3 d, 4 None and 3 B; it writes x_None and x_infrequent_sklearn.
    [Theory]
    [InlineData(null, null, "B a b c d <null>")]
    [InlineData(4.0, null, "a b c <null> <infrequent>")]
    [InlineData(6.0, null, "a c <infrequent>")]
    [InlineData(0.1, null, "a b c <infrequent>")]
    [InlineData(null, 2, "a <infrequent>")]
    [InlineData(null, 3, "a c <infrequent>")]
    [InlineData(null, 6, "a b c d <null> <infrequent>")]
    [InlineData(null, 7, "B a b c d <null>")]
    [InlineData(4.0, 3, "a c <infrequent>")]
    public async Task Features_AreThoseOfScikitLearn(double? minFrequency, int? maxCategories, string wanted)
    {
        string?[] x = [.. Many("b", 5), .. Many("a", 20), .. Many("c", 10), .. Many("d", 3), .. Many(null, 4), .. Many("B", 3)];
        Model model = await FitAsync(x, new OneHotEncoder("x") { MinFrequency = minFrequency, MaxCategories = maxCategories });
        Assert.Equal(wanted.Split(' ').Select(c => $"x={c}"), model.Header.Features);
        await AssertPredictsAsync(model, x);
    }

    [Fact]
    public async Task WholeNumbersAndBooleans_AreInTheirOwnOrder()
    {
        await data.WriteAsync("train.parquet", [3, 3], ("x", (int[])[10, 9, -1, 9, 10, 100]), ("b", (bool[])[true, true, false, true, true, false]));
        using Dataset dataset = data.Open("train.parquet");
        var result = await new IncrementalPca { NComponents = 1 }.FitAsync(dataset, new TrainingOptions { Preprocessing = [new OneHotEncoder("*")] });
        Assert.Equal(["x=-1", "x=9", "x=10", "x=100", "b=false", "b=true"], result.Model.Header.Features);
    }

    [Fact]
    public async Task NumbersOfAnyType_AreTheSameCategories()
    {
        await data.WriteAsync("train.parquet", [3, 3], ("x", (double?[])[10, 0.5, null, -0.0, 10, 2]));
        await data.WriteAsync("other.parquet", [4], ("x", (int[])[2, 0, 10, 7]));
        using Dataset dataset = data.Open("train.parquet");
        Model model = (await new KMeans { NClusters = 1 }.FitAsync(dataset, new TrainingOptions { Preprocessing = [new OneHotEncoder("x")] })).Model;
        Assert.Equal(["x=0", "x=0.5", "x=2", "x=10", "x=<null>"], model.Header.Features);
        ModelHeader raw = model.Header with { Scaling = FeatureScaling.Identity(5) };
        Assert.Equal([3, 1, 4, 0, 3, 2], EncodedRows.Of(raw, dataset).Select(r => Array.IndexOf(r, 1)));
        using Dataset other = data.Open("other.parquet");
        Assert.Equal([2, 0, 3, -1], EncodedRows.Of(raw, other).Select(r => Array.IndexOf(r, 1)));
    }

    [Theory]
    [InlineData(HandleUnknown.Ignore, 0)]
    [InlineData(HandleUnknown.InfrequentIfExist, 1)]
    public async Task UnknownCategory_CountsAsStated(HandleUnknown handling, double infrequent)
    {
        string?[] x = [.. Many("a", 9), "rare", "rarer"];
        Model model = await FitAsync(x, new OneHotEncoder("x") { MinFrequency = 2, HandleUnknown = handling });
        var encoding = (OneHotEncoding)Assert.Single(model.Header.Encoded).Encoding!;
        Assert.Equal((1, 1.0), encoding.Find("rare"));
        Assert.Equal(infrequent == 1 ? (1, 1.0) : null, encoding.Find("new"));
        Assert.Equal(infrequent == 1 ? (1, 1.0) : null, encoding.Find(null));
        await AssertPredictsAsync(model, ["new", null, "a", "rarer"]);
    }

    [Theory]
    [InlineData("new", "'new'")]
    [InlineData(null, "null")]
    public async Task UnknownCategory_IsAnErrorWhereThatIsWanted(string? category, string shown)
    {
        Model model = await FitAsync(["a", "b", "a", "b"], new OneHotEncoder("x") { HandleUnknown = HandleUnknown.Error });
        await data.WriteAsync("new.parquet", [2, 2], ("x", (string?[])["a", "b", "b", category]));
        using Dataset dataset = data.Open("new.parquet");
        var error = await Assert.ThrowsAsync<DatasetException>(() => Predictor.PredictAsync(model, dataset, new MemoryStream()));
        Assert.Contains($"Column 'x' must have a category that the training rows had, found {shown} in row 3 (row group 1)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HeldOutRows_GiveNoCategories()
    {
        // Each row has a category of its own.
        string?[] x = [.. Enumerable.Range(0, 200).Select(i => $"{i}")];
        await data.WriteAsync("train.parquet", [120, 80], ("x", x), ("y", x.Select(v => double.Parse(v!)).ToArray()));
        using Dataset dataset = data.Open("train.parquet");
        var result = await new Ridge().FitAsync(
            dataset, new TrainingOptions { Target = "y", Preprocessing = [new OneHotEncoder("x")], HoldoutFraction = 0.3, Standardize = true });
        Assert.Equal(200 - result.RowsHeldOut, result.Model.Header.Features.Count);
        Assert.Equal(result.RowsHeldOut, result.ScoredRows);
    }

    [Fact]
    public async Task ColumnsInAnotherOrderWidthAndType_PredictTheSame()
    {
        int[] x = [1, 2, 3, 1, 2, 3, 3];
        string?[] s = ["u", null, "v", "v", "u", null, "v"];
        double[] z = [1, 5, 2, 8, 3, 9, 4];
        await data.WriteAsync("train.parquet", [4, 3], ("x", x), ("s", s), ("z", z));
        await data.WriteAsync(
            "other.parquet", [4, 3], ("more", z), ("z", z.Select(v => (float)v).ToArray()), ("s", s), ("again", s), ("x", x.Select(v => (long)v).ToArray()));
        using Dataset train = data.Open("train.parquet");
        using Dataset other = data.Open("other.parquet");
        Model model = (await new KMeans { NClusters = 2 }.FitAsync(train, new TrainingOptions { Preprocessing = [new OneHotEncoder("x", "s")], Standardize = true })).Model;
        using var one = new MemoryStream();
        using var two = new MemoryStream();
        await Predictor.PredictAsync(model, train, one);
        await Predictor.PredictAsync(model, other, two);
        Assert.Equal(one.ToArray(), two.ToArray());
    }

    [Fact]
    public async Task Standardized_HasMeanAndDeviationOfTheIndicators_ByWeight()
    {
        string?[] x = ["a", "b", null, "a", "b", "b"];
        double[] w = [1, 2, 0.5, 3, 1, 0];
        double[] a = [.. x.Select(v => v == "a" ? 1.0 : 0.0)], b = [.. x.Select(v => v == "b" ? 1.0 : 0.0)], none = [.. x.Select(v => v == null ? 1.0 : 0.0)];
        await data.WriteAsync("train.parquet", [4, 2], ("x", x), ("w", w), ("a", a), ("b", b), ("none", none), ("y", (double[])[1, 2, 3, 4, 5, 6]));
        using Dataset dataset = data.Open("train.parquet");
        var options = new TrainingOptions { Target = "y", Weight = "w", Standardize = true };
        ModelHeader wanted = (await new Ridge().FitAsync(dataset, options with { Features = ["a", "b", "none"] })).Model.Header;
        ModelHeader found = (await new Ridge().FitAsync(dataset, options with { Features = ["x"], Preprocessing = [new OneHotEncoder("x")] })).Model.Header;
        for (int j = 0; j < 3; j++)
        {
            Assert.Equal(wanted.Scaling.Offset[j], found.Scaling.Offset[j], 1e-12);
            Assert.Equal(wanted.Scaling.Factor[j], found.Scaling.Factor[j], 1e-9);
        }
    }

    [Fact]
    public async Task StoppedWhileCategoriesAreFound_AndResumed_IsTheSame()
    {
        string?[] x = [.. Enumerable.Range(0, 5000).Select(i => i % 11 == 0 ? null : $"c{i % 37}")];
        await data.WriteAsync("train.parquet", [2000, 1000, 2000], ("x", x), ("y", x.Select(v => v == null ? 0.5 : v.Length).ToArray()));
        FitResult whole = await FitAsync(1, null, default);
        var checkpoints = new CheckpointOptions(data.In("checkpoints"));
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => FitAsync(2, checkpoints with { Every = new CheckpointTests.StopAfter(7, stop) }, stop.Token));
        FitResult resumed = await FitAsync(3, checkpoints with { Resume = true }, default);
        Assert.Equal(CheckpointTests.BytesOf(whole.Model), CheckpointTests.BytesOf(resumed.Model));

        async Task<FitResult> FitAsync(int workers, CheckpointOptions? checkpoint, CancellationToken cancellation)
        {
            using Dataset dataset = data.Open("train.parquet");
            long held = dataset.Pool.ReservedBytes;
            try
            {
                return await new Ridge().FitAsync(
                    dataset,
                    new TrainingOptions { Target = "y", Preprocessing = [new OneHotEncoder("x")], BatchSize = 100, Partitions = 3, Workers = workers, Checkpoint = checkpoint },
                    cancellation);
            }
            finally
            {
                Assert.Equal((0, held), (dataset.Pool.RentedBytes, dataset.Pool.ReservedBytes));
            }
        }
    }

    [Fact]
    public async Task WhatCanNotBeEncoded_IsRefusedNamingIt()
    {
        await data.WriteAsync("train.parquet", [2], ("x", (double[])[1, 2]), ("s", (string[])["a", "b"]), ("y", (double[])[1, 2]));
        using Dataset dataset = data.Open("train.parquet");
        await RefusesAsync<DatasetException>([new OneHotEncoder("nowhere")], "There is no column 'nowhere'");
        await RefusesAsync<DatasetException>([], "or make features of strings with --one-hot");
        await RefusesAsync<ArgumentException>([new OneHotEncoder("s"), new OneHotEncoder("s")], "Column 's' is encoded twice");
        await RefusesAsync<ArgumentException>([new OneHotEncoder("y")], "Column 'y' is the target");
        await RefusesAsync<ArgumentException>([new OneHotEncoder("s") { MinFrequency = 1.5 }], "min-frequency");
        await RefusesAsync<ArgumentException>([new OneHotEncoder("s") { MaxCategories = 1 }], "max-categories");

        async Task RefusesAsync<T>(Transformer[] steps, string message)
            where T : Exception
        {
            var error = await Assert.ThrowsAsync<T>(() => new Ridge().FitAsync(dataset, new TrainingOptions { Target = "y", Preprocessing = steps }));
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
        }
    }

    static IEnumerable<string?> Many(string? value, int count) => Enumerable.Repeat(value, count);

    // Each category's rows have a number of their own to be learned.
    async Task<Model> FitAsync(string?[] x, OneHotEncoder encoder)
    {
        double[] y = [.. x.Select(v => v == null ? 7.0 : v[0] % 16)];
        await data.WriteAsync("train.parquet", [x.Length / 2, x.Length - x.Length / 2], ("x", x), ("y", y));
        using Dataset dataset = data.Open("train.parquet");
        var result = await new Ridge { Alpha = 1e-3 }.FitAsync(dataset, new TrainingOptions { Target = "y", Preprocessing = [encoder] });
        ModelFile.Save(result.Model, data.In("model"));
        return ModelFile.Load(data.In("model"));
    }

    // The prediction of a linear model is its intercept and the coefficients of the features that rows have.
    async Task AssertPredictsAsync(Model model, string?[] x)
    {
        await data.WriteAsync("predict.parquet", [x.Length], ("x", x));
        using Dataset dataset = data.Open("predict.parquet");
        var linear = (LinearRegressorModel)model;
        double[] wanted = [.. x.Select(v => linear.Intercept + (((CategoryEncoding)model.Header.Encoded[0].Encoding!).Find(v) is { } f ? linear.Coef[f.Feature] * f.Value : 0))];
        await using (FileStream output = File.Create(data.In("out.parquet")))
            await Predictor.PredictAsync(model, dataset, output);

        using Dataset predicted = data.Open("out.parquet");
        using var reader = predicted.Files[0].Parquet.OpenColumn(0, predicted.Files[0].Parquet.FindColumn("prediction")!);
        var found = new double[x.Length];
        reader.Read(found);
        for (int i = 0; i < found.Length; i++)
            Assert.Equal(wanted[i], found[i], 1e-9);
    }
}
