using System.Text;
using System.Text.Json;
using Streaming.Learning.Data;
using Streaming.Learning.Data.Encodings;

namespace Streaming.Learning.Models;

/// <summary>Encoded columns as JSON: in model files, and in checkpoints.</summary>
static class EncodingText
{
    const string FirstName = "first_feature";

    /// <summary>The text of some columns.</summary>
    internal static string Write(IReadOnlyList<FeatureColumn> columns)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, Safetensors.JsonOptions))
        {
            writer.WriteStartObject();
            Write(writer, "encodings", columns);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(json.GetBuffer(), 0, (int)json.Length);
    }

    /// <summary>The columns of a text.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    internal static IReadOnlyList<FeatureColumn> Read(string text)
    {
        using JsonDocument json = JsonDocument.Parse(text, JsonAccess.Options);
        return Read(json.RootElement.Member("encodings", "the columns"), "encodings");
    }

    /// <summary>Writes columns as a member of an object.</summary>
    internal static void Write(Utf8JsonWriter writer, string name, IReadOnlyList<FeatureColumn> columns)
    {
        writer.WriteStartArray(name);
        foreach (FeatureColumn column in columns)
        {
            writer.WriteStartObject();
            writer.WriteString("column", column.Name);
            writer.WriteNumber(FirstName, column.First);
            writer.WriteString("kind", column.Encoding!.Kind);
            if (column.Encoding is CategoryEncoding { MissingAs: { } missingAs })
                writer.WriteString("missing_as", missingAs);

            switch (column.Encoding)
            {
                case OneHotEncoding oneHot:
                    WriteCategories(writer, "categories", oneHot.Categories);
                    WriteCategories(writer, "infrequent_categories", oneHot.Infrequent);
                    writer.WriteString("handle_unknown", oneHot.HandleUnknown.ToString());
                    break;
                case OrdinalEncoding ordinal:
                    WriteCategories(writer, "categories", ordinal.Categories);
                    if (ordinal.UnknownValue is { } unknown)
                        writer.WriteNumber("unknown_value", unknown);

                    break;
                case HashEncoding hash:
                    writer.WriteNumber("bits", hash.Bits);
                    writer.WriteStartArray("buckets");
                    foreach (int bucket in hash.Buckets)
                        writer.WriteNumberValue(bucket);

                    writer.WriteEndArray();
                    break;
                case DatePartsEncoding dates:
                    WriteCategories(writer, "parts", [.. dates.Parts.Select(p => p.ToString())]);
                    break;
                case QuantileEncoding quantile:
                    writer.WriteString("output_distribution", quantile.Output.ToString());
                    writer.WriteStartArray("quantiles");
                    foreach (double value in quantile.Quantiles)
                        writer.WriteNumberValue(value);

                    writer.WriteEndArray();
                    break;
                case PolynomialEncoding polynomial:
                    WriteCategories(writer, "of", polynomial.Of);
                    writer.WriteBoolean("interaction_only", polynomial.InteractionOnly);
                    break;
                case MissingIndicatorEncoding indicator:
                    WriteCategories(writer, "of", indicator.Of);
                    break;
                default:
                    throw new ArgumentException($"An encoding of kind '{column.Encoding.Kind}' can't be saved.");
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>Reads such an array.</summary>
    /// <exception cref="FormatException">Something is missing, or of another type.</exception>
    internal static IReadOnlyList<FeatureColumn> Read(JsonElement array, string name) => [.. array.Items(name).Select(Column)];

    static FeatureColumn Column(JsonElement column)
    {
        string kind = Member("kind").Text("kind");
        string? missingAs = column.TryGetProperty("missing_as", out JsonElement missing) ? missing.Text("missing_as") : null;
        return new FeatureColumn(Member("column").Text("column"), (int)Member(FirstName).Whole(FirstName, 0, int.MaxValue), null)
        {
            Encoding = kind switch
            {
                OneHotEncoding.KindName => new OneHotEncoding(
                    ReadCategories(Member("categories"), "categories"),
                    ReadCategories(Member("infrequent_categories"), "infrequent_categories"),
                    Member("handle_unknown").Name<HandleUnknown>("handle_unknown")) { MissingAs = missingAs },
                OrdinalEncoding.KindName => new OrdinalEncoding(
                    [.. Member("categories").Items("categories").Select(c => c.Text("categories"))],
                    column.TryGetProperty("unknown_value", out JsonElement unknown) ? unknown.Real("unknown_value") : null) { MissingAs = missingAs },
                HashEncoding.KindName => new HashEncoding(
                    Member("column").Text("column"),
                    (int)Member("bits").Whole("bits", 1, HashEncoding.MostBits),
                    [.. Member("buckets").Items("buckets").Select(b => (int)b.Whole("buckets", 0, int.MaxValue))]) { MissingAs = missingAs },
                DatePartsEncoding.KindName => new DatePartsEncoding([.. Member("parts").Items("parts").Select(p => p.Name<DatePart>("parts"))]),
                QuantileEncoding.KindName => new QuantileEncoding(
                    [.. Member("quantiles").Items("quantiles").Select(q => q.Real("quantiles"))],
                    Member("output_distribution").Name<OutputDistribution>("output_distribution")),
                PolynomialEncoding.KindName => new PolynomialEncoding(
                    [.. Member("of").Items("of").Select(f => f.Text("of"))], Member("interaction_only").Truth("interaction_only")),
                MissingIndicatorEncoding.KindName => new MissingIndicatorEncoding([.. Member("of").Items("of").Select(f => f.Text("of"))]),
                _ => throw new FormatException($"Wanted an encoding that is known, found '{kind}': another version of Streaming wrote it."),
            },
        };

        JsonElement Member(string name) => column.Member(name, "an encoding");
    }

    static void WriteCategories(Utf8JsonWriter writer, string name, IReadOnlyList<string?> categories)
    {
        writer.WriteStartArray(name);
        foreach (string? category in categories)
            writer.WriteStringValue(category);

        writer.WriteEndArray();
    }

    static string?[] ReadCategories(JsonElement categories, string name) =>
        [.. categories.Items(name).Select(c => c.ValueKind == JsonValueKind.Null ? null : c.Text(name))];
}
