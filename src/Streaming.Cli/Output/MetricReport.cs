using System.Text.Json.Nodes;
using Streaming.Learning.Metrics;

namespace Streaming.Cli.Output;

/// <summary>Scores, for programs and for people. A score that is not defined for the data is left out.</summary>
static class MetricReport
{
    /// <summary>Scores by name; those per class nested: <c>"precision": {"late": 0.5}</c>.</summary>
    public static JsonObject ToJson(IReadOnlyList<Metric> metrics)
    {
        var json = new JsonObject();
        foreach (Metric metric in metrics.Where(m => double.IsFinite(m.Value)))
        {
            if (metric.Class == null)
            {
                json[metric.Name] = metric.Value;
                continue;
            }

            if (json[metric.Name] is not JsonObject classes)
                json[metric.Name] = classes = [];

            classes[metric.Class] = metric.Value;
        }

        return json;
    }

    /// <summary>Writes a table of scores, and one of scores per class.</summary>
    public static void Write(CommandConsole console, string title, IReadOnlyList<Metric> metrics)
    {
        List<Metric> defined = [.. metrics.Where(m => !double.IsNaN(m.Value))];
        List<IReadOnlyList<string>> overall = [.. defined.Where(m => m.Class == null).Select(m => (string[])[m.Name, Figures.Value(m.Value)])];
        if (overall.Count > 0)
            Tables.Write(console, title, ["score", "value"], overall, areNumbers: true);

        List<Metric> perClass = [.. defined.Where(m => m.Class != null)];
        if (perClass.Count == 0)
            return;

        List<string> names = [.. perClass.Select(m => m.Name).Distinct()];
        List<IReadOnlyList<string>> rows =
        [
            .. perClass.GroupBy(m => m.Class!).Select(g =>
                (string[])[g.Key, .. names.Select(n => g.FirstOrDefault(m => m.Name == n) is { } found ? Figures.Value(found.Value) : "-")]),
        ];
        Tables.Write(console, "By class", ["class", .. names], rows, areNumbers: true);
    }
}
