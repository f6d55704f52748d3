using System.Text.Json;

namespace Streaming.Cli.Tests.Commands;

/// <summary>What <c>describe</c> tells.</summary>
public sealed class DescribeCommandTests : IDisposable
{
    readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public async Task Json_HoldsColumnsAndCorrelations()
    {
        JsonElement json = await CliRun.JsonAsync("describe", Repository.Sample("wine"), "--exclude", "target", "--correlations", "--where", "alcohol > 12");
        object[] wanted = scratch.Row(
            $"SELECT count(*), avg(ash), median(ash), corr(ash, alcohol) FROM '{Repository.Sample("wine/wine.parquet")}' WHERE alcohol > 12");
        Assert.Equal((long)wanted[0], json.GetProperty("rows").GetInt64());
        Assert.Equal(178 - (long)wanted[0], json.GetProperty("rows_filtered").GetInt64());
        Assert.Equal(0, json.GetProperty("quantile_rank_error").GetDouble());
        JsonElement ash = json.GetProperty("columns").EnumerateArray().Single(c => c.GetProperty("name").GetString() == "ash");
        Assert.Equal((double)wanted[1], ash.GetProperty("mean").GetDouble(), 1e-12);
        Assert.Equal((double)wanted[2], ash.GetProperty("quantiles").GetProperty("0.5").GetDouble(), 1e-12);
        Assert.Equal(7, ash.GetProperty("quantiles").EnumerateObject().Count());
        JsonElement correlations = json.GetProperty("correlations");
        string[] names = [.. correlations.GetProperty("columns").EnumerateArray().Select(c => c.GetString()!)];
        double found = correlations.GetProperty("matrix")[Array.IndexOf(names, "ash")][Array.IndexOf(names, "alcohol")].GetDouble();
        Assert.Equal((double)wanted[3], found, 1e-12);
    }

    // Doubles are their neighbours: no digit is shown that may be another one.
    [Fact]
    public async Task LargeWholeNumbers_AreShownToSixDigits_AsByInspect()
    {
        string path = scratch.Write("ids.parquet", "SELECT 9007199254740993 + 2 * i AS low, 9223372036854775807 - i AS high, 123456789012345 + i AS exact FROM range(3) t(i)");
        foreach (CliRun run in new[] { await CliRun.DoneAsync("describe", path), await CliRun.DoneAsync("inspect", path, "--stats") })
        {
            Assert.Matches(@"low .*9\.0072E\+15", run.Out);
            Assert.Matches(@"high .*9\.22337E\+18", run.Out);
            Assert.Matches("exact .*123456789012345 .*123456789012347", run.Out);
            Assert.DoesNotMatch("90071992|92233720", run.Out);
        }
    }

    [Fact]
    public async Task Table_HasAColumnPerStatistic()
    {
        CliRun run = await CliRun.DoneAsync("describe", Repository.Sample("flights"), "--features", "distance,delay", "--correlations");
        foreach (string text in new[] { "rows", "their ranks are within 0.24 % of the rows", "2 columns", "mean", "std", "50 %", "skewness", "Correlations over the", "1.000" })
            Assert.Contains(text, run.Out, StringComparison.Ordinal);
    }
}
