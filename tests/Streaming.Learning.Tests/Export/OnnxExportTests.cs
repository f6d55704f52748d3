using System.Globalization;
using DuckDB.NET.Data;
using Microsoft.ML.OnnxRuntime;
using Streaming.Learning.Data;
using Streaming.Learning.Data.Encodings;
using Streaming.Learning.Estimators;
using Streaming.Learning.Export;
using Streaming.Learning.Models;
using Streaming.Learning.Preprocessing;
using Streaming.Learning.Tests.Models;
using Streaming.Learning.Tests.Reference;
using Streaming.Learning.Tests.Training;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Export;

/// <summary>Graphs in ONNX Runtime 1.31.1 beside the models they were made of.</summary>
public sealed class OnnxExportTests : IDisposable
{
    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    /// <summary>A case per kind of model and way of prediction: estimator, Parquet file, target, columns that are no features.</summary>
    public static TheoryData<string, string, string?, string> Fits => new()
    {
        { "linear-regression", "samples/data/california-housing", "median_house_value", "ocean_proximity" },
        { "sgd-regressor", "tests/data/diabetes", "target", "" },
        { "logistic-regression", "tests/data/breast-cancer", "target", "" },
        { "logistic-regression", "samples/data/wine", "target", "" },
        { "sgd-classifier", "tests/data/digits", "target", "" },
        { "hinge", "tests/data/breast-cancer", "target", "" },
        { "hinge", "samples/data/wine", "target", "" },
        { "modified_huber", "tests/data/breast-cancer", "target", "" },
        { "modified_huber", "samples/data/wine", "target", "" },
        { "ovr", "samples/data/wine", "target", "" },
        { "gaussian-nb", "samples/data/wine", "target", "" },
        { "multinomial-nb", "tests/data/digits", "target", "" },
        { "linear-discriminant-analysis", "tests/data/breast-cancer", "target", "" },
        { "linear-discriminant-analysis", "samples/data/wine", "target", "" },
        { "kmeans", "tests/data/digits", null, "target" },
        { "mini-batch-kmeans", "samples/data/california-housing", null, "ocean_proximity" },
        { "incremental-pca", "samples/data/wine", null, "target" },
        { "whitened", "tests/data/breast-cancer", null, "target" },
    };

    [Theory]
    [MemberData(nameof(Fits))]
    public async Task Graph_OfAFittedModelPredictsRawColumnsAsTheModelDoes(string estimator, string path, string? target, string exclude)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using Dataset dataset = Dataset.Open(Path.Combine(Repository.Root, path));
        FitResult fit = await Create(estimator).FitAsync(
            dataset,
            new TrainingOptions
            {
                Target = target,
                Exclude = [.. exclude.Split(',', StringSplitOptions.RemoveEmptyEntries)],
                Standardize = estimator != "multinomial-nb",
                OnMissing = ValueHandling.Mean,
            },
            cancellation);
        Model model = fit.Model;
        string predictions = data.In("predictions.parquet");
        await using (FileStream output = File.Create(predictions))
            await Predictor.PredictAsync(model, dataset, output, cancellation: cancellation);

        double[][] wanted = ReferenceSet.ReadAll(predictions, [.. model.Outputs.Select(o => o.Name)]);
        double[][] raw = ReferenceSet.ReadAll(Path.Combine(Repository.Root, path), [.. model.Header.Features]);
        foreach (OnnxInput input in Enum.GetValues<OnnxInput>())
            OnnxAnswers.AssertAgree(model, wanted, OnnxAnswers.Of(model, raw, input));
    }

    [Theory]
    [MemberData(nameof(TestModels.Names), MemberType = typeof(TestModels))]
    public void Graph_ScalesAndFillsAsTheModelDoes(string name)
    {
        FeatureScaling scaling = name == "multinomial-nb" ? FeatureScaling.Identity(3) : TestModels.Scaling();
        Model plain = TestModels.Named(name);
        var rules = new ValueRules(ValueHandling.Mean, ValueHandling.Zero) { Means = [1e9 + 500, -2.5, 0.3] };
        Model model = ModelKinds.Load(plain.Kind, plain.Header with { Scaling = scaling, Rules = rules }, plain.Tensors.ToDictionary(t => t.Name));
        double[][] raw = [.. Enumerable.Range(0, 3).Select(j => Enumerable.Range(0, TestTiles.SampleRows).Select(i => Raw(i, j)).ToArray())];
        using RowBatch tile = TestTiles.Create(3, TestTiles.SampleRows, (i, j) => (Filled(i, j) - scaling.Offset[j]) * scaling.Factor[j]);
        double[] predicted = TestTiles.Predict(model, tile);
        double[][] wanted = [.. Enumerable.Range(0, model.Outputs.Count).Select(c => predicted.AsSpan(c * tile.RowCount, tile.RowCount).ToArray())];

        OnnxAnswers.AssertAgree(model, wanted, OnnxAnswers.Of(model, raw, OnnxInput.Columns));

        double Raw(int row, int feature) => (row + feature) % 7 switch
        {
            5 => double.NaN,
            6 => double.PositiveInfinity,
            _ => scaling.Restore(feature, TestTiles.Sample(row, feature)),
        };

        double Filled(int row, int feature) =>
            double.IsNaN(Raw(row, feature)) ? model.Header.Rules.Means![feature] : double.IsInfinity(Raw(row, feature)) ? 0 : Raw(row, feature);
    }

    [Theory]
    [InlineData(HandleUnknown.Ignore)]
    [InlineData(HandleUnknown.InfrequentIfExist)]
    public async Task Graph_EncodesCategoriesAsTheModelDoes(HandleUnknown unknown)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        string?[] cities = ["Rom", "Oslo", null, "Wien"], sizes = ["S", "L", "M", null];
        await WriteAsync("train.parquet", 400);
        cities = [.. cities, "Bonn"];
        sizes = [.. sizes, "XXL"];
        await WriteAsync("other.parquet", 90);
        using Dataset train = data.Open("train.parquet");
        FitResult fit = await new LinearRegression().FitAsync(
            train,
            new TrainingOptions
            {
                Target = "y",
                Preprocessing =
                [
                    new OneHotEncoder("city") { HandleUnknown = unknown, MaxCategories = 3 },
                    new OrdinalEncoder("size") { UnknownValue = -1 },
                    new SimpleImputer { Strategy = ValueHandling.Median },
                    new RobustScaler(),
                ],
            },
            cancellation);
        using Dataset other = data.Open("other.parquet");
        string predictions = data.In("predictions.parquet");
        await using (FileStream output = File.Create(predictions))
            await Predictor.PredictAsync(fit.Model, other, output, cancellation: cancellation);

        double[] x = ReferenceSet.ReadAll(data.In("other.parquet"), ["x"])[0];
        Array[] raw = [Texts(cities, 90, 5, 7), x, Texts(sizes, 90, 3, 13)];
        OnnxAnswers.AssertAgree(fit.Model, ReferenceSet.ReadAll(predictions, ["prediction"]), OnnxAnswers.Of(fit.Model, raw, OnnxInput.Columns));
        Assert.Throws<ArgumentException>(() => OnnxExport.Write(Stream.Null, fit.Model, OnnxInput.Tensor));

        Task<string> WriteAsync(string name, int rows) => data.WriteAsync(
            name,
            [rows],
            ("city", Enumerable.Range(0, rows).Select(i => cities[i * 5 % 7 % cities.Length]).ToArray()),
            ("x", Enumerable.Range(0, rows).Select(i => i % 11 == 4 ? (double?)null : Math.Sin(i)).ToArray()),
            ("size", Enumerable.Range(0, rows).Select(i => sizes[i * 3 % 13 % sizes.Length]).ToArray()),
            ("y", Enumerable.Range(0, rows).Select(i => (double)(i * 37 % 50)).ToArray()));

        static string[] Texts(string?[] values, int rows, int step, int modulus) =>
            [.. Enumerable.Range(0, rows).Select(i => values[i * step % modulus % values.Length] ?? "")];
    }

    [Fact]
    public async Task TheEmptyText_IsACategoryWhereNullIsNone_AndBothTogetherHaveNoGraph()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        string[] texts = [.. Enumerable.Range(0, 60).Select(i => new[] { "", "a", "b" }[i * i % 3 * 2 % 3])];
        double[] y = [.. Enumerable.Range(0, 60).Select(i => texts[i] == "" ? 5.0 + i % 2 : i % 4)];
        await data.WriteAsync("train.parquet", [60], ("t", texts), ("u", texts), ("y", y));
        await data.WriteAsync("nulls.parquet", [60], ("t", texts.Select((t, i) => i % 7 == 0 ? null : t).ToArray()), ("u", texts), ("y", y));
        var options = new TrainingOptions { Target = "y", Preprocessing = [new OneHotEncoder("t"), new OrdinalEncoder("u")] };
        using Dataset train = data.Open("train.parquet");
        Model model = (await new LinearRegression().FitAsync(train, options, cancellation)).Model;
        string predictions = data.In("predictions.parquet");
        await using (FileStream output = File.Create(predictions))
            await Predictor.PredictAsync(model, train, output, cancellation: cancellation);

        OnnxAnswers.AssertAgree(model, ReferenceSet.ReadAll(predictions, ["prediction"]), OnnxAnswers.Of(model, [texts, texts], OnnxInput.Columns));
        using Dataset nulls = data.Open("nulls.parquet");
        Model both = (await new LinearRegression().FitAsync(nulls, options, cancellation)).Model;
        var error = Assert.Throws<ArgumentException>(() => OnnxExport.Write(Stream.Null, both));
        Assert.Contains("no ONNX graph for column 't': the empty text", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheEmptyText_IsNoNullThatIsFilledWithANumber()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        string?[] texts = [.. Enumerable.Range(0, 60).Select(i => new[] { "", "a", null }[i % 3])];
        await data.WriteAsync("train.parquet", [60], ("u", texts), ("y", Enumerable.Range(0, 60).Select(i => (double)(i % 4)).ToArray()));
        using Dataset train = data.Open("train.parquet");
        var options = new TrainingOptions { Target = "y", Preprocessing = [new OrdinalEncoder("u")], OnMissing = ValueHandling.Mean };
        Model model = (await new LinearRegression().FitAsync(train, options, cancellation)).Model;
        var error = Assert.Throws<ArgumentException>(() => OnnxExport.Write(Stream.Null, model));
        Assert.Contains("'u': the empty text is one of its categories and missing values are filled", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(OutputDistribution.Uniform)]
    [InlineData(OutputDistribution.Normal)]
    public async Task Graph_TakesDatesApartAndRanksAsTheModelDoes(OutputDistribution output)
    {
        const int Rows = 400;
        double[] day = [.. Enumerable.Range(0, Rows).Select(i => i % 13 == 5 ? double.NaN : i * 1777L % 600_000 - 300_000)];
        double[] at = [.. Enumerable.Range(0, Rows).Select(i => (i * 7_777_777_777_777L) - 400_000_000_000_000L)];
        double[] x = [.. Enumerable.Range(0, Rows).Select(i => i % 17 == 3 ? double.NaN : Math.Round(Math.Tan(i), 1))];
        WriteDates("train.parquet", i => i % 3 != 0);
        WriteDates("other.parquet", _ => true);
        await AssertAgreeAsync([day, at, x], new DateParts("day", "instant"), new SimpleImputer { Strategy = ValueHandling.Median }, new QuantileTransformer { OutputDistribution = output });

        void WriteDates(string name, Func<int, bool> wanted)
        {
            IEnumerable<string> rows = Enumerable.Range(0, Rows).Where(wanted).Select(i => string.Create(
                CultureInfo.InvariantCulture,
                $"({i}, {(double.IsNaN(day[i]) ? "NULL" : $"DATE '1970-01-01' + {day[i]}")}, make_timestamp({at[i]:F0}::BIGINT), {(double.IsNaN(x[i]) ? "NULL" : $"{x[i]}")}::DOUBLE)"));
            using var duck = new DuckDBConnection("DataSource=:memory:");
            duck.Open();
            using DuckDBCommand command = duck.CreateCommand();
            command.CommandText =
                $"""
                COPY (SELECT CAST(day AS DATE) AS day, instant, x, (i * 37 % 50)::DOUBLE AS y FROM (VALUES {string.Join(',', rows)}) AS t(i, day, instant, x) ORDER BY i)
                TO '{data.In(name)}' (FORMAT parquet)
                """;
            command.ExecuteNonQuery();
        }
    }

    [Fact]
    public async Task Graph_MultipliesAsTheModelDoes()
    {
        double[][] x = [.. Enumerable.Range(0, 3).Select(j => Enumerable.Range(0, 200).Select(i => 100 + Math.Sin(i * (j + 1))).ToArray())];
        foreach (string name in (string[])["train.parquet", "other.parquet"])
            await data.WriteAsync(name, [200], ("a", x[0]), ("b", x[1]), ("c", x[2]), ("y", x[0].Zip(x[1], (a, b) => a * b).ToArray()));

        await AssertAgreeAsync(x, new PolynomialFeatures(), new StandardScaler());
        await AssertAgreeAsync(x, new PolynomialFeatures { InteractionOnly = true }, new MinMaxScaler());
    }

    [Fact]
    public async Task Graph_FillsAndScalesEachColumnAsTheModelDoes()
    {
        double?[][] x = [.. Enumerable.Range(2, 3).Select(j => Enumerable.Range(0, 200).Select(i => i % (5 + j) == 0 ? (double?)null : Math.Sin(i * j) * 9).ToArray())];
        foreach (string name in new[] { "train.parquet", "other.parquet" })
            await data.WriteAsync(name, [200], ("a", x[0]), ("b", x[1]), ("c", x[2]), ("y", x[2].Select((c, i) => (c ?? 1) + (x[0][i] ?? 3)).ToArray()));

        await AssertAgreeAsync(
            [.. x.Select(column => column.Select(v => v ?? double.NaN).ToArray())],
            new SimpleImputer { Strategy = ValueHandling.Median, Columns = ["a"] },
            new SimpleImputer { Strategy = ValueHandling.Constant, FillValue = 4.5, Columns = ["b"] },
            new SimpleImputer { Strategy = ValueHandling.MostFrequent, Columns = ["c"] },
            new RobustScaler { Columns = ["a"] },
            new MinMaxScaler { Columns = ["c"] });
    }

    [Fact]
    public async Task WhatHasNoGraph_IsRefusedByName()
    {
        string[] cities = [.. Enumerable.Range(0, 90).Select(i => $"city {i % 7}")];
        double[] x = [.. Enumerable.Range(0, 90).Select(i => Math.Sin(i))];
        await data.WriteAsync("train.parquet", [90], ("city", cities), ("x", x), ("y", x));
        Assert.Contains("'city', which is encoded as hash", await RefusalAsync(new FeatureHasher(4, "city")), StringComparison.Ordinal);

        async Task<string> RefusalAsync(Transformer step)
        {
            using Dataset train = data.Open("train.parquet");
            var options = new TrainingOptions { Target = "y", Features = ["x"], Preprocessing = [step] };
            FitResult fit = await new LinearRegression().FitAsync(train, options, TestContext.Current.CancellationToken);
            return Assert.Throws<ArgumentException>(() => OnnxExport.Write(Stream.Null, fit.Model)).Message;
        }
    }

    // Fits on the one file, predicts the other, whose raw columns are given.
    async Task AssertAgreeAsync(Array[] raw, params Transformer[] steps)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using Dataset train = data.Open("train.parquet"), other = data.Open("other.parquet");
        FitResult fit = await new LinearRegression().FitAsync(train, new TrainingOptions { Target = "y", Preprocessing = steps }, cancellation);
        string predictions = data.In("predictions.parquet");
        await using (FileStream output = File.Create(predictions))
            await Predictor.PredictAsync(fit.Model, other, output, cancellation: cancellation);

        OnnxAnswers.AssertAgree(fit.Model, ReferenceSet.ReadAll(predictions, ["prediction"]), OnnxAnswers.Of(fit.Model, raw, OnnxInput.Columns));
    }

    [Theory]
    [InlineData(ClassType.Integer, "-3", "40")]
    [InlineData(ClassType.Boolean, "false", "true")]
    [InlineData(ClassType.Text, "größer", "label")]
    public void Label_HasTheTypeOfTheTarget(ClassType type, string low, string high)
    {
        ModelHeader header = TestTiles.Header(1, new TargetInfo("y", TargetKind.Classes, type, [low, high]));
        var model = new LinearClassifierModel(header, [1], [0]);

        Assert.Equal([low, high, low], OnnxAnswers.Of(model, [new[] { -2.0, 3.0, 0.0 }], OnnxInput.Columns).Labels);
    }

    [Fact]
    public void Signature_NamesColumnsListsAndOutputsThatCollide()
    {
        ModelHeader header = TestTiles.Header(4, TestTiles.Classes("a", "b")) with { Features = ["label", "e[0]", "e[1]", "Sub 1"] };
        using var stream = new MemoryStream();
        OnnxSignature signature = OnnxExport.Write(stream, new LinearClassifierModel(header, [1, 2, 3, 4], [0]));
        using var session = new InferenceSession(stream.ToArray());

        Assert.Equal([("label", 1), ("e", 2), ("Sub 1", 1)], signature.Inputs.Select(i => (i.Name, i.Columns!.Value)));
        Assert.Equal(["label_", "probabilities"], signature.Outputs.Select(o => o.Name));
        Assert.Equal(signature.Inputs.Select(i => i.Name).Order(), session.InputMetadata.Keys.Order());
        Assert.Equal(signature.Outputs.Select(o => o.Name).Order(), session.OutputMetadata.Keys.Order());
        Assert.Equal("""["label","e[0]","e[1]","Sub 1"]""", session.ModelMetadata.CustomMetadataMap["streaming.features"]);
        Assert.Equal("""["a","b"]""", session.ModelMetadata.CustomMetadataMap["streaming.classes"]);
    }

    [Fact]
    public void Write_GivesTheSameBytesEachTime()
    {
        Assert.Equal(Bytes(), Bytes());

        static byte[] Bytes()
        {
            using var stream = new MemoryStream();
            OnnxExport.Write(stream, TestModels.GaussianNb());
            return stream.ToArray();
        }
    }

    static Estimator Create(string name) => name switch
    {
        "hinge" => Margin(ClassificationLoss.Hinge),
        "modified_huber" => Margin(ClassificationLoss.ModifiedHuber),
        "ovr" => Margin(ClassificationLoss.LogLoss),
        "whitened" => new IncrementalPca { NComponents = 5, Whiten = true },
        _ => EstimatorCatalog.Create(name),
    };

    static SgdClassifier Margin(ClassificationLoss loss) =>
        new() { Loss = loss, LearningRate = LearningRateSchedule.Optimal, MultiClass = MultiClass.Ovr };
}
