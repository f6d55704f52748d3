using DuckDB.NET.Data;
using Streaming.Learning.Data;
using Streaming.Learning.Data.Conditions;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Tests.Training;
using Streaming.Learning.Training;
using Streaming.Parquet.Tests;
using Xunit;

namespace Streaming.Learning.Tests.Data.Conditions;

/// <summary>Pages that the page index rules out are not read in any column; the answers are those of files without an index.</summary>
public sealed class PagePruningTests : IDisposable
{
    const int Count = 40_960;

    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    // Two row groups of 20 pages of 1,024 rows: n counts, m is null in most rows of a long page, t is a letter that changes every
    // four pages. Pages that are left out, used without a question, and asked.
    [Theory]
    [InlineData("n >= 5120 and n < 7168", "0: -5120 +2048 -13312")]
    [InlineData("n >= 5500 and n < 7168", "0: -5120 ?1024 +1024 -13312")]
    [InlineData("n < 500 or n in (25000, 40959)", "0: ?1024 -19456; 1: -4096 ?1024 -14336 ?1024")]
    [InlineData("m is null", "0: -5120 ?3072 -12288")]
    [InlineData("m is not null and n < 6144", "0: +5120 ?1024 -14336")]
    [InlineData("not (m >= 3072) and n < 20480", "0: +3072 -17408")]
    [InlineData("t = 'b'", "0: -4096 +4096 -12288")]
    [InlineData("t = 'b' and n != 4100", "0: -4096 ?1024 +3072 -12288")]
    [InlineData("t in ('a', 'c') or n = 30720", "0: +4096 -4096 +4096 -8192; 1: -10240 ?1024 -9216")]
    [InlineData("x > 5 and n < 10240", "0: ?10240 -10240")]
    public void Ranges_AreWhatTheIndexTells(string condition, string expected)
    {
        using Dataset dataset = Matching.Open(condition, Write(hasIndex: true));
        IEnumerable<string> found = dataset.RowGroups.Where(g => g.Condition != null).Select(g =>
            $"{g.Index}: " + string.Join(' ', PageRanges.Find(g.Condition!, g).Select(Show)));
        Assert.Equal(expected, string.Join("; ", found));
        Assert.Equal(Query($"SELECT count(*) FROM '{data.In("i.parquet")}' WHERE {condition}"), Matching.Rows(dataset).Count);
    }

    // Written by another program, with pages of nothing but nulls.
    [Theory]
    [InlineData("int32_field is null")]
    [InlineData("int32_field is not null")]
    [InlineData("int32_field > 0")]
    [InlineData("not (int32_field < 1000000000)")]
    public void Rows_OfAFileWithPagesOfNulls_AreDuckDbs(string condition)
    {
        string path = Path.Combine(
            Repository.Root, "tests", "Streaming.Parquet.Tests", "data", "apache+parquet-testing", "int32_with_null_pages.parquet");
        using Dataset dataset = Matching.Open(condition, path);
        Assert.Contains(dataset.RowGroups, g => PageRanges.Find(g.Condition!, g).Any(r => !r.MayHold || !r.MayFail));
        Assert.Equal(Query($"SELECT count(*) FROM '{path}' WHERE {condition}"), Matching.Rows(dataset).Count);
        string numbered = $"read_parquet('{path}', file_row_number = true)";
        Assert.Equal(Query($"SELECT sum(file_row_number)::BIGINT FROM {numbered} WHERE {condition}"), Matching.Rows(dataset).Sum());
    }

    [Theory]
    [InlineData("n between 12300 and 13900", 0.25)]
    [InlineData("n between 12300 and 13900 and x > 0", 0.25)]
    [InlineData("t = 'c' and n > 3", 0.35)]
    [InlineData("m is null", 0.3)]
    public async Task Fit_ReadsFewerBytesAndGivesTheSameModel(string condition, double most)
    {
        (Model plain, long all) = await FitAsync(condition, Write(hasIndex: false));
        (Model pruned, long some) = await FitAsync(condition, Write(hasIndex: true));
        Assert.Equal(plain.Tensors.SelectMany(t => t.Values), pruned.Tensors.SelectMany(t => t.Values));
        Assert.NotEqual(plain.Header.Summary.DataFingerprint, pruned.Header.Summary.DataFingerprint);
        Assert.Equal(plain.Header.Summary, pruned.Header.Summary with { DataFingerprint = plain.Header.Summary.DataFingerprint });
        Assert.InRange(some, 1, most * all);
        Assert.Equal(Query($"SELECT count(*) FROM '{data.In("i.parquet")}' WHERE {condition}"), pruned.Header.Summary.Rows);
    }

    static string Show(RowRange range) => $"{(!range.MayHold ? '-' : range.MayFail ? '?' : '+')}{range.Count}";

    string Write(bool hasIndex)
    {
        string path = data.In(hasIndex ? "i.parquet" : "p.parquet");
        int[] rows = [.. Enumerable.Range(0, Count)];
        File.WriteAllBytes(path, ArrowFile.Write(
            new ArrowOptions(HasIndex: hasIndex, PageBytes: 1, BatchRows: 1024),
            [Count / 2, Count / 2],
            ArrowFile.Of("n", rows.Select(i => (long)i).ToArray()),
            ArrowFile.Of("x", rows.Select(i => Math.Sin(i * 0.7) + i % 13).ToArray()),
            ArrowFile.Of("y", rows.Select(i => Math.Sin(i * 0.7) * 3 + i * 1e-3).ToArray()),
            ArrowFile.Of("m", rows.Select(i => i is >= 5120 and < 7680 ? null : (long?)i).ToArray()),
            ArrowFile.Of("t", rows.Select(i => i < 20_480 ? ((char)('a' + i / 4096)).ToString() : "z").ToArray())));
        return path;
    }

    static async Task<(Model Model, long Bytes)> FitAsync(string condition, string path)
    {
        using Dataset dataset = Matching.Open(condition, path);
        long opened = dataset.BytesRead;
        var options = new TrainingOptions { Target = "y", Features = ["n", "x"], HoldoutFraction = 0, Workers = 2 };
        FitResult result = await new LinearRegression().FitAsync(dataset, options, TestContext.Current.CancellationToken);
        Assert.Equal(dataset.RowCount, result.Model.Header.Summary.Rows + result.RowsFiltered);
        return (result.Model, dataset.BytesRead - opened);
    }

    static long Query(string sql)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }
}
