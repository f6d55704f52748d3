using Streaming.Cli.Output;
using Streaming.Learning.Metrics;

namespace Streaming.Cli.Tests.Output;

public sealed class MetricReportTests
{
    static readonly Metric[] Metrics =
    [
        new("accuracy", 0.75), new("roc_auc", double.NaN), new("precision", 0.5, "late"), new("precision", double.NaN, "in \"time\""),
        new("recall", 1, "late"), new("recall", 0.25, "in \"time\""),
    ];

    [Fact]
    public void ToJson_NestsClassesAndLeavesOutWhatIsNotDefined() =>
        Assert.Equal(
            """{"accuracy":0.75,"precision":{"late":0.5},"recall":{"late":1,"in \"time\"":0.25}}""",
            MetricReport.ToJson(Metrics).ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));

    [Fact]
    public void Write_HasALinePerScoreAndPerClass()
    {
        using var output = new StringWriter();
        MetricReport.Write(new CommandConsole(output, TextWriter.Null), "Scores", Metrics);
        string[] lines = [.. output.ToString().Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '─')];
        Assert.Equal(
            ["Scores", "score      value", "accuracy    0.75", "By class", "class       precision   recall", "late              0.5        1", "in \"time\"           -     0.25"],
            lines);
    }
}
