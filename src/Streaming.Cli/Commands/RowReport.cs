using System.Text.Json.Nodes;
using Streaming.Cli.Output;
using Streaming.Learning.Data;

namespace Streaming.Cli.Commands;

/// <summary>What is told of rows that were not used.</summary>
static class RowReport
{
    /// <summary>Rows left out for their values: their number by reason.</summary>
    public static JsonObject ToJson(IReadOnlyList<RejectedRows> rejected) =>
        new(rejected.Select(r => KeyValuePair.Create(r.Reason, (JsonNode?)r.Rows)));

    /// <summary>The same for people, to follow the number of rows that were used: nothing where none was left out.</summary>
    public static string LeftOut(long filtered, IReadOnlyList<RejectedRows> rejected)
    {
        string text = filtered > 0 ? $", {Figures.Count(filtered)} filtered" : "";
        if (rejected.Count > 0)
            text += $", {Figures.Count(rejected.Sum(r => r.Rows))} rejected ({string.Join(", ", rejected.Select(r => $"{r.Reason}: {Figures.Count(r.Rows)}"))})";

        return text;
    }
}
