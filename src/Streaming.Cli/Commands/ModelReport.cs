using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Streaming.Cli.Output;
using Streaming.Learning.Data;
using Streaming.Learning.Data.Encodings;
using Streaming.Learning.Models;
using Streaming.Storage;

namespace Streaming.Cli.Commands;

/// <summary>What <c>inspect</c> tells about a model.</summary>
sealed class ModelReport(string path, Model model, FileStore store)
{
    readonly long bytes = store.FindFile(path)!.Length;
    readonly string sha256 = OutputFile.Sha256(path, store);

    ModelHeader Header => model.Header;

    /// <summary>The report for programs.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["kind"] = "model",
            ["model"] = path,
            ["model_kind"] = model.Kind,
            ["estimator"] = Header.Estimator,
            ["bytes"] = bytes,
            ["model_sha256"] = sha256,
            ["features"] = JsonText.Array(Header.Features),
        };
        if (Header.Encoded.Count > 0)
        {
            json["encoded_columns"] = new JsonArray([.. Header.Encoded.Select(EncodedToJson)]);
        }

        if (Header.Target is { } target)
        {
            var about = new JsonObject { ["name"] = target.Name, ["kind"] = target.Kind.ToString().ToLowerInvariant() };
            if (target.Kind == TargetKind.Classes)
            {
                about["class_type"] = target.ClassType.ToString().ToLowerInvariant();
                about["classes"] = JsonText.Array(target.Classes);
            }

            json["target"] = about;
        }

        json["outputs"] = JsonText.Array(model.Outputs.Select(o => o.Name));
        json["parameters"] = new JsonObject(Header.Parameters.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)ParameterToJson(p.Value))));
        json["training"] = TrainingToJson(Header);
        json["tables"] = new JsonArray([.. model.Describe().Select(t => TableToJson(t))]);
        return json;
    }

    /// <summary>The report for people.</summary>
    public void Write(CommandConsole console)
    {
        TrainingSummary summary = Header.Summary;
        List<(string, string)> facts =
        [
            ("model", $"{path} ({Figures.Bytes(bytes)}, SHA-256 {sha256[..16]}…)"),
            ("kind", $"{model.Kind}, learned by {Header.Estimator}"),
            ("learned from", $"{Figures.Count(summary.Rows, "row")}{(summary.EarlierRows > 0 ? $" after {Figures.Count(summary.EarlierRows)} of the model before" : "")}{(summary.HoldoutRows > 0 ? $", {Figures.Count(summary.HoldoutRows)} held out" : "")}"),
            .. summary.Where != null
                ? [("where", $"{summary.Where} ({Figures.Count(summary.FilteredRows, "row")} filtered)")]
                : Array.Empty<(string, string)>(),
            .. Header.Rules.Drops || Header.Rules.Fills
                ? [("values", $"missing: {Name(Header.Rules.OnMissing)}{ByFeature()}, infinite: {Name(Header.Rules.OnInfinite)}"
                    + (summary.RejectedRows > 0 ? $" ({Figures.Count(summary.RejectedRows, "row")} rejected)" : ""))]
                : Array.Empty<(string, string)>(),
            ("training", $"{Figures.Count(summary.Epochs, "epoch")}, {Figures.Count(summary.Passes, "pass")}, {Figures.Count(summary.Partitions, "partition")}, "
                + $"batch size {summary.BatchSize}, seed {summary.Seed}{(summary.Standardized ? ", standardized" : "")}"
                + (summary.WeightColumn != null ? $", weighted by {summary.WeightColumn}" : "")),
            ("parameters", string.Join(", ", Header.Parameters.Select(p => $"{p.Key}={p.Value}"))),
            .. Header.Encoded.Select(c => ("encoded", $"{c.Name} ({c.Encoding!.Kind}, {Figures.Count(c.Count, "feature")}{(MissingAs(c) is { } category ? $", missing as '{category}'" : "")})")),
            ("features", $"{Figures.Count(Header.Features.Count)}: {FeatureNames.Show(Header.Features)}"),
        ];
        if (Header.Target is { } target)
            facts.Add(("target", target.Kind == TargetKind.Classes ? $"{target.Name}, classes {string.Join(", ", target.Classes)}" : target.Name));

        facts.Add(("predicts", string.Join(", ", model.Outputs.Select(o => o.Name))));
        Tables.WriteFacts(console, facts);
        foreach (ModelTable table in model.Describe())
        {
            Tables.Write(
                console, table.Title, table.Columns, [.. table.Rows.Select(r => (string[])[r.Name, .. r.Values.Select(Figures.Value)])], areNumbers: true);
        }
    }

    // Features that are treated differently, by what becomes of them.
    string ByFeature() => Header.Rules.MissingByFeature is not { } handlings ? "" : string.Concat(handlings
        .Select((handling, j) => (Handling: handling, Feature: Header.Features[j]))
        .Where(f => f.Handling != Header.Rules.OnMissing)
        .GroupBy(f => f.Handling, f => f.Feature)
        .Select(group => $" ({Name(group.Key)}: {FeatureNames.Show([.. group])})"));

    static string? MissingAs(FeatureColumn column) => (column.Encoding as CategoryEncoding)?.MissingAs;

    static JsonObject EncodedToJson(FeatureColumn column)
    {
        var json = new JsonObject
        {
            ["column"] = column.Name,
            ["encoding"] = column.Encoding!.Kind,
            ["features"] = column.Count,
        };
        if (MissingAs(column) is { } category)
            json["missing_as"] = category;

        return json;
    }

    static string Name(ValueHandling handling) => JsonNamingPolicy.SnakeCaseLower.ConvertName(handling.ToString());

    static JsonObject TrainingToJson(ModelHeader header)
    {
        TrainingSummary summary = header.Summary;
        var json = new JsonObject
        {
            ["rows"] = summary.Rows,
            ["rows_held_out"] = summary.HoldoutRows,
            ["epochs"] = summary.Epochs,
            ["passes"] = summary.Passes,
            ["partitions"] = summary.Partitions,
            ["batch_size"] = summary.BatchSize,
            ["seed"] = summary.Seed,
            ["standardized"] = summary.Standardized,
            ["on_missing"] = Name(header.Rules.OnMissing),
            ["on_infinite"] = Name(header.Rules.OnInfinite),
            ["rows_rejected"] = summary.RejectedRows,
        };
        if (header.Rules is { MissingByFeature: { } handlings, MissingFills: { } fills })
        {
            json["missing_by_feature"] = new JsonArray([.. handlings.Select(h => (JsonNode)Name(h))]);
            json["imputation_fill"] = JsonText.Array(fills);
        }

        if (header.Rules.Means is { } means)
            json["imputation_mean"] = JsonText.Array(means);

        if (summary.DataFingerprint != null)
            json["data_fingerprint"] = summary.DataFingerprint;

        if (summary.WeightColumn != null)
            json["weight"] = summary.WeightColumn;

        if (summary.Where != null)
        {
            json["where"] = summary.Where;
            json["rows_filtered"] = summary.FilteredRows;
        }

        return json;
    }

    static JsonObject TableToJson(ModelTable table) => new()
    {
        ["title"] = table.Title,
        ["columns"] = JsonText.Array(table.Columns),
        ["rows"] = new JsonArray([.. table.Rows.Select(r => new JsonObject { ["name"] = r.Name, ["values"] = JsonText.Array(r.Values) })]),
    };

    // The model file keeps parameters as text; programs want the numbers and truths that they are.
    static JsonValue ParameterToJson(string text)
    {
        if (bool.TryParse(text, out bool truth))
            return JsonValue.Create(truth);

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? JsonValue.Create(number)
            : JsonValue.Create(text);
    }
}
