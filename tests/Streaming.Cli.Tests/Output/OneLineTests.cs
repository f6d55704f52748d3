using Streaming.Cli.Output;

namespace Streaming.Cli.Tests.Output;

/// <summary>Names of columns with control characters: shown escaped in all tables and messages, and left as they are in JSON.</summary>
public sealed class OneLineTests : IDisposable
{
    const string Shown = @"a\nb\tc\u001B[2Jd";

    readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData("plain 'text' \\ ü", "plain 'text' \\ ü")]
    [InlineData("\r\n", @"\r\n")]
    [InlineData("\0\u007F\u0085\u2028\u2029", @"\u0000\u007F\u0085\u2028\u2029")]
    public void Of_ShowsWhatIsNoText(string text, string line) => Assert.Equal(line, OneLine.Of(text));

    [Fact]
    public async Task ControlCharactersInNames_BreakNoTable()
    {
        string path = scratch.Write("odd.parquet", "SELECT i AS \"a\nb\tc\u001B[2Jd\", i % 2 AS y FROM range(100) t(i)");
        string model = scratch.In("odd.model");
        CliRun[] runs =
        [
            await CliRun.DoneAsync("inspect", path),
            await CliRun.DoneAsync("inspect", path, "--stats"),
            await CliRun.DoneAsync("describe", path, "--correlations"),
            await CliRun.DoneAsync("convert", path, "--output", scratch.In("out")),
            await CliRun.DoneAsync("fit", "ridge", path, "--target", "y", "--model", model),
            await CliRun.DoneAsync("inspect", model),
            await CliRun.DoneAsync("predict", model, path, "--output", scratch.In("out.parquet"), "--keep", "a\nb\tc\u001B[2Jd"),
        ];
        Assert.All(runs.Where((_, i) => i != 4), run => Assert.Contains(Shown, run.Out, StringComparison.Ordinal));
        Assert.All(runs, run => Assert.DoesNotContain(run.Out, c => char.IsControl(c) && c != '\n'));
        await CliRun.FailsAsync(1, ["predict", model, Repository.Sample("wine"), "--output", scratch.In("out.parquet")], Shown);
        System.Text.Json.JsonElement json = await CliRun.JsonAsync("inspect", path);
        Assert.Equal("a\nb\tc\u001B[2Jd", json.GetProperty("columns")[0].GetProperty("name").GetString());
    }
}
