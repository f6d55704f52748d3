using System.Text;
using System.Text.Json;
using Streaming.Learning.Data;
using Streaming.Learning.Data.Encodings;

namespace Streaming.Learning.Models;

/// <summary>The JSON text that a model file keeps in its metadata: all of a model but its numbers, in a fixed order.</summary>
static class ModelMetadata
{
    /// <summary>
    /// Version of the text and of the arrays that go with it; a change that older versions can't read raises it. Models that have nothing of
    /// the change are written as before: version 2 has encoded columns, and filling with medians and constants; version 3 fills features differently;
    /// version 4 fills categories, and tells of missing values.
    /// </summary>
    internal const int FormatVersion = 4;

    /// <summary>Writes the text of <paramref name="model"/>.</summary>
    internal static string Write(Model model)
    {
        ModelHeader header = model.Header;
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, Safetensors.JsonOptions))
        {
            writer.WriteStartObject();
            writer.WriteNumber("format", VersionOf(header));
            writer.WriteString("kind", model.Kind);
            writer.WriteString("estimator", header.Estimator);
            writer.WriteStartObject("parameters");
            foreach ((string name, string value) in header.Parameters.OrderBy(p => p.Key, StringComparer.Ordinal))
                writer.WriteString(name, value);

            writer.WriteEndObject();
            WriteTexts(writer, "features", header.Features);
            if (header.Encoded.Count > 0)
                EncodingText.Write(writer, "encodings", header.Encoded);

            if (header.ColumnTypes.Count > 0)
            {
                writer.WriteStartObject("column_types");
                foreach ((string name, string type) in header.ColumnTypes.OrderBy(t => t.Key, StringComparer.Ordinal))
                    writer.WriteString(name, type);

                writer.WriteEndObject();
            }

            WriteTarget(writer, header.Target);
            if (header.Rules.Drops || header.Rules.Fills)
            {
                writer.WriteString("on_missing", header.Rules.OnMissing.ToString());
                writer.WriteString("on_infinite", header.Rules.OnInfinite.ToString());
                if (header.Rules.FillValue != 0)
                    writer.WriteNumber("fill_value", header.Rules.FillValue);

                if (header.Rules.MissingByFeature is { } handlings)
                    WriteTexts(writer, "missing_by_feature", [.. handlings.Select(h => h.ToString())]);
            }

            WriteSummary(writer, header.Summary);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(json.GetBuffer(), 0, (int)json.Length);
    }

    static int VersionOf(ModelHeader header) => header switch
    {
        _ when header.Encoded.Any(c => c.Encoding is MissingIndicatorEncoding or CategoryEncoding { MissingAs: not null }) => FormatVersion,
        { Rules.MissingByFeature: not null } => 3,
        { Encoded.Count: > 0 } or { Rules.OnMissing: > ValueHandling.Zero } or { Rules.OnInfinite: > ValueHandling.Zero } => 2,
        _ => 1,
    };

    /// <summary>Reads the text; the scaling, and what values are filled with, come from the arrays of the file.</summary>
    /// <exception cref="FormatException">Something is missing, of another type, or of another version.</exception>
    internal static (string Kind, ModelHeader Header) Read(string text, FeatureScaling scaling, double[]? means)
    {
        using JsonDocument json = JsonDocument.Parse(text, JsonAccess.Options);
        const string Where = "the description of the model";
        JsonElement root = json.RootElement;
        long version = root.Member("format", Where).Whole("format", 0, long.MaxValue);
        if (version is < 1 or > FormatVersion)
        {
            throw new FormatException(
                $"Wanted format 1 to {FormatVersion}, found {version}: another version of Streaming wrote it; load it with that one.");
        }

        var parameters = new Dictionary<string, string>();
        foreach (JsonProperty parameter in root.Member("parameters", Where).Members("parameters"))
            parameters.Add(parameter.Name, parameter.Value.Text(parameter.Name));

        var types = new Dictionary<string, string>();
        if (root.TryGetProperty("column_types", out JsonElement columns))
        {
            foreach (JsonProperty column in columns.Members("column_types"))
                types.Add(column.Name, column.Value.Text(column.Name));
        }

        var header = new ModelHeader(
            root.Member("estimator", Where).Text("estimator"),
            ReadTexts(root.Member("features", Where), "features"),
            scaling,
            ReadTarget(root.Member("target", Where)),
            parameters,
            ReadSummary(root.Member("summary", Where)))
        {
            ColumnTypes = types,
            Encoded = root.TryGetProperty("encodings", out JsonElement encodings) ? EncodingText.Read(encodings, "encodings") : [],
            Rules = new ValueRules(ReadHandling(root, "on_missing"), ReadHandling(root, "on_infinite")) 
            {
                Means = means,
                MissingByFeature = root.TryGetProperty("missing_by_feature", out JsonElement handlings)
                    ? [.. handlings.Items("missing_by_feature").Select(h => h.Name<ValueHandling>("missing_by_feature"))]
                    : null,
                FillValue = root.TryGetProperty("fill_value", out JsonElement fill) ? fill.Real("fill_value") : 0,
            },
        };
        return (root.Member("kind", Where).Text("kind"), header);
    }

    static void WriteTarget(Utf8JsonWriter writer, TargetInfo? target)
    {
        if (target is null)
        {
            writer.WriteNull("target");
            return;
        }

        writer.WriteStartObject("target");
        writer.WriteString("name", target.Name);
        writer.WriteString("kind", target.Kind.ToString());
        writer.WriteString("class_type", target.ClassType.ToString());
        WriteTexts(writer, "classes", target.Classes);
        writer.WriteEndObject();
    }

    static TargetInfo? ReadTarget(JsonElement target) =>
        target.ValueKind == JsonValueKind.Null
            ? null
            : new TargetInfo(
                target.Member("name", "target").Text("name"),
                target.Member("kind", "target").Name<TargetKind>("kind"),
                target.Member("class_type", "target").Name<ClassType>("class_type"),
                ReadTexts(target.Member("classes", "target"), "classes"));

    static ValueHandling ReadHandling(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement handling) ? handling.Name<ValueHandling>(name) : ValueHandling.Error;

    static void WriteSummary(Utf8JsonWriter writer, TrainingSummary summary)
    {
        writer.WriteStartObject("summary");
        writer.WriteNumber("rows", summary.Rows);
        writer.WriteNumber("holdout_rows", summary.HoldoutRows);
        writer.WriteNumber("epochs", summary.Epochs);
        writer.WriteNumber("passes", summary.Passes);
        writer.WriteNumber("partitions", summary.Partitions);
        writer.WriteNumber("batch_size", summary.BatchSize);
        writer.WriteNumber("seed", summary.Seed);
        writer.WriteBoolean("standardized", summary.Standardized);
        writer.WriteString("weight_column", summary.WeightColumn);
        if (summary.DataFingerprint != null)
            writer.WriteString("data_fingerprint", summary.DataFingerprint);

        if (summary.Where != null)
        {
            writer.WriteString("where", summary.Where);
            writer.WriteNumber("filtered_rows", summary.FilteredRows);
        }

        if (summary.RejectedRows > 0)
            writer.WriteNumber("rejected_rows", summary.RejectedRows);

        if (summary.EarlierRows > 0)
            writer.WriteNumber("earlier_rows", summary.EarlierRows);

        writer.WriteEndObject();
    }

    static TrainingSummary ReadSummary(JsonElement summary)
    {
        JsonElement weight = Member("weight_column");
        return new TrainingSummary(
            Member("rows").Whole("rows", 0, long.MaxValue),
            Member("holdout_rows").Whole("holdout_rows", 0, long.MaxValue),
            (int)Member("epochs").Whole("epochs", 0, int.MaxValue),
            (int)Member("passes").Whole("passes", 0, int.MaxValue),
            (int)Member("partitions").Whole("partitions", 0, int.MaxValue),
            (int)Member("batch_size").Whole("batch_size", 0, int.MaxValue),
            Member("seed").Whole("seed", long.MinValue, long.MaxValue),
            Member("standardized").Truth("standardized"),
            weight.ValueKind == JsonValueKind.Null ? null : weight.Text("weight_column"))
        {
            DataFingerprint = summary.TryGetProperty("data_fingerprint", out JsonElement fingerprint) ? fingerprint.Text("data_fingerprint") : null,
            Where = summary.TryGetProperty("where", out JsonElement where) ? where.Text("where") : null,
            FilteredRows = Optional("filtered_rows"),
            RejectedRows = Optional("rejected_rows"),
            EarlierRows = Optional("earlier_rows"),
        };

        long Optional(string name) => summary.TryGetProperty(name, out JsonElement rows) ? rows.Whole(name, 0, long.MaxValue) : 0;

        JsonElement Member(string name) => summary.Member(name, "summary");
    }

    static void WriteTexts(Utf8JsonWriter writer, string name, IReadOnlyList<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (string text in texts)
            writer.WriteStringValue(text);

        writer.WriteEndArray();
    }

    static string[] ReadTexts(JsonElement texts, string name) => [.. texts.Items(name).Select(text => text.Text(name))];
}
