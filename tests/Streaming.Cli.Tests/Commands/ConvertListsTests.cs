using System.Text.Json;
using Streaming.Learning.Models;

namespace Streaming.Cli.Tests.Commands;

/// <summary>Columns of lists of numbers that <c>convert</c> writes, read back by DuckDB.</summary>
public sealed class ConvertListsTests : IDisposable
{
    readonly Scratch scratch = new();

    string Folder => scratch.In("out");

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData("FLOAT")]
    [InlineData("DOUBLE")]
    [InlineData("TINYINT")]
    [InlineData("SMALLINT")]
    [InlineData("INTEGER")]
    [InlineData("BIGINT")]
    [InlineData("UTINYINT")]
    [InlineData("USMALLINT")]
    [InlineData("UINTEGER")]
    [InlineData("UBIGINT")]
    [InlineData("BOOLEAN")]
    public async Task Lists_OfEachType_KeepLengthsNullsAndValues(string type)
    {
        // Whole embeddings, lists of any length, nulls among the elements and in place of lists; row groups of 2048 into ones of 1500.
        string element = $"((i * 31 + x * 7) % 120)::{type}";
        string list = $"list_transform(range(i % 6), lambda x: {element})";
        string source = scratch.Write(
            "lists.parquet",
            $"""
            SELECT list_transform(range(9), lambda x: {element})::{type}[9] AS vector, i, {list} AS any, CASE WHEN i % 5 < 2 THEN NULL ELSE {list} END AS missing,
            list_transform(range(i % 4), lambda x: CASE WHEN (i + x) % 3 = 0 THEN NULL ELSE {element} END) AS gaps, CASE WHEN i < 2500 THEN NULL ELSE [NULL::{type}] END AS late,
            []::{type}[] AS empty, NULL::{type}[] AS never
            FROM range(5000) t(i)
            """,
            "ROW_GROUP_SIZE 2048");
        JsonElement json = await CliRun.JsonAsync("convert", source, "--output", Folder, "--row-group-size", "1500");
        Assert.Equal(4, json.GetProperty("files")[0].GetProperty("row_groups").GetInt32());
        string target = Path.Combine(Folder, "lists.parquet");
        scratch.AssertSameRows(source, target);

        // DuckDB's arrays are lists in a file.
        Assert.Equal(scratch.Types(source), scratch.Types(target));
        Assert.Equal(
            WithoutStorage(await CliRun.JsonAsync("inspect", source, "--stats")), WithoutStorage(await CliRun.JsonAsync("inspect", target, "--stats")));
    }

    [Theory]
    [InlineData("zstd", "uncompressed")]
    [InlineData("snappy", "snappy")]
    [InlineData("lz4_raw", "zstd")]
    [InlineData("gzip", "snappy")]
    [InlineData("none", "lz4_raw")]
    public async Task Lists_WithNaNAndInfinities_KeepThemApartFromNulls(string codec, string sourceCodec)
    {
        string source = scratch.Write(
            "odd.parquet",
            "SELECT ['NaN'::FLOAT, NULL, i / 7, 'inf', '-inf', -0.0] AS floats, [NULL, i / 7, 'NaN'::DOUBLE] AS doubles FROM range(70000) t(i)",
            $"COMPRESSION {sourceCodec}");
        await CliRun.DoneAsync("convert", source, "--output", Folder, "--codec", codec);
        scratch.AssertSameRows(source, Path.Combine(Folder, "odd.parquet"));
    }

    [Fact]
    public async Task Float32_NarrowsLists()
    {
        string source = scratch.Write("d.parquet", "SELECT i, [i / 7.0::DOUBLE, NULL, i / 11.0::DOUBLE] AS v FROM range(3000) t(i)");
        JsonElement json = await CliRun.JsonAsync("convert", source, "--output", Folder, "--float32");
        Assert.Equal(["INT64", "LIST<FLOAT>"], json.GetProperty("columns").EnumerateArray().Select(c => c.GetProperty("type").GetString()));
        string narrow = scratch.Write("n.parquet", $"SELECT i, v::FLOAT[] AS v FROM '{source}'");
        scratch.AssertSameRows(narrow, Path.Combine(Folder, "d.parquet"));

        string large = scratch.Write("large.parquet", "SELECT [1.5, 1e300] AS v");
        await CliRun.FailsAsync(1, ["convert", large, "--output", Folder, "--float32"], "'v' (LIST<DOUBLE>)", "large.parquet", "1E+300", "float32");
    }

    [Fact]
    public async Task RowGroups_EndWhereListsHaveEightMillionElements()
    {
        // 20,000 embeddings of 768, which share the bound with lists of up to 499 elements, then those alone.
        string source = scratch.Write(
            "e.parquet",
            "SELECT i, list_transform(range(768), lambda x: ((i * 7919 + x * 31) % 65537 / 7)::FLOAT) AS embedding, list_transform(range(i % 500), lambda x: i) AS other FROM range(20000) t(i)",
            "COMPRESSION snappy, ROW_GROUP_SIZE 8192");
        foreach ((string excluded, int rows) in new[] { ("other", 10_923), ("nothing", 5462) })
        {
            string[] exclude = excluded == "nothing" ? [] : ["--exclude", excluded];
            await CliRun.DoneAsync(["convert", source, "--output", Folder, .. exclude]);
            string target = Path.Combine(Folder, "e.parquet");
            JsonElement inspected = await CliRun.JsonAsync("inspect", target);
            List<int> groups = [.. inspected.GetProperty("files")[0].GetProperty("row_groups").EnumerateArray().Select(g => g.GetProperty("rows").GetInt32())];
            Assert.Equal(20_000, groups.Sum());
            Assert.Equal((20_000 + rows - 1) / rows, groups.Count);
            Assert.All(groups.SkipLast(1), g => Assert.Equal(rows, g));
            string columns = excluded == "nothing" ? "*" : $"* EXCLUDE ({excluded})";
            Assert.Equal(["0"], scratch.Texts($"SELECT count(*) FROM (SELECT {columns} FROM '{source}' EXCEPT ALL SELECT * FROM '{target}')"));
            Assert.Equal(scratch.Texts($"SELECT i FROM '{source}'"), scratch.Texts($"SELECT i FROM '{target}'"));
        }
    }

    [Fact]
    public async Task RowGroups_OfTwoColumnsThatFillUpAtDifferentRows_HoldTheSameRows()
    {
        // The one is long in the first half, the other in the second.
        string source = scratch.Write(
            "two.parquet",
            """
            SELECT i, list_transform(range(CASE WHEN i < 100 THEN 60000 ELSE i % 3 END), lambda x: (i + x) % 100) AS a,
            list_transform(range(CASE WHEN i < 100 THEN i % 4 ELSE 70000 END), lambda x: (i - x) % 100) AS b FROM range(200) t(i)
            """);
        JsonElement json = await CliRun.JsonAsync("convert", source, "--output", Folder);
        scratch.AssertSameRows(source, Path.Combine(Folder, "two.parquet"));
        Assert.Equal(3, json.GetProperty("files")[0].GetProperty("row_groups").GetInt32());
    }

    [Fact]
    public async Task Lists_ThatWereConverted_TrainTheSameModel()
    {
        string source = scratch.Write(
            "t.parquet", "SELECT list_transform(range(16), lambda x: sin(i * 31 + x)::FLOAT) AS v, sin(i) AS y FROM range(4000) t(i)", "ROW_GROUP_SIZE 2048");
        await CliRun.DoneAsync("convert", source, "--output", Folder, "--row-group-size", "2048");
        List<double[]> coefficients = [];
        foreach (string path in new[] { source, Path.Combine(Folder, "t.parquet") })
        {
            await CliRun.DoneAsync("fit", "ridge", path, "--target", "y", "--model", $"{path}.model");
            coefficients.Add([.. ((LinearRegressorModel)ModelFile.Load($"{path}.model")).Coef]);
        }

        Assert.Equal(coefficients[0], coefficients[1]);
    }

    [Theory]
    [InlineData("['a', 'b']", "LIST<STRING>", "list of texts")]
    [InlineData("[[1.5::DOUBLE], [2.5]]", "DOUBLE", "repeated")]
    [InlineData("[{'a': 1}]", "INT32", "repeated")]
    [InlineData("[DATE '2020-01-01']", "LIST<DATE>", "plain numbers and booleans")]
    [InlineData("[1.25::DECIMAL(9,2)]", "LIST<DECIMAL(9,2)>", "plain numbers and booleans")]
    [InlineData("[1, 9007199254740993]", "LIST<INT64>", "2^53")]
    [InlineData("[18446744073709551615::UBIGINT]", "LIST<UINT64>", "2^53")]
    public async Task Lists_OfOtherThings_AreRefusedByName(string value, string type, string reason)
    {
        string path = scratch.Write("l.parquet", $"SELECT 1 AS x, {value} AS v");
        await CliRun.FailsAsync(1, ["convert", path, "--output", Folder], "'v", $"({type})", "l.parquet", reason, "--exclude");
        Assert.False(Directory.Exists(Folder));
        await CliRun.DoneAsync("convert", path, "--output", Folder, "--exclude", "v*");
    }

    [Fact]
    public async Task Lists_WithDamagedPages_AreNamed()
    {
        string source = scratch.Write("broken.parquet", "SELECT list_transform(range(32), lambda x: sin(i + x)) AS v FROM range(5000) t(i)", "COMPRESSION snappy");
        byte[] bytes = await File.ReadAllBytesAsync(source, TestContext.Current.CancellationToken);
        bytes.AsSpan(200, 2000).Fill(0xFF);
        await File.WriteAllBytesAsync(source, bytes, TestContext.Current.CancellationToken);
        await CliRun.FailsAsync(1, ["convert", source, "--output", Folder], "Column 'v', row group 0", "broken.parquet'");
        Assert.False(Directory.Exists(Folder));
    }

    // What the values are, without how they are stored.
    static string WithoutStorage(JsonElement json) => string.Join(
        '\n', json.GetProperty("columns").EnumerateArray().Select(c => string.Join(", ", c.EnumerateObject().Select(p => $"{p.Name} {p.Value}"))));
}
