using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Streaming.Learning.Data;

namespace Streaming.Cli.Output;

/// <summary>Results for programs: one JSON object on one line.</summary>
static class JsonText
{
    static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the object, and nothing else.</summary>
    public static void Write(TextWriter output, JsonObject json) => output.WriteLine(json.ToJsonString(Options));

    /// <summary>Adds a number of a column of dates or times as such, beside the number: <c>min_time</c> to <c>min</c>.</summary>
    public static void AddTime(JsonObject json, string name, double? value, TimeFormat? times)
    {
        if (value is { } number && times?.Text(number) is { } text)
            json[$"{name}_time"] = text;
    }

    /// <summary>A list of texts.</summary>
    public static JsonArray Array(IEnumerable<string> values) => [.. values.Select(v => (JsonNode?)JsonValue.Create(v))];

    /// <summary>A list of numbers; JSON has no names for those that are not finite, so they become text.</summary>
    public static JsonArray Array(IEnumerable<double> values) =>
        [.. values.Select(v => (JsonNode?)(double.IsFinite(v) ? JsonValue.Create(v) : JsonValue.Create(Figures.Value(v))))];
}
