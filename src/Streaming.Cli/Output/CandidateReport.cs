using System.Text.Json.Nodes;
using Streaming.Learning.Metrics;
using Streaming.Learning.Training;

namespace Streaming.Cli.Output;

/// <summary>Scores of the models that a run chose from, for programs and for people.</summary>
static class CandidateReport
{
    /// <summary>A list of <c>{"name": …, "chosen": …, "dropped_after_epoch": …, "diverged": …, "metrics": {…}}</c>.</summary>
    public static JsonArray ToJson(IReadOnlyList<CandidateScore> candidates) =>
    [
        .. candidates.Select(c => new JsonObject
        {
            ["name"] = c.Name,
            ["chosen"] = c.IsChosen,
            ["dropped_after_epoch"] = c.DroppedAfter > 0 ? c.DroppedAfter : null,
            ["diverged"] = c.HasDiverged,
            ["metrics"] = MetricReport.ToJson(c.Metrics),
        }),
    ];

    /// <summary>Writes a table: a row per model, a column per score.</summary>
    public static void Write(CommandConsole console, string title, IReadOnlyList<CandidateScore> candidates)
    {
        string[] names = [.. candidates.First(c => c.IsChosen).Metrics.Where(m => m.Class == null).Select(m => m.Name)];
        List<IReadOnlyList<string>> rows =
        [
            .. candidates.Select(c => (string[])[c.Name + Fate(c), .. names.Select(n => ValueOf(c.Metrics, n))]),
        ];
        Tables.Write(console, title, ["model", .. names], rows, areNumbers: true);
    }

    static string Fate(CandidateScore candidate) =>
        candidate.IsChosen ? " (kept)"
        : candidate.HasDiverged ? " (ran away)"
        : candidate.DroppedAfter > 0 ? $" (dropped after epoch {candidate.DroppedAfter})"
        : "";

    static string ValueOf(IReadOnlyList<Metric> metrics, string name) =>
        metrics.FirstOrDefault(m => m.Name == name && m.Class == null) is { } found ? Figures.Value(found.Value) : "-";
}
