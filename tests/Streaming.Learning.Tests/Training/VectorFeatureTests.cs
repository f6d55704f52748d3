using DuckDB.NET.Data;
using Streaming.Learning.Data;
using Streaming.Learning.Data.Conditions;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Training;

/// <summary>Columns of lists as features: the same model, bit for bit, as from the same numbers in columns of their own.</summary>
public sealed class VectorFeatureTests : IDisposable
{
    const string Rows = "SELECT i, list_transform(range(5), lambda x: ((i * 7919 + x * 104729) % 1009 / 13 + 1e6)::DOUBLE) AS e FROM range(3000) t(i)";

    const string Flat = "i / 3000 AS a, e[1] AS \"e[0]\", e[2] AS \"e[1]\", e[3] AS \"e[2]\", e[4] AS \"e[3]\", e[5] AS \"e[4]\", i % 7 AS b, e[1] - e[3] + i % 5 AS y, i % 3 AS label, ['t'] AS tags";
    const string Lists = "i / 3000 AS a, e, i % 7 AS b, e[1] - e[3] + i % 5 AS y, i % 3 AS label, ['t'] AS tags";

    readonly TestData data = new();

    public static TheoryData<string> Estimators => [.. EstimatorCatalog.All.Select(e => e.Name)];

    [Theory]
    [MemberData(nameof(Estimators))]
    public async Task FitAsync_OnListsAndOnTheirElementsAsColumns_GivesTheSameBytes(string name)
    {
        Write("flat.parquet", $"SELECT {Flat} FROM ({Rows})");
        Write("lists.parquet", $"SELECT {Lists} FROM ({Rows})");
        Write("arrays.parquet", $"SELECT {Lists.Replace("e, i", "e::DOUBLE[5] AS e, i")} FROM ({Rows})");
        byte[]? expected = null;
        foreach (string file in new[] { "flat.parquet", "lists.parquet", "arrays.parquet" })
        {
            using Dataset dataset = data.Open(file);
            Model model = await FitAsync(name, dataset);
            Assert.Equal(["a", "e[0]", "e[1]", "e[2]", "e[3]", "e[4]", "b"], model.Header.Features);
            byte[] bytes = WhateverTheFiles(model);
            expected ??= bytes;
            Assert.Equal(expected, bytes);
            Assert.Equal(0, dataset.Pool.RentedBytes);
        }
    }

    // The model's bytes without what it notes of the files that it has learned from.
    static byte[] WhateverTheFiles(Model model)
    {
        ModelHeader header = model.Header with
        {
            ColumnTypes = new Dictionary<string, string>(), Summary = model.Header.Summary with { DataFingerprint = null },
        };
        using var bytes = new MemoryStream();
        ModelFile.Write(bytes, ModelKinds.Load(model.Kind, header, model.Tensors.ToDictionary(t => t.Name)));
        return bytes.ToArray();
    }

    [Fact]
    public async Task PredictAndEvaluate_WithAModelOfLists_ReadsListsOrColumnsAlike()
    {
        Write("flat.parquet", $"SELECT {Flat} FROM ({Rows})");
        Write("lists.parquet", $"SELECT {Lists} FROM ({Rows})");
        using Dataset lists = data.Open("lists.parquet");
        using Dataset flat = data.Open("flat.parquet");
        Model model = await FitAsync("linear-regression", lists);
        using var one = new MemoryStream();
        using var other = new MemoryStream();
        Assert.Equal(3000, await Predictor.PredictAsync(model, lists, one, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal(3000, await Predictor.PredictAsync(model, flat, other, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal(one.ToArray(), other.ToArray());
        EvaluationResult onLists = await Evaluator.EvaluateAsync(model, lists, cancellation: TestContext.Current.CancellationToken);
        EvaluationResult onFlat = await Evaluator.EvaluateAsync(model, flat, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(onFlat.Metrics, onLists.Metrics);
        Assert.Equal(3000, onLists.Rows);
    }

    [Fact]
    public async Task FitAsync_On784FloatsWrittenByDuckDb_UsesThemAll()
    {
        Write("images.parquet", "SELECT list_transform(range(784), lambda x: (i * 31 + x * 7) % 256)::FLOAT[] AS pixels, i % 2 AS label FROM range(400) t(i)");
        using Dataset dataset = data.Open("images.parquet");
        FitResult result = await EstimatorCatalog.Create("sgd-classifier").FitAsync(
            dataset, new TrainingOptions { Target = "label", Features = ["pix*"], Standardize = true, HoldoutFraction = 0.2 }, TestContext.Current.CancellationToken);
        Assert.Equal(784, result.Model.Header.Features.Count);
        Assert.Equal("pixels[783]", result.Model.Header.Features[783]);
        Assert.Equal("pixels[0..783]", FeatureNames.Show(result.Model.Header.Features));
    }

    [Theory]
    [InlineData("e[1:4]", "4")]
    [InlineData("list_append(e, 1)", "6")]
    [InlineData("[]", "an empty list")]
    public async Task FitAsync_RowOfAnotherLength_IsNamedWithItsFile(string other, string found)
    {
        Write("a.parquet", $"SELECT {Lists} FROM ({Rows})");
        Write("b.parquet", $"SELECT i AS a, CASE WHEN i = 2345 THEN {other} ELSE e END AS e, i AS b, i AS y FROM ({Rows})");
        using Dataset dataset = data.Open("a.parquet", "b.parquet");
        foreach (string name in new[] { "linear-regression", "incremental-pca" })
        {
            Estimator estimator = EstimatorCatalog.Create(name);
            var options = new TrainingOptions { Features = ["a", "e", "b"], Target = name == "linear-regression" ? "y" : null };
            var e = await Assert.ThrowsAsync<DatasetException>(() => estimator.FitAsync(dataset, options, TestContext.Current.CancellationToken));
            Assert.StartsWith($"Feature 'e' must have a list of 5 elements in every row, found {found} in row 2345 (row group 1) of '{data.In("b.parquet")}'.", e.Message, StringComparison.Ordinal);
            Assert.Equal(0, dataset.Pool.RentedBytes);
        }
    }

    [Theory]
    [InlineData("label <> 1", "i % 3 <> 1")]
    [InlineData("b in (0, 2, 3, 5)", "i % 7 in (0, 2, 3, 5)")]
    [InlineData("a < 0.4 or a >= 0.9", "i / 3000 < 0.4 or i / 3000 >= 0.9")]
    [InlineData("i > 10 and i <> 2999", "i > 10 and i <> 2999")]
    public async Task FitAsync_WithACondition_PassesOverListsOfRowsThatAreNotWanted(string where, string sql)
    {
        // The others have lists of other lengths, none at all, or nulls.
        Write("flat.parquet", $"SELECT i, {Flat} FROM ({Rows})");
        Write(
            "lists.parquet",
            $"SELECT i, {Lists.Replace("e, i", $"CASE WHEN {sql} THEN e WHEN i % 4 = 0 THEN NULL WHEN i % 4 = 1 THEN [] WHEN i % 4 = 2 THEN [NULL, 1] ELSE list_concat(e, e) END AS e, i")} FROM ({Rows})");
        foreach (string name in new[] { "linear-regression", "mini-batch-kmeans" })
        {
            byte[]? expected = null;
            foreach (string file in new[] { "flat.parquet", "lists.parquet" })
            {
                using Dataset dataset = Dataset.Open([data.In(file)], new DatasetOptions { Where = RowCondition.Parse(where) });
                byte[] bytes = WhateverTheFiles(await FitAsync(name, dataset, "i"));
                expected ??= bytes;
                Assert.Equal(expected, bytes);
                Assert.Equal(0, dataset.Pool.RentedBytes);
            }
        }
    }

    // A list that is not there is one whose elements are all missing.
    [Theory]
    [InlineData(ValueHandling.Drop)]
    [InlineData(ValueHandling.Mean)]
    [InlineData(ValueHandling.Zero)]
    public async Task FitAsync_RowsWithoutAList_AreTreatedAsThoseWithoutNumbers(ValueHandling missing)
    {
        string none = string.Join(", ", Enumerable.Range(0, 5).Select(k => $"CASE WHEN i % 9 <> 0 THEN e[{k + 1}] END AS \"e[{k}]\""));
        Write("flat.parquet", $"SELECT {none}, i % 7 AS b, e[1] - e[3] + i % 5 AS y FROM ({Rows})");
        Write("lists.parquet", $"SELECT CASE WHEN i % 9 <> 0 THEN e END AS e, i % 7 AS b, e[1] - e[3] + i % 5 AS y FROM ({Rows})");
        byte[]? expected = null;
        foreach (string file in new[] { "flat.parquet", "lists.parquet" })
        {
            using Dataset dataset = data.Open(file);
            var options = new TrainingOptions { Target = "y", OnMissing = missing };
            FitResult result = await EstimatorCatalog.Create("linear-regression").FitAsync(dataset, options, TestContext.Current.CancellationToken);
            byte[] bytes = WhateverTheFiles(result.Model);
            expected ??= bytes;
            Assert.Equal(expected, bytes);
        }
    }

    [Fact]
    public void Where_OnAList_IsRefused()
    {
        Write("lists.parquet", $"SELECT {Lists} FROM ({Rows})");
        var e = Assert.Throws<DatasetException>(
            () => Dataset.Open([data.In("lists.parquet")], new DatasetOptions { Where = RowCondition.Parse("e is null") }).Dispose());
        Assert.Contains("is a list", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CASE WHEN i = 2100 THEN [1, 2, NULL, 4, 5] ELSE e END", "'e[2]' must be a finite number, found null or NaN in row 2100")]
    [InlineData("CASE WHEN i < 2100 THEN NULL ELSE e END", "'e[0]' must be a finite number, found null or NaN in row 0")]
    [InlineData("CASE WHEN i = 2100 THEN NULL ELSE e END", "'e[0]' must be a finite number, found null or NaN in row 2100")]
    [InlineData("CASE WHEN i < 0 THEN e END", "'e' has as many elements as the first list has; no row that is wanted, from")]
    [InlineData("CASE WHEN i = 0 THEN [] ELSE e END", "'e' must have a list of numbers in every row, as many as the first has; found an empty list in row 0")]
    [InlineData("CASE WHEN i = 100 THEN [1.5] ELSE e END", "'e' must have a list of 5 elements in every row, found 1 in row 100")]
    [InlineData("list_transform(e, lambda x: x::VARCHAR)", "found 'e' (it is a list of texts)")]
    [InlineData("[e]", "There is no column 'e'")]
    public async Task FitAsync_ListsThatAreNoVectors_AreRefused(string sql, string message)
    {
        Write("a.parquet", $"SELECT {sql} AS e, i AS y FROM ({Rows})");
        using Dataset dataset = data.Open("a.parquet");
        var options = new TrainingOptions { Target = "y", Features = ["e"], Standardize = true };
        var e = await Assert.ThrowsAsync<DatasetException>(() => EstimatorCatalog.Create("linear-regression").FitAsync(dataset, options, TestContext.Current.CancellationToken));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.Contains("a.parquet", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Selection_OfListsAndColumnsThatDoNotAgree_IsRefused()
    {
        Write("a.parquet", $"SELECT e, i AS y FROM ({Rows})");
        Write("b.parquet", $"SELECT e[1] AS e, i AS y FROM ({Rows})");
        Write("c.parquet", $"SELECT e, e[1] AS \"e[0]\", i AS y FROM ({Rows})");
        Write("d.parquet", $"SELECT e[1:4] AS e, i AS y FROM ({Rows})");
        await RefusedAsync(["a.parquet", "b.parquet"], "Feature 'e' must be a list of numbers in every file; in");
        await RefusedAsync(["b.parquet", "c.parquet"], "Feature 'e' must be numeric; in");
        await RefusedAsync(["c.parquet"], "Feature 'e[0]' is there twice");
        await RefusedAsync(["a.parquet"], "Target 'e' of", "e");

        using Dataset five = data.Open("a.parquet");
        Model model = (await EstimatorCatalog.Create("linear-regression").FitAsync(five, new TrainingOptions { Target = "y" }, TestContext.Current.CancellationToken)).Model;
        using Dataset four = data.Open("d.parquet");
        using Dataset none = data.Open("b.parquet");
        var shorter = await Assert.ThrowsAsync<DatasetException>(() => Predictor.PredictAsync(model, four, new MemoryStream(), cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("a list of 5 elements in every row, found 4 in row 0 (row group 0)", shorter.Message, StringComparison.Ordinal);
        var other = await Assert.ThrowsAsync<DatasetException>(() => Predictor.PredictAsync(model, none, new MemoryStream(), cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("The model wants the columns e[0..4]; ", other.Message, StringComparison.Ordinal);
        Assert.Contains("has no e[0..4] (its columns: e, y)", other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Show_ElementsInTurn_AreOneName()
    {
        Assert.Equal("a, e[0..2], b[0], b[1], c[1], e[0]", FeatureNames.Show(["a", "e[0]", "e[1]", "e[2]", "b[0]", "b[1]", "c[1]", "e[0]"]));
        Assert.Equal("", FeatureNames.Show([]));
    }

    public void Dispose() => data.Dispose();

    async Task RefusedAsync(string[] files, string message, string target = "y")
    {
        using Dataset dataset = data.Open(files);
        var e = await Assert.ThrowsAsync<DatasetException>(
            () => EstimatorCatalog.Create("linear-regression").FitAsync(dataset, new TrainingOptions { Target = target }, TestContext.Current.CancellationToken));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    static async Task<Model> FitAsync(string name, Dataset dataset, params string[] exclude)
    {
        Estimator estimator = EstimatorCatalog.Create(name);
        string? target = estimator.TargetKind switch { TargetKind.Classes => "label", TargetKind.Number => "y", _ => null };
        string[] others = [.. new[] { "label", "y" }.Where(c => c != target)];
        var options = new TrainingOptions
        {
            Target = target, Exclude = [.. others, .. exclude], Standardize = !estimator.NeedsCounts, Epochs = 2, BatchSize = 100, HoldoutFraction = 0.2, Seed = 3,
        };
        return (await estimator.FitAsync(dataset, options, TestContext.Current.CancellationToken)).Model;
    }

    void Write(string name, string query)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = $"SET threads = 1; COPY ({query}) TO '{data.In(name)}' (FORMAT parquet, ROW_GROUP_SIZE 2048)";
        command.ExecuteNonQuery();
    }
}
