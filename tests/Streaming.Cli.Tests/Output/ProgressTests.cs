using Streaming.Cli.Output;
using Streaming.Learning.Training;

namespace Streaming.Cli.Tests.Output;

public sealed class ProgressTests
{
    static readonly TrainingProgress Halfway = new(
        "learning", 2, 1_500_000, 3_000_000, 40_000_000, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(1.5), ("log_loss", 0.4321));

    [Fact]
    public void Text_TellsRowsRatesTimesAndQuality() =>
        Assert.Equal(
            "pass 2 (learning): 1,500,000 of 3,000,000 rows (50 %), log_loss 0.4321, 1.0 M rows/s, 10.0 MB/s, elapsed 0:04, remaining 0:01",
            ProgressText.Of(Halfway));

    [Fact]
    public void Text_AtTheStartAndTheEnd_HasNoRemainingTime()
    {
        TrainingProgress start = Halfway with { Rows = 0, PassElapsed = TimeSpan.Zero, Elapsed = TimeSpan.Zero, Quality = null };
        Assert.Equal("pass 2 (learning): 0 of 3,000,000 rows (0 %), 0 rows/s, 0 B/s, elapsed 0:00", ProgressText.Of(start));
        Assert.DoesNotContain("remaining", ProgressText.Of(Halfway with { Rows = 3_000_000 }), StringComparison.Ordinal);
    }

    [Fact]
    public void Display_WithoutATerminal_IsQuietInTheFirstSeconds()
    {
        using var error = new StringWriter();
        using (var display = new ProgressDisplay(new CommandConsole(TextWriter.Null, error)))
            display.Report(Halfway);

        Assert.Equal("", error.ToString());
    }

    [Fact]
    public void Display_OnATerminal_OverwritesItsLineAndTakesItAway()
    {
        using var error = new StringWriter();
        using (var display = new ProgressDisplay(new CommandConsole(TextWriter.Null, error) { ErrorWidth = 40 }))
        {
            display.Report(Halfway);
            display.Report(Halfway with { Rows = 10, TotalRows = 20, Quality = null });
        }

        string[] lines = error.ToString().Split('\r');
        Assert.Equal(["", "pass 2 (learning): 1,500,000 of 3,000,0", "pass 2 (learning): 10 of 20 rows (50 %),", new string(' ', 39), ""], lines.Select((l, i) => i == 2 ? l + "," : l));
    }

    [Fact]
    public void Display_OnATerminal_GivesANoticeALineOfItsOwn()
    {
        using var error = new StringWriter();
        using (var display = new ProgressDisplay(new CommandConsole(TextWriter.Null, error) { ErrorWidth = 40 }))
        {
            display.Report(Halfway);
            display.Report("warning: look here");
        }

        Assert.Equal($"\rpass 2 (learning): 1,500,000 of 3,000,0\r{new string(' ', 39)}\rwarning: look here{Environment.NewLine}", error.ToString());
    }

    [Fact]
    public void Display_ThatIsClosed_SaysNoMore()
    {
        using var error = new StringWriter();
        var display = new ProgressDisplay(new CommandConsole(TextWriter.Null, error) { ErrorWidth = 80 });
        display.Dispose();
        display.Report(Halfway);
        Assert.Equal("", error.ToString());
    }
}
