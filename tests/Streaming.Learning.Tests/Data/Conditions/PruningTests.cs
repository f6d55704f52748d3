using Streaming.Learning.Data;
using Streaming.Learning.Tests.Training;
using Streaming.Parquet;
using Xunit;

namespace Streaming.Learning.Tests.Data.Conditions;

/// <summary>Row groups that the footer's statistics rule out are not read; those that might match are.</summary>
public sealed class PruningTests : IDisposable
{
    readonly TestData data = new();

    public void Dispose() => data.Dispose();

    [Theory]
    [InlineData("n < 100", "0")]
    [InlineData("n >= 299", "2,3,4")]
    [InlineData("not (n >= 299)", "0,1,2")]
    [InlineData("n in (150, 350, 900)", "1,3")]
    [InlineData("n = 99 or t = 'd'", "0,3")]
    [InlineData("t between 'b' and 'c' and n > 120", "1,2")]
    [InlineData("t > 'd'", "4")]
    [InlineData("n != 7", "0,1,2,3,4")]
    [InlineData("t != 'a'", "1,2,3,4")]
    [InlineData("x is null", "0,1,2,3,4")]
    [InlineData("t is null", "")]
    [InlineData("some is null", "1,3")]
    [InlineData("some is not null", "0,2,3,4")]
    [InlineData("not (some > 0)", "")]
    [InlineData("some < 5 or n = 399", "0,2,3,4")]
    [InlineData("b", "0,1,2,3,4")] // Parquet.Net writes no statistics of booleans.
    [InlineData("x > 2000", "")]
    public async Task RowGroups_AreThoseThatCanMatch(string condition, string rowGroups)
    {
        using Dataset dataset = Matching.Open(condition, await WriteAsync());
        Assert.Equal(rowGroups, string.Join(',', dataset.RowGroups.Select(g => g.Index)));
        Assert.Equal(500, dataset.RowCount);
        Assert.Equal(dataset.RowGroups.Count * 100, dataset.RowsToRead);
    }

    [Fact]
    public async Task RowGroups_ForWhichTheConditionHoldsThroughout_AskNothingOfTheirRows()
    {
        using Dataset dataset = Matching.Open("n >= 150 and t is not null", await WriteAsync());
        Assert.Equal([(1, true), (2, false), (3, false), (4, false)], dataset.RowGroups.Select(g => (g.Index, g.Condition != null)));
        long opened = dataset.BytesRead;
        Assert.Equal(Enumerable.Range(150, 350).Select(i => (long)i), Matching.Rows(dataset));

        // Of row group 1 the column n is read, and t, whose statistics tell all, is read with it; of the others nothing.
        ParquetFile file = dataset.Files[0].Parquet;
        RowGroupInfo first = file.RowGroups[1];
        long most = first.Chunks[file.FindColumn("n")!.Index].CompressedBytes + first.Chunks[file.FindColumn("t")!.Index].CompressedBytes;
        Assert.InRange(dataset.BytesRead - opened, 1, most);
    }

    [Fact]
    public void BytesRead_OfASortedSample_AreThoseOfTheRowGroupsThatCanMatch()
    {
        string sample = Path.Combine(Repository.Root, "samples", "data", "bike-sharing", "bike-sharing.parquet");
        using Dataset none = Matching.Open("instant < 0 or dteday > '2013-01-01'", sample);
        long opened = none.BytesRead;
        Assert.Empty(none.RowGroups);
        Assert.Empty(Matching.Rows(none));
        Assert.Equal(opened, none.BytesRead);
    }

    [Fact]
    public async Task Locate_OfARowBehindRuledOutRowGroups_NamesItsRowInTheFile()
    {
        using Dataset dataset = Matching.Open("n >= 450", await WriteAsync());
        Assert.Contains("row 470 (row group 4)", dataset.Locate(470), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing = 1", "There is no column 'missing' in '")]
    [InlineData("n = 'x'", "column 'n' (INT64 in '", "can't be compared with 'x': write a number, without quotes")]
    [InlineData("t = 1", "column 't' (STRING in '", "can't be compared with 1: write '1', in single quotes")]
    [InlineData("b = 'true'", "write true or false, without quotes")]
    [InlineData("n", "column 'n' (INT64 in '", "is no truth value")]
    [InlineData("n = true", "can't be compared with true: write a number")]
    public async Task Open_WithAConditionThatDoesNotFitTheColumns_SaysWhy(string condition, params string[] messages)
    {
        string path = await WriteAsync();
        var error = Assert.Throws<DatasetException>(() => Matching.Open(condition, path));
        foreach (string message in messages)
            Assert.Contains(message, error.Message, StringComparison.Ordinal);

        Assert.Contains("a.parquet", error.Message, StringComparison.Ordinal);
    }

    // Five row groups of 100 rows: n counts, t is the row group's letter, some is all null in row group 1 and half null in row group 3,
    // b is true in the even ones.
    async Task<string> WriteAsync()
    {
        string path = data.In("a.parquet");
        await using FileStream stream = File.Create(path);
        await using TableWriter writer = await TableWriter.CreateAsync(
            stream,
            [
                TableColumn.Of<long>("n"), TableColumn.OfText("t"), TableColumn.Of<double>("x"), TableColumn.OfNullable<int>("some"),
                TableColumn.Of<bool>("b"),
            ]);
        for (int g = 0; g < 5; g++)
        {
            int group = g;
            await writer.WriteRowGroupAsync(
                100,
                [
                    TableValues.Of<long>(Enumerable.Range(100 * g, 100).Select(i => (long)i).ToArray()),
                    TableValues.OfText([.. Enumerable.Repeat(((char)('a' + g)).ToString(), 100)]),
                    TableValues.Of<double>(Enumerable.Range(0, 100).Select(i => (double)i * group).ToArray()),
                    TableValues.OfNullable<int>(Enumerable.Range(1, 100).Select(i => group == 1 || (group == 3 && i > 50) ? (int?)null : i).ToArray()),
                    TableValues.Of<bool>(Enumerable.Repeat(g % 2 == 0, 100).ToArray()),
                ]);
        }

        return path;
    }
}
