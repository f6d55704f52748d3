using System.Text.Json;

namespace Streaming.Cli.Tests.Commands;

/// <summary>What <c>inspect --stats</c> finds in the values, against DuckDB.</summary>
public sealed class InspectStatisticsTests : IDisposable
{
    readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData("bike-sharing/bike-sharing.parquet")]
    [InlineData("california-housing/california-housing.parquet")]
    [InlineData("credit-default/credit-default.parquet")]
    [InlineData("diamonds/diamonds.parquet")]
    [InlineData("electricity/electricity.parquet")]
    [InlineData("flights/2001-01.parquet")]
    [InlineData("iris/iris.parquet")]
    [InlineData("wine/wine.parquet")]
    public async Task Json_OfASample_IsWhatDuckDbFinds(string sample)
    {
        string path = Repository.Sample(sample);
        JsonElement json = await CliRun.JsonAsync("inspect", path, "--stats");
        Assert.Equal(0, json.GetProperty("not_read").GetArrayLength());
        Assert.Equal(
            json.GetProperty("columns").EnumerateArray().Select(Name), scratch.Texts($"SELECT column_name FROM (DESCRIBE SELECT * FROM '{path}')"));
        foreach (JsonElement column in json.GetProperty("columns").EnumerateArray())
            CompareWithDuckDb(path, column);
    }

    [Theory]
    [InlineData("DOUBLE")]
    [InlineData("FLOAT")]
    [InlineData("INTEGER")]
    public async Task Lists_OfAnyLength_AreCountedWithTheirElements(string type)
    {
        string path = scratch.Write(
            "x.parquet",
            $"""
            SELECT CASE WHEN i % 10 = 0 THEN NULL ELSE list_transform(range(i % 4), lambda x: CASE WHEN x = 1 THEN NULL ELSE i END) END::{type}[] AS ragged,
              [i, 2, i + 1]::{type}[3] AS vector
            FROM range(30000) t(i)
            """);
        JsonElement json = await CliRun.JsonAsync("inspect", path, "--stats");
        JsonElement ragged = Column(json, "ragged");
        int[] lengths = [.. Enumerable.Range(0, 30_000).Select(i => i % 10 == 0 ? -1 : i % 4)];
        Assert.Equal("vector", ragged.GetProperty("kind").GetString());
        Assert.Equal(30_000, ragged.GetProperty("count").GetInt64());
        Assert.Equal(3000, ragged.GetProperty("null_count").GetInt64());
        Assert.Equal(lengths.Count(l => l == 0), ragged.GetProperty("empty_lists").GetInt64());
        Assert.Equal(lengths.Sum(l => Math.Max(l, 0)), ragged.GetProperty("elements").GetInt64());
        JsonElement element = ragged.GetProperty("element");
        Assert.Equal(lengths.Count(l => l > 1), element.GetProperty("null_count").GetInt64());
        Assert.Equal(0, element.GetProperty("nan_count").GetInt64());
        Assert.Equal(lengths.Select((l, i) => l switch { < 1 => 0.0, 3 => 2.0 * i, _ => i }).Sum(), element.GetProperty("sum").GetDouble());

        JsonElement vector = Column(json, "vector").GetProperty("element");
        Assert.Equal((90_000, 0), (vector.GetProperty("count").GetInt64(), vector.GetProperty("null_count").GetInt64()));
        Assert.Equal((0, 30_000), (vector.GetProperty("min").GetDouble(), vector.GetProperty("max").GetDouble()));
    }

    [Theory]
    [InlineData("DOUBLE")]
    [InlineData("FLOAT")]
    public async Task NullAndNan_AreToldApart(string type)
    {
        string path = scratch.Write(
            "x.parquet",
            $"""
            SELECT CASE WHEN i % 10 = 0 THEN NULL WHEN i % 10 IN (1, 2) THEN 'NaN'::{type} WHEN i % 10 = 3 THEN '-Infinity'::{type} ELSE i::{type} END AS mixed,
              CASE WHEN i % 2 = 0 THEN NULL ELSE 'NaN'::{type} END AS no_number, NULL::{type} AS no_value
            FROM range(30000) t(i)
            """);
        JsonElement json = await CliRun.JsonAsync("inspect", path, "--stats");
        JsonElement mixed = Column(json, "mixed");
        Assert.Equal(30_000, mixed.GetProperty("count").GetInt64());
        Assert.Equal(3000, mixed.GetProperty("null_count").GetInt64());
        Assert.Equal(6000, mixed.GetProperty("nan_count").GetInt64());
        Assert.Equal(3000, mixed.GetProperty("infinite_count").GetInt64());
        Assert.Equal(4, mixed.GetProperty("min").GetDouble());
        Assert.Equal(29_999, mixed.GetProperty("max").GetDouble());
        Assert.Equal(Enumerable.Range(0, 30_000).Where(i => i % 10 > 3).Sum(i => (double)i), mixed.GetProperty("sum").GetDouble());

        JsonElement none = Column(json, "no_number");
        Assert.Equal((15_000, 15_000), (none.GetProperty("null_count").GetInt64(), none.GetProperty("nan_count").GetInt64()));
        Assert.Equal(JsonValueKind.Null, none.GetProperty("min").ValueKind);
        Assert.Equal(JsonValueKind.Null, none.GetProperty("sum").ValueKind);
        Assert.Equal(30_000, Column(json, "no_value").GetProperty("null_count").GetInt64());
    }

    [Fact]
    public async Task Sum_OfWholeNumbersBeyondDouble_IsExact()
    {
        string path = scratch.Write(
            "x.parquet",
            """
            SELECT CASE WHEN i % 2 = 0 THEN 9223372036854775807 ELSE -9223372036854775807 END + CASE WHEN i = 8 THEN -3 ELSE 0 END AS signed,
              CASE WHEN i % 5 = 0 THEN NULL WHEN i % 5 = 1 THEN 18446744073709551615 ELSE i END::UBIGINT AS unsigned
            FROM range(1, 10001) t(i)
            """);
        JsonElement json = await CliRun.JsonAsync("inspect", path, "--stats");
        Assert.Equal(-3, Column(json, "signed").GetProperty("sum").GetDouble());
        Assert.Equal(scratch.Row($"SELECT sum(unsigned)::DOUBLE FROM '{path}'")[0], Column(json, "unsigned").GetProperty("sum").GetDouble());
        Assert.Equal(2000, Column(json, "unsigned").GetProperty("null_count").GetInt64());
    }

    [Fact]
    public async Task Sum_OfManyNumbers_LosesNothing()
    {
        // A plain sum in double would lose every 1 beside 1e16.
        string path = scratch.Write("x.parquet", "SELECT CASE WHEN i = 0 THEN 1e16 WHEN i = 99999 THEN -1e16 ELSE 1 END AS x FROM range(100000) t(i)");
        Assert.Equal(99_998, Column(await CliRun.JsonAsync("inspect", path, "--stats"), "x").GetProperty("sum").GetDouble());
    }

    [Fact]
    public async Task Folder_HasTotalsOverFilesThatDisagree()
    {
        scratch.Write("a.parquet", "SELECT i::INTEGER AS x, i AS only_here FROM range(10) t(i)");
        scratch.Write("b.parquet", "SELECT 'text' AS y, CASE WHEN i = 3 THEN NULL ELSE i + 0.5 END::DOUBLE AS x FROM range(10) t(i)");
        JsonElement json = await CliRun.JsonAsync("inspect", scratch.Root, "--stats");
        Assert.Equal(20, json.GetProperty("rows").GetInt64());
        JsonElement x = Column(json, "x");
        Assert.Equal("INT32 | DOUBLE", x.GetProperty("type").GetString());
        Assert.Equal((20, 1, 2), (x.GetProperty("count").GetInt64(), x.GetProperty("null_count").GetInt64(), x.GetProperty("files").GetInt64()));
        Assert.Equal((0, 9.5, 91.5), (x.GetProperty("min").GetDouble(), x.GetProperty("max").GetDouble(), x.GetProperty("sum").GetDouble()));
        Assert.Equal((10, 1), (Column(json, "only_here").GetProperty("count").GetInt64(), Column(json, "only_here").GetProperty("files").GetInt64()));
        Assert.Equal((10, 40), (Column(json, "y").GetProperty("count").GetInt64(), Column(json, "y").GetProperty("text_bytes").GetInt64()));

        JsonElement[] files = [.. json.GetProperty("files").EnumerateArray()];
        Assert.Equal(["x", "only_here"], files[0].GetProperty("columns").EnumerateArray().Select(Name));
        Assert.Equal(46.5, Column(files[1], "x").GetProperty("sum").GetDouble());
        Assert.Equal("DOUBLE", Column(files[1], "x").GetProperty("type").GetString());
    }

    [Fact]
    public async Task Result_DoesNotDependOnTheNumberOfWorkers()
    {
        string[] args = ["inspect", Repository.Sample("credit-default"), Repository.Sample("electricity"), "--stats"];
        JsonElement one = await CliRun.JsonAsync([.. args, "--workers", "1"]);
        JsonElement seven = await CliRun.JsonAsync([.. args, "--workers", "7"]);
        Assert.Equal(one.GetProperty("columns").GetRawText(), seven.GetProperty("columns").GetRawText());
        Assert.Equal(one.GetProperty("files").GetRawText(), seven.GetProperty("files").GetRawText());
    }

    [Fact]
    public async Task Table_HasALinePerColumn()
    {
        string path = scratch.Write("x.parquet", "SELECT i AS n, 'ab' AS t, [i, i] AS v, ['a'] AS w FROM range(1000) t(i)");
        CliRun run = await CliRun.DoneAsync("inspect", path, "--stats");
        foreach (string text in new[] { "3 columns", "499500", "499.5", "999000", "2,000", "1 column not read", "a list of texts" })
            Assert.Contains(text, run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FileWithoutRows_IsNoMistake()
    {
        JsonElement json = await CliRun.JsonAsync("inspect", scratch.Write("empty.parquet", "SELECT 1 AS x, 'a' AS t WHERE false"), "--stats");
        Assert.Equal(0, Column(json, "x").GetProperty("count").GetInt64());
        Assert.Equal(JsonValueKind.Null, Column(json, "x").GetProperty("sum").ValueKind);
        Assert.Equal(0, Column(json, "t").GetProperty("text_bytes").GetInt64());
    }

    [Fact]
    public Task FileOfListsThatAreNoVectors_IsRefusedByName() =>
        CliRun.FailsAsync(1, ["inspect", scratch.Write("lists.parquet", "SELECT ['a', 'b'] AS v, [[1]] AS w"), "--stats", "--json"], "lists.parquet", "'v'", "a list of texts", "'w.list.element.list.element'");

    [Fact]
    public async Task DamagedPages_AreNamed()
    {
        byte[] bytes = await File.ReadAllBytesAsync(Repository.Sample("wine/wine.parquet"), TestContext.Current.CancellationToken);
        bytes.AsSpan(100, 2000).Fill(0xFF);
        string path = scratch.In("damaged.parquet");
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
        await CliRun.FailsAsync(1, ["inspect", path, "--stats", "--workers", "4"], "damaged.parquet", "Column '", "row group 0", "page");
    }

    [Fact]
    public Task TooLittleMemory_SaysHowMuchItTakes() =>
        CliRun.FailsAsync(1, ["inspect", Repository.Sample("protein"), "--stats", "--memory", "20kB"], "--memory");

    [Fact]
    public async Task Model_IsWrongUsage()
    {
        string model = scratch.In("my.model");
        await CliRun.DoneAsync("fit", "linear-regression", Repository.Sample("wine"), "--target", "target", "--model", model);
        await CliRun.FailsAsync(2, ["inspect", model, "--stats"], "stats", "my.model", "model");
    }

    void CompareWithDuckDb(string path, JsonElement column)
    {
        string name = $"\"{Name(column)}\"";
        Assert.Equal([column.GetProperty("count").GetInt64(), column.GetProperty("null_count").GetInt64()], scratch.Row($"SELECT count(*), count(*) - count({name}) FROM '{path}'"));
        if (column.GetProperty("kind").GetString() == "text")
        {
            Assert.Equal(column.GetProperty("text_bytes").GetInt64(), scratch.Row($"SELECT sum(strlen({name}))::BIGINT FROM '{path}'")[0]);
            return;
        }

        string number = column.TryGetProperty("unit", out JsonElement unit) && unit.GetString()!.StartsWith("days", StringComparison.Ordinal)
            ? $"({name} - DATE '1970-01-01')::DOUBLE"
            : $"{name}::DOUBLE";
        object[] wanted = scratch.Row($"SELECT min({number}), max({number}), fsum({number}) FROM '{path}'");
        Assert.Equal((double)wanted[0], column.GetProperty("min").GetDouble());
        Assert.Equal((double)wanted[1], column.GetProperty("max").GetDouble());
        Assert.Equal((double)wanted[2], column.GetProperty("sum").GetDouble(), Math.Abs((double)wanted[2]) * 1e-13);
    }

    static string Name(JsonElement column) => column.GetProperty("name").GetString()!;

    static JsonElement Column(JsonElement json, string name) => Assert.Single(json.GetProperty("columns").EnumerateArray(), c => Name(c) == name);
}
