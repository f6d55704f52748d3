using System.Text.Json;

namespace Streaming.Cli.Tests.Commands;

/// <summary>What <c>--where</c> does to fit, evaluate and predict.</summary>
public sealed class WhereOptionTests : IDisposable
{
    static readonly string Diamonds = Repository.Sample("diamonds/diamonds.parquet");
    readonly Scratch scratch = new();

    string ModelPath => scratch.In("my.model");

    public void Dispose() => scratch.Dispose();

    [Fact]
    public async Task Fit_CountsEveryRowOfTheFooters()
    {
        const string Where = "cut in ('Ideal', 'Premium') and price < 5000";
        JsonElement json = await CliRun.JsonAsync(
            "fit", "linear-regression", Diamonds, "--target", "price", "--exclude", "cut,color,clarity", "--holdout", "0.2", "--where", Where, "--model", ModelPath);
        long left = (long)scratch.Row($"SELECT count(*) FROM '{Diamonds}' WHERE {Where}")[0];
        Assert.Equal(53_940 - left, json.GetProperty("rows_filtered").GetInt64());
        Assert.Equal(left, json.GetProperty("rows").GetInt64() + json.GetProperty("rows_held_out").GetInt64());
        Assert.Equal(json.GetProperty("rows_held_out").GetInt64(), json.GetProperty("scored_rows").GetInt64());
        Assert.Equal(0, json.GetProperty("rows_rejected").GetInt64());

        JsonElement model = (await CliRun.JsonAsync("inspect", ModelPath)).GetProperty("training");
        Assert.Equal(Where, model.GetProperty("where").GetString());
        Assert.Equal(53_940 - left, model.GetProperty("rows_filtered").GetInt64());
        CliRun shown = await CliRun.DoneAsync("inspect", ModelPath);
        Assert.Contains(Where, shown.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_ScoresTheMatchingRowsAsAFileOfThemIsScored()
    {
        await CliRun.DoneAsync("fit", "linear-regression", Diamonds, "--target", "price", "--exclude", "cut,color,clarity", "--model", ModelPath);
        string some = scratch.Write("some.parquet", $"SELECT * FROM '{Diamonds}' WHERE color = 'D' AND carat < 1");
        JsonElement expected = await CliRun.JsonAsync("evaluate", ModelPath, some);
        JsonElement actual = await CliRun.JsonAsync("evaluate", ModelPath, Diamonds, "--where", "color = 'D' and carat < 1");
        Assert.Equal(expected.GetProperty("rows").GetInt64(), actual.GetProperty("rows").GetInt64());
        Assert.Equal(53_940, actual.GetProperty("rows").GetInt64() + actual.GetProperty("rows_filtered").GetInt64());
        Assert.Equal(
            expected.GetProperty("metrics").GetProperty("r2").GetDouble(), actual.GetProperty("metrics").GetProperty("r2").GetDouble(), 1e-12);
    }

    [Fact]
    public async Task Predict_WritesTheMatchingRowsWithTheirKeptColumns()
    {
        await CliRun.DoneAsync("fit", "linear-regression", Diamonds, "--target", "price", "--exclude", "cut,color,clarity", "--model", ModelPath);
        string all = scratch.In("all.parquet");
        string some = scratch.In("some.parquet");
        await CliRun.DoneAsync("predict", ModelPath, Diamonds, "--output", all, "--keep", "cut,carat");
        JsonElement json = await CliRun.JsonAsync(
            "predict", ModelPath, Diamonds, "--output", some, "--keep", "cut,carat", "--where", "cut = 'Fair' or carat > 2.5");
        object[] count = scratch.Row($"SELECT count(*) FROM '{some}'");
        Assert.Equal((long)count[0], json.GetProperty("rows").GetInt64());
        Assert.Equal(53_940 - (long)count[0], json.GetProperty("rows_filtered").GetInt64());
        const string Numbered = "SELECT *, row_number() OVER () AS place FROM (SELECT * EXCLUDE (file_row_number) FROM read_parquet('{0}', file_row_number = true){1} ORDER BY file_row_number)";
        string expected = string.Format(null, Numbered, all, " WHERE cut = 'Fair' or carat > 2.5");
        string actual = string.Format(null, Numbered, some, "");
        Assert.Equal(0L, scratch.Row($"SELECT count(*) FROM (({expected} EXCEPT {actual}) UNION ALL ({actual} EXCEPT {expected}))")[0]);
    }

    [Fact]
    public async Task Predict_OfRowsThatStatisticsRuleOut_WritesATableWithoutRows()
    {
        await CliRun.DoneAsync("fit", "linear-regression", Diamonds, "--target", "price", "--exclude", "cut,color,clarity", "--model", ModelPath);
        string none = scratch.In("none.parquet");
        await CliRun.DoneAsync("predict", ModelPath, Diamonds, "--output", none, "--where", "price > 1000000");
        Assert.Equal(0L, scratch.Row($"SELECT count(prediction) FROM '{none}'")[0]);
    }

    [Theory]
    [InlineData(2, "price >", "wanted a value: a number, a 'text', true or false, found the end at character 8 of: price >")]
    [InlineData(2, "", "wanted a column")]
    [InlineData(1, "prise > 3", "There is no column 'prise' in")]
    [InlineData(1, "cut > 3", "write '3', in single quotes")]
    [InlineData(1, "price > 1000000", "No row is left to", "(price > 1000000)")]
    public Task Fit_WithAConditionThatCantBeMeant_SaysSo(int exitCode, string where, params string[] messages) => CliRun.FailsAsync(
        exitCode,
        ["fit", "linear-regression", Diamonds, "--target", "price", "--exclude", "cut,color,clarity", "--model", ModelPath, "--where", where],
        messages);

    [Fact]
    public async Task Folders_GiveColumnsToEveryCommand()
    {
        foreach (string color in new[] { "D", "E", "J" })
        {
            Directory.CreateDirectory(scratch.In($"stones/color={color}"));
            scratch.Write($"stones/color={color}/part.parquet", $"SELECT carat, price FROM '{Diamonds}' WHERE color = '{color}'");
        }

        string stones = scratch.In("stones");
        JsonElement fit = await CliRun.JsonAsync(
            "fit", "linear-regression", stones, "--target", "price", "--exclude", "color", "--where", "color != 'E'", "--model", ModelPath);
        Assert.Equal((long)scratch.Row($"SELECT count(*) FROM '{Diamonds}' WHERE color IN ('D', 'J')")[0], fit.GetProperty("rows").GetInt64());
        string output = scratch.In("out.parquet");
        await CliRun.DoneAsync("predict", ModelPath, stones, "--output", output, "--keep", "color", "--where", "color > 'D'");
        Assert.Equal(["E", "J"], scratch.Texts($"SELECT DISTINCT color FROM '{output}' ORDER BY 1"));
    }

    [Fact]
    public async Task MissingColumns_AreAnErrorOrNull()
    {
        string a = scratch.Write("a.parquet", "SELECT i AS x, 2 * i AS y, 'old' AS note FROM range(10) r(i)");
        string b = scratch.Write("b.parquet", "SELECT i AS x, 2 * i AS y FROM range(10) r(i)");
        string[] fit = ["fit", "linear-regression", a, b, "--target", "y", "--features", "x", "--where", "note is null", "--model", ModelPath];
        await CliRun.FailsAsync(1, fit, "There is no column 'note' in '", "b.parquet");
        JsonElement json = await CliRun.JsonAsync([.. fit, "--missing-columns", "null"]);
        Assert.Equal(10, json.GetProperty("rows").GetInt64());
        Assert.Equal(10, json.GetProperty("rows_filtered").GetInt64());
        await CliRun.FailsAsync(2, [.. fit, "--missing-columns", "zero"], "Option missing-columns: wanted error or null, found 'zero'");

        string output = scratch.In("out.parquet");
        await CliRun.DoneAsync("predict", ModelPath, a, b, "--output", output, "--keep", "note", "--missing-columns", "null");
        Assert.Equal([10L, 20L], scratch.Row($"SELECT count(note), count(*) FROM '{output}'"));
    }

    [Fact]
    public async Task Validation_IsFilteredToo()
    {
        JsonElement json = await CliRun.JsonAsync(
            "fit", "linear-regression", Diamonds, "--target", "price", "--exclude", "cut,color,clarity", "--validation", Diamonds, "--where", "color = 'J'", "--model", ModelPath);
        Assert.Equal(2808, json.GetProperty("scored_rows").GetInt64());
        Assert.Equal(2808, json.GetProperty("rows").GetInt64());
    }
}
