using Streaming.Learning.Data;
using Streaming.Learning.Data.Conditions;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Tests.Data.Conditions;
using Streaming.Learning.Tests.Training;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Data;

/// <summary>Files of a dataset need not look alike: columns are matched by name.</summary>
public sealed class SchemaAcrossFilesTests : IDisposable
{
    static readonly DatasetOptions NullColumns = new() { MissingColumns = MissingColumns.Null };
    static readonly int[] Counted = [.. Enumerable.Range(0, 100)];
    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task Columns_MayComeInAnyOrderAndWidth()
    {
        await data.WriteAsync("a.parquet", [100], ("x", Counted), ("y", Doubles(i => 3 * i + 1)), ("z", Doubles(i => i % 7)));
        await data.WriteAsync(
            "b.parquet", [60, 40], ("z", Counted.Select(i => i % 5).ToArray()), ("y", Counted.Select(i => 3L * i + 1).ToArray()), ("x", Doubles(i => i)));
        await data.WriteAsync(
            "c.parquet", [100], ("y", Doubles(i => 3 * i + 1)), ("x", Counted.Select(i => (long)i).ToArray()), ("z", Counted.Select(i => (float)(i % 3)).ToArray()));
        using Dataset dataset = data.Open("a.parquet", "b.parquet", "c.parquet");
        var model = (LinearRegressorModel)(await FitAsync(dataset, "y")).Model;
        Assert.Equal([3.0, 0.0], model.Tensors.First(t => t.Name == "coef").Values.ToArray().Select(v => Math.Round(v, 9)));
        using Dataset some = Dataset.Open([data.In("a.parquet"), data.In("b.parquet"), data.In("c.parquet")], new DatasetOptions { Where = RowCondition.Parse("x = 50 and z < 2") });
        Assert.Equal([50L, 150, 250], Matching.Rows(Matching.Open("x = 50", data.In("a.parquet"), data.In("b.parquet"), data.In("c.parquet"))));
        Assert.Equal([50L, 150], Matching.Rows(some));
    }

    [Fact]
    public async Task AMissingColumn_IsAnErrorThatNamesTheFile()
    {
        await WriteAsync();
        using Dataset dataset = data.Open("a.parquet", "b.parquet");
        var feature = await Assert.ThrowsAsync<DatasetException>(() => FitAsync(dataset, "y"));
        Assert.Contains("no column 'z' in '", feature.Message, StringComparison.Ordinal);
        Assert.Contains("b.parquet", feature.Message, StringComparison.Ordinal);
        Assert.Contains("--missing-columns null", feature.Message, StringComparison.Ordinal);
        var condition = Assert.Throws<DatasetException>(() => Matching.Open("z > 1", data.In("a.parquet"), data.In("b.parquet")));
        Assert.Contains("b.parquet", condition.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("z is null", 0, 100)]
    [InlineData("z >= 0", 100, 0)]
    [InlineData("not (z > 50) or x = 3", 51, 1)]
    [InlineData("extra = 7", 0, 1)]
    [InlineData("t is not null", 0, 100)]
    public async Task WithNulls_ConditionsSeeNullWhereAFileLacksTheColumn(string condition, int inA, int inB)
    {
        await WriteAsync();
        using Dataset dataset = Dataset.Open([data.In("a.parquet"), data.In("b.parquet")], NullColumns with { Where = RowCondition.Parse(condition) });
        List<long> rows = Matching.Rows(dataset);
        Assert.Equal(inA, rows.Count(r => r < 100));
        Assert.Equal(inB, rows.Count(r => r >= 100));
    }

    [Fact]
    public async Task WithNulls_AFeatureOrTargetThatIsMissingStaysAnError()
    {
        await WriteAsync();
        using Dataset dataset = Dataset.Open([data.In("a.parquet"), data.In("b.parquet")], NullColumns);
        Assert.Equal(["x", "y", "z", "extra", "t"], dataset.Files[0].Columns.Select(c => c.Name));
        Assert.Equal(["x", "y", "extra", "t", "z"], dataset.Files[1].Columns.Select(c => c.Name));
        var feature = await Assert.ThrowsAsync<DatasetException>(() => FitAsync(dataset, "y", "x", "z"));
        Assert.Contains("Feature 'z' must be a finite number, found null or NaN in row 0", feature.Message, StringComparison.Ordinal);
        Assert.Contains("b.parquet", feature.Message, StringComparison.Ordinal);
        var target = await Assert.ThrowsAsync<DatasetException>(() => FitAsync(dataset, "z", "x"));
        Assert.Contains("no target 'z' in '", target.Message, StringComparison.Ordinal);
        Assert.Contains("b.parquet", target.Message, StringComparison.Ordinal);

        // With the rows of such files left out there is nothing missing.
        using Dataset some = Dataset.Open([data.In("a.parquet"), data.In("b.parquet")], NullColumns with { Where = RowCondition.Parse("z is not null") });
        FitResult result = await FitAsync(some, "y", "x", "z");
        Assert.Equal(100, result.Model.Header.Summary.Rows);
        Assert.Equal(100, result.RowsFiltered);
    }

    [Fact]
    public async Task WithNulls_KeptColumnsAreNullWhereAFileLacksThem()
    {
        await WriteAsync();
        using Dataset dataset = Dataset.Open([data.In("a.parquet"), data.In("b.parquet")], NullColumns);
        FitResult fit = await FitAsync(dataset, "y", "x");
        await PredictAsync("t", "extra");
        Assert.Equal(Counted.Select(i => (long)i), Matching.Rows(Matching.Open("t is null and extra is null", data.In("out.parquet"))));
        Assert.Equal([107L], Matching.Rows(Matching.Open("extra = 7 and t = 't7'", data.In("out.parquet"))));

        var error = await Assert.ThrowsAsync<DatasetException>(() => PredictAsync("z"));
        Assert.Contains("it is DOUBLE in '", error.Message, StringComparison.Ordinal);
        Assert.Contains("and missing in '", error.Message, StringComparison.Ordinal);

        async Task PredictAsync(params string[] keep)
        {
            await using FileStream stream = File.Create(data.In("out.parquet"));
            await Predictor.PredictAsync(fit.Model, dataset, stream, new PredictionOptions { Keep = keep }, TestContext.Current.CancellationToken);
        }
    }

    // z is in a only and never null there; extra and t are in b only.
    async Task WriteAsync()
    {
        await data.WriteAsync("a.parquet", [40, 60], ("x", Counted), ("y", Doubles(i => i)), ("z", Doubles(i => i)));
        await data.WriteAsync(
            "b.parquet", [100], ("x", Counted), ("y", Doubles(i => i)), ("extra", Counted.Select(i => (double?)i).ToArray()), ("t", Counted.Select(i => (string?)$"t{i}").ToArray()));
    }

    static double[] Doubles(Func<int, double> value) => [.. Counted.Select(value)];

    static Task<FitResult> FitAsync(Dataset dataset, string target, params string[] features) =>
        new LinearRegression().FitAsync(dataset, new TrainingOptions { Target = target, Features = features }, TestContext.Current.CancellationToken);
}
