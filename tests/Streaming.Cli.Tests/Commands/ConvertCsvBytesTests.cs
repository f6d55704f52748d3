using System.IO.Compression;
using System.Text;
using Streaming.Cli.Conversion;
using Streaming.Storage;

namespace Streaming.Cli.Tests.Commands;

/// <summary>What <c>convert</c> makes of the lines, quotes, encodings and members of CSV files, broken ones among them.</summary>
public sealed class ConvertCsvBytesTests : IDisposable
{
    readonly Scratch scratch = new();

    string Folder => scratch.In("out");

    public void Dispose()
    {
        scratch.AssertNothingIsHalfWritten();
        scratch.Dispose();
    }

    [Theory]
    [InlineData("", "header")]
    [InlineData("a,b\n1,2\n3\n", "line 3: wanted 2 fields as in the header, separated by ',', found 1: none for column 'b'.")]
    [InlineData("a,b\n1,2\n3,4,5,6\n", "line 3: wanted 2 fields as in the header, separated by ',', found 4: '5' behind that of column 'b'.")]
    [InlineData("a,b\n1,2\n\"3,4\n5,6\n", "line 3: wanted quotes around whole fields, doubled inside them, found a field whose closing one is missing")]
    [InlineData("a,b\n1,2\n\"3\"x,4\n", "line 3: wanted quotes around whole fields, doubled inside them, found text behind the closing one")]
    [InlineData("a,b\n1,2\n3x\",4\n", "line 3: wanted quotes around whole fields, doubled inside them, found one inside a field that does not begin")]
    [InlineData("a,b\n1,2\n\"\"\n", "line 3: wanted 2 fields")]
    [InlineData("\n\n", "header")]
    [InlineData("a,b,a\n1,2,3\n", "'a' 2 times")]
    [InlineData("a,,c\n1,2,3\n", "column 2 of 3")]
    public async Task Csv_ThatIsBroken_IsNamed(string text, string named)
    {
        await CliRun.FailsAsync(1, ["convert", scratch.WriteText("broken.csv", text), "--output", Folder], "broken.csv'", named);
        Assert.False(File.Exists(Path.Combine(Folder, "broken.parquet")));
    }

    [Theory]
    [InlineData("grown")]
    [InlineData("cut")]
    [InlineData("overwritten")]
    public void Csv_ThatIsChangedWhileItIsRead_IsNamed(string how)
    {
        string path = scratch.WriteText("live.csv", "id,text\n" + string.Concat(Enumerable.Range(0, 100_000).Select(i => $"{i},some text\n")));
        using var store = new FileStore();
        using CsvFile file = CsvFile.Open(store.FindFile(path)!, delimiter: null);
        for (int row = 0; row < 100; row++)
            Assert.True(file.Read());

        switch (how)
        {
            case "grown":
                File.AppendAllText(path, "100000,some text\n");
                break;
            case "cut":
                using (FileStream stream = File.Open(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
                    stream.SetLength(1_000_000);

                break;
            default:
                // Of the same length, and whole rows: only the time tells.
                File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch);
                break;
        }

        var error = Assert.Throws<IOException>(() =>
        {
            while (file.Read())
            {
            }
        });
        Assert.Matches("live.csv' (was changed while it was|had .* it was cut short while) being read", error.Message);
    }

    [Fact]
    public async Task Csv_ThatIsNotUtf8_IsNamed()
    {
        string path = scratch.In("latin.csv");
        await File.WriteAllBytesAsync(path, Encoding.Latin1.GetBytes("name\nabc\nmünchen\n"), TestContext.Current.CancellationToken);
        await CliRun.FailsAsync(1, ["convert", path, "--output", Folder], "latin.csv', line 3, column 'name'", "UTF-8", "6DFC");
    }

    [Fact]
    public async Task Csv_WithAHeaderThatIsNotUtf8_IsNamed()
    {
        string path = scratch.In("latin.csv");
        await File.WriteAllBytesAsync(path, Encoding.Latin1.GetBytes("id,größe\n1,2\n"), TestContext.Current.CancellationToken);
        await CliRun.FailsAsync(1, ["convert", path, "--output", Folder], "latin.csv', line 1, name of column 2 of 2", "UTF-8", "6772F6DF65");
        Assert.False(Directory.Exists(Folder));

        await File.WriteAllBytesAsync(path, [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes("id,größe\n1,2\n")], TestContext.Current.CancellationToken);
        await CliRun.DoneAsync("convert", path, "--output", Folder);
        Assert.Equal(["id BIGINT", "größe BIGINT"], scratch.Types(Path.Combine(Folder, "latin.parquet")));
    }

    // DuckDB writes and reads nulls of a single column like this.
    [Theory]
    [InlineData("a\n1\n\n3\n", "1 - 3")]
    [InlineData("a\n1\n\n3", "1 - 3")]
    [InlineData("a\r\n\r\n1\r\n\r\n", "- 1 -")]
    [InlineData("a\n1\n\"\"\n\n\n", "1 - - -")]
    [InlineData("a,b\n1,2\n\n3,4\n\n", "1 3")]
    public async Task Csv_EmptyLines_AreRowsWithoutValueWhereThereIsOneColumn(string text, string values)
    {
        string csv = scratch.WriteText("x.csv", text);
        await CliRun.DoneAsync("convert", csv, "--output", Folder);
        Assert.Equal(values.Split(' '), scratch.Values(Path.Combine(Folder, "x.parquet"), "a"));
        Assert.Equal(values.Split(' '), scratch.Texts($"SELECT coalesce(a::VARCHAR, '-') FROM read_csv('{csv}', header = true, delim = ',')"));
    }

    [Fact]
    public async Task Gzip_CutShort_IsNamed()
    {
        string csv = scratch.WriteCsv("cut.csv.gz", $"SELECT * FROM '{Repository.Sample("electricity")}/*.parquet'", "COMPRESSION gzip");
        byte[] bytes = await File.ReadAllBytesAsync(csv, TestContext.Current.CancellationToken);
        foreach (int length in new[] { bytes.Length / 2, bytes.Length - 4 })
        {
            await File.WriteAllBytesAsync(csv, bytes[..length], TestContext.Current.CancellationToken);
            await CliRun.FailsAsync(1, ["convert", csv, "--output", Folder], "cut.csv.gz'", "gzip, found it broken or cut short");
        }
    }

    [Fact]
    public async Task Gzip_OfSeveralMembers_IsReadWhole()
    {
        string path = scratch.In("two.csv.gz");
        await using (FileStream file = File.Create(path))
        {
            foreach (string part in new[] { "a\n1\n", "2\n3\n" })
            {
                await using var gzip = new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true);
                await gzip.WriteAsync(Encoding.ASCII.GetBytes(part), TestContext.Current.CancellationToken);
            }
        }

        Assert.Equal(3, (await CliRun.JsonAsync("convert", path, "--output", Folder)).GetProperty("rows").GetInt64());
    }

    [Theory]
    [InlineData(new byte[] { 0 })]
    [InlineData(new byte[] { 0x1F })]
    [InlineData(new byte[] { 0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3 })]
    [InlineData(new byte[] { 0x41, 0x0A })]
    [InlineData(null)]
    public async Task Gzip_WithBytesBehindItsData_IsNamed(byte[]? behind)
    {
        // Of every length around a buffer of the decompressor, so that the data end before, at and behind its end. No bytes: a block of zeros.
        string path = scratch.In("tail.csv.gz");
        foreach (int rows in new[] { 1, 300, 8100, 8101, 8102, 8103, 8104 })
        {
            using var data = new MemoryStream();
            await using (var gzip = new GZipStream(data, CompressionLevel.NoCompression, leaveOpen: true))
                await gzip.WriteAsync(Encoding.ASCII.GetBytes("a\n" + new string('1', rows) + "\n"), TestContext.Current.CancellationToken);

            byte[] whole = data.ToArray();
            await File.WriteAllBytesAsync(path, whole, TestContext.Current.CancellationToken);
            await CliRun.DoneAsync("convert", path, "--output", Folder, "--types", "a=text");
            await File.WriteAllBytesAsync(path, [.. whole, .. behind ?? new byte[100_000]], TestContext.Current.CancellationToken);
            await CliRun.FailsAsync(1, ["convert", path, "--output", Folder, "--types", "a=text"], "tail.csv.gz'", "gzip");
        }
    }
}
