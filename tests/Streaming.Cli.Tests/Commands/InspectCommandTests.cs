using System.Text.Json;

namespace Streaming.Cli.Tests.Commands;

/// <summary>What <c>inspect</c> tells of files and models.</summary>
public sealed class InspectCommandTests : IDisposable
{
    readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public async Task Json_OfAFile_DescribesSchemaRowGroupsAndSizes()
    {
        string path = Repository.Sample("credit-default/credit-default.parquet");
        JsonElement json = await CliRun.JsonAsync("inspect", path);
        Assert.Equal("parquet", json.GetProperty("kind").GetString());
        Assert.Equal(30_000, json.GetProperty("rows").GetInt64());
        Assert.Equal(4, json.GetProperty("row_groups").GetInt64());
        Assert.Equal(new FileInfo(path).Length, json.GetProperty("bytes").GetInt64());
        Assert.Equal(25, json.GetProperty("columns").GetArrayLength());

        JsonElement column = Column(json, "LIMIT_BAL");
        Assert.Equal("INT32", column.GetProperty("type").GetString());
        Assert.Equal("number", column.GetProperty("kind").GetString());
        Assert.True(column.GetProperty("nullable").GetBoolean());
        Assert.Equal("GZIP", column.GetProperty("codecs")[0].GetString());

        JsonElement file = Assert.Single(json.GetProperty("files").EnumerateArray());
        Assert.StartsWith("DuckDB", file.GetProperty("created_by").GetString(), StringComparison.Ordinal);
        Assert.Equal([8192L, 8192L, 8192L, 5424L], file.GetProperty("row_groups").EnumerateArray().Select(g => g.GetProperty("rows").GetInt64()));
        Assert.Equal(
            json.GetProperty("compressed_bytes").GetInt64(),
            file.GetProperty("row_groups").EnumerateArray().Sum(g => g.GetProperty("compressed_bytes").GetInt64()));
        Assert.Equal(
            json.GetProperty("uncompressed_bytes").GetInt64(),
            json.GetProperty("columns").EnumerateArray().Sum(c => c.GetProperty("uncompressed_bytes").GetInt64()));
    }

    [Fact]
    public async Task Folders_CalledNameAndValue_AreToldAsColumns()
    {
        foreach (string folder in new[] { "year=2001/place=a%20b%2Fc", "year=2001/place=__HIVE_DEFAULT_PARTITION__", "year=2002/place=50%", "year=1/place=x", "year=3/place=x", "year=4/place=x" })
        {
            Directory.CreateDirectory(scratch.In("d/" + folder));
            scratch.Write($"d/{folder}/p.parquet", "SELECT 1 AS x");
        }

        // The order of the files is that of their names.
        JsonElement json = await CliRun.JsonAsync("inspect", scratch.In("d"));
        string?[] Values(int column) => [.. json.GetProperty("folder_columns")[column].GetProperty("values").EnumerateArray().Select(v => v.GetString())];
        Assert.Equal(["year", "place"], json.GetProperty("folder_columns").EnumerateArray().Select(c => c.GetProperty("name").GetString()));
        Assert.Equal(["1", "2001", "2002", "3", "4"], Values(0));
        Assert.Equal(["x", null, "a b/c", "50%"], Values(1));
        Assert.Contains("place: x, null, a b/c, 50%", (await CliRun.DoneAsync("inspect", scratch.In("d"))).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("iris", "target", "UNCOMPRESSED")]
    [InlineData("wine", "target", "SNAPPY")]
    [InlineData("diamonds", "cut", "ZSTD")]
    [InlineData("electricity", "class", "LZ4_RAW")]
    public async Task Json_NamesCodecsAsTheSpecificationDoes(string set, string column, string codec) =>
        Assert.Equal(codec, Column(await CliRun.JsonAsync("inspect", Repository.Sample(set)), column).GetProperty("codecs")[0].GetString());

    [Fact]
    public async Task Json_NamesKindsEncodingsUnitsNullsAndRanges()
    {
        JsonElement diamonds = await CliRun.JsonAsync("inspect", Repository.Sample("diamonds"));
        Assert.Equal("text", Column(diamonds, "cut").GetProperty("kind").GetString());
        Assert.Contains("DELTA_BINARY_PACKED", Column(diamonds, "price").GetProperty("encodings").EnumerateArray().Select(e => e.GetString()));
        Assert.Equal(326, Column(diamonds, "price").GetProperty("min").GetDouble());
        Assert.Equal(18823, Column(diamonds, "price").GetProperty("max").GetDouble());

        JsonElement housing = await CliRun.JsonAsync("inspect", Repository.Sample("california-housing"));
        Assert.Equal(207, Column(housing, "total_bedrooms").GetProperty("nulls").GetInt64());

        JsonElement bikes = await CliRun.JsonAsync("inspect", Repository.Sample("bike-sharing"));
        Assert.Equal("boolean", Column(bikes, "holiday").GetProperty("kind").GetString());
        Assert.Equal("days since 1970-01-01", Column(bikes, "dteday").GetProperty("unit").GetString());

        JsonElement lists = await CliRun.JsonAsync("inspect", scratch.Write("lists.parquet", "SELECT [1, 2, 3] AS v, ['a'] AS t"));
        Assert.Equal(("vector", "LIST<INT32>"), (Column(lists, "v").GetProperty("kind").GetString(), Column(lists, "v").GetProperty("type").GetString()));
        JsonElement list = Column(lists, "t");
        Assert.Equal("unsupported", list.GetProperty("kind").GetString());
        Assert.NotEqual("", list.GetProperty("unsupported_reason").GetString());
    }

    [Fact]
    public async Task SeveralFiles_AreSummarised()
    {
        JsonElement json = await CliRun.JsonAsync("inspect", Repository.Sample("flights"));
        Assert.Equal(3_000_000, json.GetProperty("rows").GetInt64());
        Assert.Equal(29, json.GetProperty("row_groups").GetInt64());
        Assert.Equal(6, json.GetProperty("files").GetArrayLength());
        Assert.Equal(8, json.GetProperty("columns").GetArrayLength());
        Assert.All(json.GetProperty("columns").EnumerateArray(), c => Assert.Equal(6, c.GetProperty("files").GetInt32()));

        CliRun run = await CliRun.DoneAsync("inspect", Repository.Sample("flights"));
        Assert.Contains("3,000,000 in 29 row groups", run.Out, StringComparison.Ordinal);
        Assert.Contains("2001-06.parquet", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FilesThatDisagree_AreShownAsTheyAre()
    {
        scratch.Write("a.parquet", "SELECT 1::INTEGER AS x, 2 AS only_here");
        scratch.Write("b.parquet", "SELECT 1.5::DOUBLE AS x");
        JsonElement json = await CliRun.JsonAsync("inspect", scratch.Root);
        Assert.Equal("INT32 | DOUBLE", Column(json, "x").GetProperty("type").GetString());
        Assert.Equal(1, Column(json, "only_here").GetProperty("files").GetInt32());
        Assert.Contains("only_here (1 of 2 files)", (await CliRun.DoneAsync("inspect", scratch.Root)).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Table_OfAFile_HasALinePerColumnAndRowGroup()
    {
        CliRun run = await CliRun.DoneAsync("inspect", Repository.Sample("electricity"));
        foreach (string text in new[] { "45,312 in 3 row groups", "LZ4_RAW", "nswprice", "DOUBLE", "16,384", "12,544" })
            Assert.Contains(text, run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Table_WiderThanTheTerminal_IsCutIntoSeveralWithTheNamesOfTheRows()
    {
        CliRun run = await CliRun.RunAsync(["inspect", Repository.Sample("electricity")], terminalWidth: 60, TestContext.Current.CancellationToken);
        string[] lines = run.Out.Split('\n');
        Assert.True(lines.Count(l => l.Contains("nswprice", StringComparison.Ordinal)) > 1);
        Assert.All(lines, l => Assert.True(l.Length <= 60, l));
    }

    [Fact]
    public async Task Model_IsToldFromParquetByContent()
    {
        // A model with the extension of a Parquet file, and the other way round.
        string model = scratch.In("model.parquet");
        await CliRun.DoneAsync("fit", "sgd-classifier", Repository.Sample("wine"), "--target", "target", "--standardize", "--holdout", "0.1", "--alpha", "0.001", "--model", model);
        string data = scratch.In("data.model");
        File.Copy(Repository.Sample("wine/wine.parquet"), data);
        Assert.Equal("parquet", (await CliRun.JsonAsync("inspect", data)).GetProperty("kind").GetString());

        JsonElement json = await CliRun.JsonAsync("inspect", model);
        Assert.Equal("model", json.GetProperty("kind").GetString());
        Assert.Equal("sgd-classifier", json.GetProperty("estimator").GetString());
        Assert.Equal(0.001, json.GetProperty("parameters").GetProperty("alpha").GetDouble());
        Assert.Equal("l2", json.GetProperty("parameters").GetProperty("penalty").GetString());
        Assert.Equal(13, json.GetProperty("features").GetArrayLength());
        Assert.Equal(["0", "1", "2"], json.GetProperty("target").GetProperty("classes").EnumerateArray().Select(c => c.GetString()));
        Assert.Equal(178, json.GetProperty("training").GetProperty("rows").GetInt64() + json.GetProperty("training").GetProperty("rows_held_out").GetInt64());
        Assert.True(json.GetProperty("training").GetProperty("standardized").GetBoolean());
        JsonElement table = json.GetProperty("tables")[0];
        Assert.Equal(table.GetProperty("columns").GetArrayLength() - 1, table.GetProperty("rows")[0].GetProperty("values").GetArrayLength());
    }

    [Theory]
    [InlineData("linear-regression", "--target", "target")]
    [InlineData("incremental-pca", "--exclude", "target")]
    [InlineData("mini-batch-kmeans", "--exclude", "target")]
    public async Task Table_OfAModel_ShowsWhatItIsAndHolds(string estimator, string option, string value)
    {
        string model = scratch.In("my.model");
        await CliRun.DoneAsync("fit", estimator, Repository.Sample("wine"), option, value, "--model", model);
        CliRun run = await CliRun.DoneAsync("inspect", model);
        Assert.Contains($"learned by {estimator}", run.Out, StringComparison.Ordinal);
        Assert.Contains("178 rows", run.Out, StringComparison.Ordinal);
        Assert.Contains("13: alcohol, malic_acid", run.Out, StringComparison.Ordinal);
        Assert.Contains("proline", run.Out, StringComparison.Ordinal);
    }

    static JsonElement Column(JsonElement json, string name) =>
        Assert.Single(json.GetProperty("columns").EnumerateArray(), c => c.GetProperty("name").GetString() == name);
}
