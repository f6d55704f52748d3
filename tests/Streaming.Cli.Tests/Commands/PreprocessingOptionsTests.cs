using System.Text.Json;

namespace Streaming.Cli.Tests.Commands;

/// <summary>The options that make features of raw columns: one command from a table of strings to a model, and back to raw columns.</summary>
public sealed class PreprocessingOptionsTests : IDisposable
{
    static readonly string Diamonds = Repository.Sample("diamonds");

    readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public async Task Strings_AreFittedInspectedAndPredicted()
    {
        string model = scratch.In("my.model"), output = scratch.In("out.parquet");
        JsonElement fit = await CliRun.JsonAsync(
            "fit", "ridge", Diamonds, "--target", "price", "--one-hot", "cut,color", "--max-categories", "4", "--ordinal", "clarity", "--standardize", "--model", model);
        Assert.Equal(2, fit.GetProperty("passes").GetInt32());
        JsonElement inspected = await CliRun.JsonAsync("inspect", model);
        Assert.Equal(
            ["cut one-hot 4", "color one-hot 4", "clarity ordinal 1"],
            inspected.GetProperty("encoded_columns").EnumerateArray().Select(c => $"{c.GetProperty("column")} {c.GetProperty("encoding")} {c.GetProperty("features")}"));
        Assert.Contains("color=<infrequent>", inspected.GetProperty("features").EnumerateArray().Select(f => f.GetString()));

        // Other order, other columns, a cut that is new, and one that is missing.
        string raw = scratch.Write(
            "raw.parquet",
            $"""
            SELECT z, y, x, "table", depth, 'more' AS more, clarity, color, carat,
                CASE WHEN carat < 0.3 THEN 'New' WHEN carat > 2 THEN NULL ELSE cut END AS cut FROM read_parquet('{Diamonds}/*.parquet')
            """);
        await CliRun.DoneAsync("predict", model, raw, "--output", output, "--keep", "cut");
        object[] row = scratch.Row($"SELECT count(*), count(*) FILTER (isfinite(prediction)), count(*) FILTER (cut = 'New') FROM '{output}'");
        Assert.Equal(row[0], row[1]);
        Assert.NotEqual(0L, row[2]);
    }

    [Fact]
    public async Task Init_GoesOnWithTheStepsOfTheModel()
    {
        string first = scratch.In("first.model"), second = scratch.In("second.model");
        string[] fit = ["fit", "sgd-regressor", Diamonds, "--target", "price", "--exclude", "clarity,color"];
        await CliRun.DoneAsync([.. fit, "--one-hot", "cut", "--standardize", "--model", first]);
        await CliRun.DoneAsync("fit", "sgd-regressor", Diamonds, "--init", first, "--model", second);
        JsonElement inspected = await CliRun.JsonAsync("inspect", second);
        Assert.Equal("cut", Assert.Single(inspected.GetProperty("encoded_columns").EnumerateArray()).GetProperty("column").GetString());
        await CliRun.FailsAsync(2, ["fit", "sgd-regressor", Diamonds, "--init", first, "--one-hot", "cut", "--model", second], "Option init", "one-hot-encoder");
    }

    [Fact]
    public async Task GroupsOfColumns_AreFilledAndScaledEachInItsWay()
    {
        string model = scratch.In("my.model");
        string gaps = scratch.Write("gaps.parquet", $"SELECT * REPLACE (CASE WHEN carat < 0.3 THEN NULL ELSE depth END AS depth, CASE WHEN carat > 2 THEN NULL ELSE x END AS x) FROM read_parquet('{Diamonds}/*.parquet')");
        await CliRun.DoneAsync(
            "fit", "ridge", gaps, "--target", "price", "--exclude", "cut,color,clarity", "--impute", "median:depth", "--impute", "constant=-2:x,y", "--impute", "most_frequent:table", "--scale", "robust:carat", "--scale",
            "min-max:x,y", "--standardize", "--model", model);
        JsonElement inspected = await CliRun.JsonAsync("inspect", model);
        Assert.Equal(["carat", "depth", "table", "x", "y", "z"], inspected.GetProperty("features").EnumerateArray().Select(f => f.GetString()));
        JsonElement training = inspected.GetProperty("training");
        Assert.Equal(
            ["error", "median", "most_frequent", "constant", "constant", "error"], training.GetProperty("missing_by_feature").EnumerateArray().Select(h => h.GetString()));
        double[] fills = [.. training.GetProperty("imputation_fill").EnumerateArray().Select(f => f.GetDouble())];
        double mode = (double)scratch.Row($"SELECT mode(\"table\")::DOUBLE FROM '{gaps}'")[0];
        Assert.Equal([0, mode, -2, -2, 0], [fills[0], .. fills[2..]]);
        double median = (double)scratch.Row($"SELECT median(depth) FROM '{gaps}'")[0];
        Assert.InRange(fills[1], median - 0.1, median + 0.1);
        Assert.Contains("missing: error (median: depth) (most_frequent: table) (constant: x, y)", (await CliRun.DoneAsync("inspect", model)).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gaps_AreFilledAndToldOf_AndGroupsMultipliedAndDistributed()
    {
        string model = scratch.In("my.model"), graph = scratch.In("my.onnx"), output = scratch.In("out.parquet");
        string gaps = scratch.Write(
            "gaps.parquet",
            $"SELECT * REPLACE (CASE WHEN carat < 0.3 THEN NULL ELSE cut END AS cut, CASE WHEN carat > 2 THEN NULL ELSE color END AS color, CASE WHEN price % 7 = 0 THEN NULL ELSE depth END AS depth) FROM read_parquet('{Diamonds}/*.parquet')");
        await CliRun.DoneAsync(
            "fit", "ridge", gaps, "--target", "price", "--exclude", "clarity", "--one-hot", "cut,color", "--impute", "most_frequent:cut", "--impute", "constant=unknown:color", "--impute", "median:depth", "--add-indicator",
            "--polynomial", "2:x,y", "--interactions-only", "--quantile-transform", "normal:carat", "--standardize", "--model", model);
        JsonElement inspected = await CliRun.JsonAsync("inspect", model);
        string[] features = [.. inspected.GetProperty("features").EnumerateArray().Select(f => f.GetString()!)];
        Assert.Equal(["x y", "missingindicator_cut", "missingindicator_color", "missingindicator_depth"], features[^4..]);
        Assert.Contains("color=unknown", features);
        Assert.DoesNotContain("cut=<null>", features);
        Assert.Equal(
            ["carat quantile", "cut one-hot Ideal", "color one-hot unknown", "products polynomial", "missing indicators missing-indicator"],
            inspected.GetProperty("encoded_columns").EnumerateArray().Select(c => $"{c.GetProperty("column")} {c.GetProperty("encoding")} {(c.TryGetProperty("missing_as", out JsonElement category) ? category.GetString() : "")}".Trim()));
        Assert.Contains("cut (one-hot, 5 features, missing as 'Ideal')", (await CliRun.DoneAsync("inspect", model)).Out, StringComparison.Ordinal);

        // Raw columns, in another order, of which one has gaps that training rows had none of.
        string raw = scratch.Write("raw.parquet", $"SELECT z, y, x, \"table\", depth, color, 'more' AS more, cut, carat, price FROM read_parquet('{Diamonds}/*.parquet')");
        await CliRun.DoneAsync("predict", model, raw, "--output", output);
        Assert.Equal([53940L, 53940L], scratch.Row($"SELECT count(*), count(*) FILTER (isfinite(prediction)) FROM '{output}'"));
        JsonElement evaluated = await CliRun.JsonAsync("evaluate", model, gaps);
        Assert.InRange(evaluated.GetProperty("metrics").GetProperty("r2").GetDouble(), 0.8, 1);
        await CliRun.DoneAsync("export", model, "--onnx", graph);
    }

    [Fact]
    public async Task Plan_CountsFeaturesAndTheMeasuringPass()
    {
        JsonElement plan = await CliRun.JsonAsync("plan", "fit", "ridge", Diamonds, "--target", "price", "--one-hot", "cut,color,clarity");
        Assert.Equal("categories", plan.GetProperty("passes")[0].GetProperty("purpose").GetString());
        Assert.Equal(6 + 3 * 2, plan.GetProperty("features").GetInt32());
    }

    [Theory]
    [InlineData("wanted --one-hot beside it", "--min-frequency", "10")]
    [InlineData("wanted --one-hot or --ordinal beside it", "--handle-unknown", "error")]
    [InlineData("wanted a column and bits", "--hash", "cut")]
    [InlineData("wanted 1 to 22 bits, found 40", "--hash", "cut:40")]
    [InlineData("encoded twice", "--hash", "cut:4", "--one-hot", "cut")]
    [InlineData("There is no column 'colour'", "--one-hot", "colour")]
    [InlineData("must hold dates or timestamps", "--date-parts", "cut")]
    [InlineData("found 'mode'", "--impute", "mode")]
    [InlineData("found 'constant=x'", "--impute", "constant=x")]
    [InlineData("no column '5'", "--impute", "constant:5")]
    [InlineData("Option on-infinite: wanted error, drop, mean, zero, median or constant", "--on-infinite", "most_frequent")]
    [InlineData("found two", "--impute", "mean", "--on-missing", "drop")]
    [InlineData("Wanted one scaler", "--min-max", "--standardize")]
    [InlineData("found 'x', which only columns of categories", "--impute", "constant=x:depth")]
    [InlineData("found 'log:depth'", "--scale", "log:depth")]
    [InlineData("named twice", "--scale", "robust:depth", "--scale", "standard:d*")]
    [InlineData("named twice", "--scale", "robust:depth", "--quantile-transform", "normal:depth")]
    [InlineData("wanted --impute beside it", "--add-indicator")]
    [InlineData("wanted --polynomial beside it", "--interactions-only")]
    [InlineData("found 'triangular:depth'", "--quantile-transform", "triangular:depth")]
    [InlineData("found 'two:depth'", "--polynomial", "two:depth")]
    [InlineData("wanted the degree 2, found 3", "--polynomial", "3")]
    [InlineData("wanted at least two features that are numbers to multiply, found only 'carat'", "--polynomial", "2:carat", "--interactions-only")]
    [InlineData("Wanted columns behind the colon of 'mean:', found none", "--impute", "mean:")]
    [InlineData("Wanted columns behind the colon of 'robust:,'", "--scale", "robust:,")]
    [InlineData("Column 'cut' holds categories (one-hot-encoder)", "--one-hot", "cut", "--impute", "median:cut")]
    [InlineData("is multiplied (polynomial-features) and filled", "--polynomial", "2", "--impute", "mean:depth")]
    [InlineData("wanted a column that features are made of", "--scale", "robust:cut")]
    public async Task WhatDoesNotFit_IsRefusedInOneLine(string named, params string[] options)
    {
        CliRun run = await CliRun.RunAsync(["fit", "ridge", Diamonds, "--target", "price", "--exclude", "color,clarity,cut", .. options, "--model", scratch.In("my.model")]);
        Assert.NotEqual(0, run.ExitCode);
        Assert.StartsWith("error: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(named, run.Error.Split('\n')[0], StringComparison.Ordinal);
    }
}
