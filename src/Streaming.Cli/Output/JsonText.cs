using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Streaming.Cli.Output;

/// <summary>Results for programs: one JSON object on one line.</summary>
static class JsonText
{
    static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the object, and nothing else.</summary>
    public static void Write(TextWriter output, JsonObject json) => output.WriteLine(json.ToJsonString(Options));

    /// <summary>A list of texts.</summary>
    public static JsonArray Array(IEnumerable<string> values) => [.. values.Select(v => (JsonNode?)JsonValue.Create(v))];

    /// <summary>A list of numbers; JSON has no names for those that are not finite, so they become text.</summary>
    public static JsonArray Array(IEnumerable<double> values) =>
        [.. values.Select(v => (JsonNode?)(double.IsFinite(v) ? JsonValue.Create(v) : JsonValue.Create(Figures.Value(v))))];
}
