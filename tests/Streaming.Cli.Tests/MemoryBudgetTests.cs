using System.Text.Json;

namespace Streaming.Cli.Tests;

/// <summary>The memory promise as the operating system sees it: a process of its own, on far more data than it may hold.</summary>
public sealed class MemoryBudgetTests : IDisposable
{
    const int Columns = 28;
    const int Rows = 2_000_000;
    const int Copies = 10;
    const long Budget = 96_000_000;

    readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData("sgd-classifier", "--target", "label")]
    [InlineData("mini-batch-kmeans", "--exclude", "label", "--init-size", "3000")]
    [InlineData("incremental-pca", "--exclude", "label")]
    public async Task Fit_OfMoreThanTwoGigabytes_StaysWithinBudgetAndRuntimeShare(params string[] learner)
    {
        JsonElement run = await FitAsync(learner, Copied(WriteFile(rowGroupRows: 122_880), Copies));
        Assert.True((long)Columns * sizeof(float) * Rows * Copies > 2_000_000_000);
        Assert.Equal(Rows * (long)Copies, run.GetProperty("rows").GetInt64());
        Assert.InRange(BytesOf(run, "planned_bytes"), 1, Budget);
        Assert.InRange(BytesOf(run, "peak_buffer_bytes"), 1, Budget);
        Assert.InRange(PeakOf(run), 1, Budget + BytesOf(run, "runtime_share_bytes"));
    }

    [Fact]
    public async Task Fit_OfTenTimesTwoGigabytes_TakesAtMostFivePercentMore()
    {
        // Few large row groups: footers, which the plan counts, grow with the number of row groups.
        string[] learner = ["incremental-pca", "--exclude", "label"];
        string file = WriteFile(rowGroupRows: 1_000_000);
        JsonElement few = await FitAsync(learner, Copied(file, Copies)), many = await FitAsync(learner, Copied(file, 10 * Copies));

        // On a busy machine a short run may have fewer partitions open at once than it is planned to: it is taken to have used what its plan allows.
        long planned = BytesOf(few, "planned_bytes"), allowed = PeakOf(few) - BytesOf(few, "peak_buffer_bytes") + planned;
        Assert.InRange(BytesOf(many, "planned_bytes"), 1, planned + planned / 20);
        Assert.InRange(PeakOf(many), 1, allowed + allowed / 20);
    }

    static long PeakOf(JsonElement run) => BytesOf(run, "peak_rss_bytes");

    static long BytesOf(JsonElement run, string name) => run.GetProperty(name).GetInt64();

    // Few different values: megabytes in the file, 2.2 GB as float32 in ten copies of it.
    string WriteFile(int rowGroupRows)
    {
        string columns = string.Join(", ", Enumerable.Range(1, Columns).Select(c => $"((i * {2 * c + 1} + (i >> {c % 7 + 3})) % {7 + 3 * c})::FLOAT AS c{c}"));
        return scratch.Write(
            "one.parquet", $"SELECT {columns}, (i * 7) % 13 + (i * 3) % 11 > 11 AS label FROM range({Rows}) t(i)", $"ROW_GROUP_SIZE {rowGroupRows}");
    }

    string Copied(string file, int copies)
    {
        string folder = scratch.In($"{copies} copies");
        Directory.CreateDirectory(folder);
        for (int copy = 0; copy < copies; copy++)
            File.CreateSymbolicLink(Path.Combine(folder, $"{copy}.parquet"), file);

        return folder;
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
