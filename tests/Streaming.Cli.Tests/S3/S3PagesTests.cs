using System.Text.Json;
using Streaming.Parquet.Tests;
using Streaming.Storage.Tests.S3.Server;

namespace Streaming.Cli.Tests.S3;

/// <summary>Pages that a condition leaves are found by the page index and fetched ahead, and no others.</summary>
[Trait("Category", "S3")]
public sealed class S3PagesTests(S3Server server) : IAsyncLifetime
{
    const int Groups = 4;
    const int GroupRows = 100_000;

    readonly Scratch scratch = new();
    S3Bucket bucket = null!;

    public async ValueTask InitializeAsync()
    {
        bucket = await server.NewBucketAsync();
        Directory.CreateDirectory(scratch.In("pages"));
        int[] rows = [.. Enumerable.Range(0, Groups * GroupRows)];

        // Each row group has every letter, in a tenth of its rows that follow each other: pages of 1,000 rows that lie far from the next row group's.
        File.WriteAllBytes(scratch.In("pages/a.parquet"), ArrowFile.Write(
            new ArrowOptions(PageBytes: 1, BatchRows: 1000),
            [.. Enumerable.Repeat(GroupRows, Groups)],
            ArrowFile.Of("x", rows.Select(i => Math.Sin(i * 0.7) + i % 13).ToArray()),
            ArrowFile.Of("y", rows.Select(i => Math.Sin(i * 0.7) * 3 + i * 1e-3).ToArray()),
            ArrowFile.Of("letter", rows.Select(i => ((char)('a' + i % GroupRows / 10_000)).ToString()).ToArray())));
        await bucket.PutFolderAsync(scratch.In("pages"), "pages");
    }

    public async ValueTask DisposeAsync()
    {
        scratch.Dispose();
        if (bucket != null)
            await bucket.DisposeAsync();
    }

    // Requests of a row group: its page indexes of bounds and of places, which may lie close enough for one; the pages of x, of y, and of the letter if it is in doubt.
    [Theory]
    [InlineData("letter = 'c'", 2, 4)]
    [InlineData("letter in ('b', 'h')", 4, 6)]
    [InlineData("letter = 'c' and x > 3", 2, 4)]
    public async Task Fit_FetchesTheWantedPagesAtOnce(string condition, int least, int most)
    {
        string[] run = ["--target", "y", "--features", "x", "--where", condition, "--workers", "1"];
        JsonElement fit = await CliRun.JsonAsync(["fit", "ridge", bucket.In("pages"), .. run, "--endpoint-url", server.Url, "--model", scratch.In("s3.model")]);
        await CliRun.JsonAsync(["fit", "ridge", scratch.In("pages"), .. run, "--model", scratch.In("disk.model")]);
        Assert.Equal(File.ReadAllBytes(scratch.In("disk.model")), File.ReadAllBytes(scratch.In("s3.model")));

        JsonElement s3 = fit.GetProperty("s3");
        long again = s3.GetProperty("retries").GetInt64() + s3.GetProperty("restarts").GetInt64();

        // Beside them: whether the name is an object's, a page of names, the footer, and, once, what finds the first rows that are wanted and reads them.
        Assert.InRange(s3.GetProperty("requests").GetInt64() - again, 3 + Groups * least, 3 + Groups * most + 14);
    }
}
