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

    /// <summary>Adds the tables as members of their own: <c>"confusion_matrix": {"columns": [...], "rows": [["late", 3, 5], ...]}</c>.</summary>
    public static void AddTo(JsonObject json, IReadOnlyList<ScoreTable> tables)
    {
        foreach (ScoreTable table in tables)
        {
            json[table.Name] = new JsonObject
            {
                ["columns"] = JsonText.Array(table.Columns),
                ["rows"] = new JsonArray([.. table.Rows.Select(ToJson)]),
            };
        }
    }

    /// <summary>Writes the tables; the confusion matrix of very many classes is for programs alone.</summary>
    public static void Write(CommandConsole console, IReadOnlyList<ScoreTable> tables)
    {
        const int MostColumns = 26;
        foreach (ScoreTable table in tables.Where(t => t.Columns.Count <= MostColumns))
        {
            Tables.Write(
                console, table.Title, table.Columns, [.. table.Rows.Select(r => (string[])[r.Name, .. r.Values.Select(Shown)])], areNumbers: true);
        }
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

    static JsonNode ToJson((string Name, double[] Values) row) =>
        new JsonArray([row.Name, .. row.Values.Select(v => (JsonNode?)(double.IsFinite(v) ? JsonValue.Create(v) : null))]);

    static string Shown(double value) => double.IsNaN(value) ? "-" : Figures.Value(value);
}
