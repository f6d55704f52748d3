using System.Text.Json;

namespace Streaming.Parquet.Tests.Conformance;

/// <summary>What other readers found in a file: the entries of a manifest.json.</summary>
sealed record ManifestEntry(string File, string Expected, long? Rows, IReadOnlyDictionary<string, JsonElement> Columns)
{
    /// <summary>The entries of a manifest in either of its two forms: files as a list, or by name.</summary>
    public static IReadOnlyList<ManifestEntry> Load(string path)
    {
        using JsonDocument document = JsonDocument.Parse(System.IO.File.ReadAllBytes(path));
        JsonElement files = document.RootElement.GetProperty("files");
        return files.ValueKind == JsonValueKind.Array
            ? [.. files.EnumerateArray().Select(e => Read(e.GetProperty("file").GetString()!, e))]
            : [.. files.EnumerateObject().Select(p => Read(p.Name, p.Value))];
    }

    static ManifestEntry Read(string name, JsonElement e)
    {
        string expected = e.TryGetProperty("expected", out JsonElement verdict) ? verdict.GetString()! : "read";
        long? rows = e.TryGetProperty("rows", out JsonElement count) && count.ValueKind == JsonValueKind.Number ? count.GetInt64() : null;
        Dictionary<string, JsonElement> columns = [];
        if (e.TryGetProperty("columns", out JsonElement list) && list.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty column in list.EnumerateObject())
                columns[column.Name] = column.Value.Clone();
        }

        return new ManifestEntry(name, expected, rows, columns);
    }
}
