using System.Text.Json;

namespace Streaming.Cli.Tests;

/// <summary>The memory promise as the operating system sees it: a process of its own, on far more data than it may hold.</summary>
public sealed class MemoryBudgetTests : IDisposable
{
    const int Columns = 28;
    const int Rows = 2_000_000;
    const int Copies = 10;
    const long Budget = 96_000_000;

    // In the first seconds code is compiled anew where it is hot, and the heap grows to its working size; then both stand still.
    const long WarmUp = 15_000_000;

    readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public async Task Fit_OfMoreThanTwoGigabytes_StaysWithinBudgetAndRuntimeShare_AndTenTimesTheRowsTakeNoMore()
    {
        // Few different values: megabytes in the file, 2.2 GB as float32 in ten copies of it.
        string columns = string.Join(", ", Enumerable.Range(1, Columns).Select(c => $"((i * {2 * c + 1} + (i >> {c % 7 + 3})) % {7 + 3 * c})::FLOAT AS c{c}"));
        string one = scratch.Write("one.parquet", $"SELECT {columns}, (i * 7) % 13 + (i * 3) % 11 > 11 AS label FROM range({Rows}) t(i)");
        string many = scratch.In("many");
        Directory.CreateDirectory(many);
        for (int copy = 0; copy < Copies; copy++)
            File.Copy(one, Path.Combine(many, $"{copy}.parquet"));

        Assert.True((long)Columns * sizeof(float) * Rows * Copies > 2_000_000_000);
        foreach (string[] learner in (string[][])[["sgd-classifier", "--target", "label"], ["mini-batch-kmeans", "--exclude", "label", "--init-size", "3000"], ["incremental-pca", "--exclude", "label"]])
        {
            JsonElement small = await FitAsync(learner, one);
            JsonElement large = await FitAsync(learner, many);
            long share = large.GetProperty("runtime_share_bytes").GetInt64();
            Assert.Equal(Rows * (long)Copies, large.GetProperty("rows").GetInt64());
            Assert.InRange(large.GetProperty("planned_bytes").GetInt64(), 1, Budget);
            Assert.InRange(large.GetProperty("peak_buffer_bytes").GetInt64(), 1, Budget);
            Assert.InRange(large.GetProperty("peak_rss_bytes").GetInt64(), 1, Budget + share);
            Assert.InRange(large.GetProperty("peak_rss_bytes").GetInt64(), 1, (long)(small.GetProperty("peak_rss_bytes").GetInt64() * 1.05) + WarmUp);
        }
    }

    async Task<JsonElement> FitAsync(string[] learner, string data)
    {
        using var cli = new CliProcess(["fit", learner[0], data, .. learner[1..], "--memory", "96MB", "--workers", "2", "--model", scratch.In("a.model"), "--json"]);
        (string output, string error) = await cli.EndAsync();
        Assert.True(cli.ExitCode == 0, error);
        using JsonDocument document = JsonDocument.Parse(output);
        return document.RootElement.Clone();
    }
}
