using System.Globalization;

namespace Streaming.Cli.Tests.Commands;

/// <summary>Long texts of Parquet files that <c>convert</c> writes anew: their row groups end early, as those of CSV do.</summary>
public sealed class ConvertTextsTests : IDisposable
{
    const long MaxTextBytes = 64 * 1024 * 1024;

    readonly Scratch scratch = new();

    string Folder => scratch.In("out");

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData("repeat(chr((97 + i)::INTEGER), 4000000)")]
    [InlineData("repeat('ü', 2000000)")]
    [InlineData("repeat(chr((97 + i)::INTEGER), 4000000)::BLOB")]
    public async Task LongTexts_EndARowGroupEarly(string text)
    {
        // The 17th row brings the first one to 64 MiB, whether or not all of them are one text of a dictionary.
        string path = scratch.Write("long.parquet", $"SELECT i AS id, {text} AS note FROM range(25) t(i)");
        await CliRun.DoneAsync("convert", path, "--output", Folder);
        string output = Path.Combine(Folder, "long.parquet");
        Assert.Equal([17, 8], RowGroupsOf(output));
        scratch.AssertSameRows(path, output);

        // Row groups of the source that end where those of the target do change nothing.
        await CliRun.DoneAsync("convert", output, "--output", scratch.In("again"));
        Assert.Equal([17, 8], RowGroupsOf(scratch.In("again/long.parquet")));
    }

    [Fact]
    public async Task TextsOfAllColumns_CountTogether_WhereverRowGroupsOfTheSourceEnd()
    {
        string path = scratch.Write(
            "many.parquet",
            """
            SELECT i, repeat(chr((65 + i % 50)::INTEGER), (i * 7919 % 30000)::INTEGER) AS a,
            CASE WHEN i % 3 = 0 THEN NULL ELSE repeat('ü', (i * 31 % 9000)::INTEGER) END AS b, repeat('x', (i % 200 * 100)::INTEGER)::BLOB AS c,
            list_transform(range(i % 6), lambda x: x::DOUBLE) AS list, 'few ' || i % 3 AS few
            FROM range(7000) t(i)
            """,
            "ROW_GROUP_SIZE 2048");
        await CliRun.DoneAsync("convert", path, "--output", Folder, "--row-group-size", "2500");
        string output = Path.Combine(Folder, "many.parquet");
        var expected = new List<long>();
        long rows = 0;
        long bytes = 0;
        foreach (string length in scratch.Texts($"SELECT (octet_length(encode(a)) + coalesce(octet_length(encode(b)), 0) + octet_length(c) + octet_length(encode(few)))::VARCHAR FROM '{path}'"))
        {
            rows++;
            bytes += long.Parse(length, CultureInfo.InvariantCulture);
            if (bytes < MaxTextBytes && rows < 2500)
                continue;

            expected.Add(rows);
            (rows, bytes) = (0, 0);
        }

        expected.Add(rows);
        Assert.True(expected.Count > 3 && expected.All(r => r < 2500));
        Assert.Equal(expected, RowGroupsOf(output));
        scratch.AssertSameRows(path, output);
    }

    IEnumerable<long> RowGroupsOf(string path) =>
        scratch.Texts($"SELECT row_group_num_rows FROM parquet_metadata('{path}') WHERE column_id = 0 ORDER BY row_group_id").Select(r => long.Parse(r, CultureInfo.InvariantCulture));
}
