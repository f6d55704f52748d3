using System.Text.Json;

namespace Streaming.Cli.Tests.Commands;

/// <summary>Dates and times as <c>inspect</c> and <c>describe</c> tell them: as such, and their numbers for programs, in one unit over all files.</summary>
public sealed class TimesTests : IDisposable
{
    readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData("DATE '2024-01-03' + i::INT", "2024-01-03", "2024-01-07", "2024-01-05")]
    [InlineData("TIMESTAMP '2024-01-03 12:00:00' + i * INTERVAL 1 SECOND", "2024-01-03T12:00:00", "2024-01-03T12:00:04", "2024-01-03T12:00:02")]
    [InlineData("(TIMESTAMP '2024-01-03 12:00:00.25' + i * INTERVAL 1 DAY)::TIMESTAMP_MS", "2024-01-03T12:00:00.25", "2024-01-07T12:00:00.25", "2024-01-05T12:00:00.25")]
    [InlineData("(TIMESTAMP '2024-01-03 12:00:00.000001' + i * INTERVAL 1 DAY)::TIMESTAMP_NS", "2024-01-03T12:00:00.000001", "2024-01-07T12:00:00.000001", "2024-01-05T12:00:00.000001")]
    [InlineData("TIMESTAMPTZ '2024-01-03 12:00:00Z' + to_hours(i)", "2024-01-03T12:00:00Z", "2024-01-03T16:00:00Z", "2024-01-03T14:00:00Z")]
    [InlineData("TIME '08:30:00.5' + to_hours(i)", "08:30:00.5", "12:30:00.5", "10:30:00.5")]
    [InlineData("TIMESTAMP '1600-02-29 00:00:01' + to_hours(i)", "1600-02-29T00:00:01", "1600-02-29T04:00:01", "1600-02-29T02:00:01")]
    public async Task DatesAndTimes_AreToldAsSuch(string sql, string min, string max, string middle)
    {
        string path = scratch.Write("t.parquet", $"SELECT {sql} AS t, i AS n FROM range(5) r(i)");
        foreach (string[] command in new[] { new[] { "inspect", path }, ["inspect", path, "--stats"], ["describe", path] })
        {
            JsonElement column = (await CliRun.JsonAsync(command)).GetProperty("columns")[0];
            Assert.Equal((min, max), (column.GetProperty("min_time").GetString(), column.GetProperty("max_time").GetString()));
            Assert.True(column.GetProperty("min").GetDouble() < column.GetProperty("max").GetDouble());
            CliRun run = await CliRun.DoneAsync(command);
            string line = Assert.Single(run.Out.Split('\n'), l => l.TrimStart().StartsWith("t ", StringComparison.Ordinal));
            Assert.Contains(command.Length == 2 && command[0] == "inspect" ? $"{min} to {max}" : min, line, StringComparison.Ordinal);
            Assert.Contains(max, line, StringComparison.Ordinal);
            if (command is not ["inspect", _])
                Assert.Contains($" {middle} ", line, StringComparison.Ordinal);
        }

        JsonElement described = (await CliRun.JsonAsync("describe", path)).GetProperty("columns")[0];
        Assert.Equal(middle, described.GetProperty("mean_time").GetString());
        Assert.Equal(middle, described.GetProperty("quantiles_time").GetProperty("0.5").GetString());
        JsonElement number = (await CliRun.JsonAsync("describe", path)).GetProperty("columns")[1];
        Assert.False(number.TryGetProperty("min_time", out _) || number.TryGetProperty("quantiles_time", out _));
    }

    [Fact]
    public async Task MeansOfDates_AreBetweenThem()
    {
        string path = scratch.Write("t.parquet", "SELECT DATE '2024-01-03' + i::INT AS t FROM range(2) r(i)");
        Assert.Equal("2024-01-03T12:00:00", (await CliRun.JsonAsync("describe", path)).GetProperty("columns")[0].GetProperty("mean_time").GetString());
    }

    [Fact]
    public async Task Totals_OverFilesOfDifferentUnits_AreInThatOfTheFirst()
    {
        scratch.Write("a.parquet", "SELECT (TIMESTAMP '2024-01-03 00:00:01' + to_seconds(i))::TIMESTAMP_MS AS t FROM range(10) r(i)");
        scratch.Write("b.parquet", "SELECT TIMESTAMP '2024-01-02' + to_seconds(i) AS t FROM range(10) r(i)");
        scratch.Write("c.parquet", "SELECT DATE '2024-01-04' AS t FROM range(10) r(i)");
        foreach (string[] command in new[] { new[] { "inspect", scratch.Root }, ["inspect", scratch.Root, "--stats"] })
        {
            JsonElement column = (await CliRun.JsonAsync(command)).GetProperty("columns")[0];
            Assert.Equal("milliseconds since 1970-01-01", column.GetProperty("unit").GetString());
            Assert.Equal((1_704_153_600_000, 1_704_326_400_000), (column.GetProperty("min").GetDouble(), column.GetProperty("max").GetDouble()));
            Assert.Equal(("2024-01-02T00:00:00", "2024-01-04T00:00:00"), (column.GetProperty("min_time").GetString(), column.GetProperty("max_time").GetString()));
            if (command.Length == 3)
                Assert.Equal(10 * (1_704_240_001_000d + 1_704_153_600_000 + 1_704_326_400_000) + 90_000, column.GetProperty("sum").GetDouble());
        }

        JsonElement files = (await CliRun.JsonAsync("inspect", scratch.Root, "--stats")).GetProperty("files");
        Assert.Equal(19_726, files[2].GetProperty("columns")[0].GetProperty("min").GetDouble());
    }

    [Theory]
    [InlineData("i", "TIMESTAMP '2024-01-03' + to_seconds(i)")]
    [InlineData("TIMESTAMP '2024-01-03' + to_seconds(i)", "i")]
    [InlineData("DATE '2024-01-03'", "TIME '12:00:00'")]
    public async Task Totals_OverDatesAndWhatIsNone_AreLeftOut(string a, string b)
    {
        scratch.Write("a.parquet", $"SELECT {a} AS t FROM range(10) r(i)");
        scratch.Write("b.parquet", $"SELECT {b} AS t FROM range(10) r(i)");
        JsonElement range = (await CliRun.JsonAsync("inspect", scratch.Root)).GetProperty("columns")[0];
        Assert.False(range.TryGetProperty("min", out _) || range.TryGetProperty("unit", out _));
        JsonElement total = (await CliRun.JsonAsync("inspect", scratch.Root, "--stats")).GetProperty("columns")[0];
        Assert.Equal(20, total.GetProperty("count").GetInt64());
        Assert.All(["min", "max", "sum"], (string name) => Assert.Equal(JsonValueKind.Null, total.GetProperty(name).ValueKind));
        Assert.False(total.TryGetProperty("unit", out _));
    }

    [Fact]
    public async Task ZonesOfSomeFilesOnly_AreNotClaimedForAll()
    {
        scratch.Write("a.parquet", "SELECT TIMESTAMPTZ '2024-01-03 12:00:00Z' AS t");
        scratch.Write("b.parquet", "SELECT TIMESTAMP '2024-01-03 12:00:00' AS t");
        foreach (string[] command in new[] { new[] { "inspect", scratch.Root }, ["inspect", scratch.Root, "--stats"], ["describe", scratch.Root] })
            Assert.Equal("2024-01-03T12:00:00", (await CliRun.JsonAsync(command)).GetProperty("columns")[0].GetProperty("min_time").GetString());
    }
}
