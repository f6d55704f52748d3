using System.Text.Json;

namespace Streaming.Cli.Tests.Commands;

/// <summary>What <c>--on-missing</c> and <c>--on-infinite</c> do to fit, evaluate and predict: california-housing has 207 rows without <c>total_bedrooms</c>.</summary>
public sealed class ValueOptionTests : IDisposable
{
    const int Rows = 20_640;
    static readonly string Housing = Repository.Sample("california-housing/california-housing.parquet");
    readonly Scratch scratch = new();

    string ModelPath => scratch.In("my.model");

    public void Dispose() => scratch.Dispose();

    [Fact]
    public async Task Drop_TellsHowManyRowsWhy()
    {
        JsonElement json = await CliRun.JsonAsync(Fit("--holdout", "0.25", "--on-missing", "drop"));
        Assert.Equal(207, json.GetProperty("rows_rejected").GetInt64());
        JsonProperty reason = Assert.Single(json.GetProperty("rejected").EnumerateObject());
        Assert.Equal(("missing total_bedrooms", 207), (reason.Name, reason.Value.GetInt64()));
        Assert.Equal(Rows - 207, json.GetProperty("rows").GetInt64() + json.GetProperty("rows_held_out").GetInt64());
        Assert.Equal(json.GetProperty("rows_held_out").GetInt64(), json.GetProperty("scored_rows").GetInt64());

        CliRun shown = await CliRun.DoneAsync(Fit("--validation", Housing, "--on-missing", "drop"));
        Assert.Contains("20,433 rows, 207 rejected (missing total_bedrooms: 207)", shown.Out, StringComparison.Ordinal);
        Assert.Contains("Scores on 20,433 validation rows, 207 rejected", shown.Out, StringComparison.Ordinal);

        json = await CliRun.JsonAsync("evaluate", ModelPath, Housing);
        Assert.Equal((Rows - 207, 207), (json.GetProperty("rows").GetInt64(), json.GetProperty("rows_rejected").GetInt64()));
        JsonElement model = (await CliRun.JsonAsync("inspect", ModelPath)).GetProperty("training");
        Assert.Equal(("drop", "error"), (model.GetProperty("on_missing").GetString(), model.GetProperty("on_infinite").GetString()));

        string output = scratch.In("out.parquet");
        await CliRun.FailsAsync(
            ExitCode.Failed, ["predict", ModelPath, Housing, "--output", output], "'total_bedrooms'", "null or NaN in row 290 ", "fit --on-missing mean|zero");
        Assert.False(File.Exists(output));
    }

    [Fact]
    public async Task Mean_IsPartOfTheModel()
    {
        JsonElement json = await CliRun.JsonAsync(Fit("--on-missing", "mean"));
        Assert.Equal((Rows, 0), (json.GetProperty("rows").GetInt64(), json.GetProperty("rows_rejected").GetInt64()));
        JsonElement model = (await CliRun.JsonAsync("inspect", ModelPath)).GetProperty("training");
        Assert.Equal(537.87055, model.GetProperty("imputation_mean")[4].GetDouble(), 1e-4);

        string output = scratch.In("out.parquet");
        json = await CliRun.JsonAsync("predict", ModelPath, Housing, "--output", output, "--keep", "total_bedrooms");
        Assert.Equal(Rows, json.GetProperty("rows").GetInt64());
        Assert.Equal(207L, scratch.Row($"SELECT count(*) FROM '{output}' WHERE total_bedrooms IS NULL AND isfinite(prediction)")[0]);
    }

    [Fact]
    public async Task Default_IsAnErrorThatNamesTheOptions()
    {
        await CliRun.FailsAsync(ExitCode.Failed, Fit(), "'total_bedrooms'", "--on-missing drop");
        await CliRun.FailsAsync(ExitCode.Usage, Fit("--on-missing", "mode"), "Option on-missing: wanted", "median", "found 'mode'");
        await CliRun.FailsAsync(ExitCode.Usage, Fit("--on-missing", "most_frequent"), "Option on-missing: wanted", "median or constant", "found 'most_frequent'");
    }

    string[] Fit(params string[] more) =>
        ["fit", "linear-regression", Housing, "--target", "median_house_value", "--exclude", "ocean_proximity", "--model", ModelPath, .. more];
}
