using System.Text.Json.Nodes;
using Streaming.Cli.Output;

namespace Streaming.Cli.Commands;

/// <summary>What <c>inspect</c> tells about Parquet files.</summary>
static class ParquetReport
{
    /// <summary>Lines that a table of files or row groups has at most; JSON has them all.</summary>
    const int MaxLines = 50;

    /// <summary>Values of a column of folder names that people are shown; JSON has them all.</summary>
    const int MaxFolderValues = 5;

    /// <summary>The report for programs.</summary>
    public static JsonObject ToJson(ParquetSummary summary) => new()
    {
        ["kind"] = "parquet",
        ["rows"] = summary.Rows,
        ["row_groups"] = summary.RowGroups,
        ["bytes"] = summary.Bytes,
        ["compressed_bytes"] = summary.CompressedBytes,
        ["uncompressed_bytes"] = summary.UncompressedBytes,
        ["columns"] = new JsonArray([.. summary.Columns.Select(c => ToJson(c))]),
        ["folder_columns"] = new JsonArray(
        [
            .. summary.Folders.Select(c => new JsonObject { ["name"] = c.Name, ["values"] = new JsonArray([.. c.Values.Select(v => (JsonNode?)v)]) }),
        ]),
        ["files"] = new JsonArray([.. summary.Files.Select(f => ToJson(f))]),
    };

    /// <summary>The report for people.</summary>
    public static void Write(CommandConsole console, ParquetSummary summary)
    {
        string ratio = summary.CompressedBytes > 0 ? $" ({Figures.Value(Math.Round((double)summary.UncompressedBytes / summary.CompressedBytes, 2))} : 1)" : "";
        Tables.WriteFacts(console,
        [
            ("files", summary.Files is [var only] ? only.Name : $"{Figures.Count(summary.Files.Count)}, from {summary.Files[0].Name} to {summary.Files[^1].Name}"),
            ("rows", $"{Figures.Count(summary.Rows)} in {Figures.Count(summary.RowGroups, "row group")}"),
            ("size", $"{Figures.Bytes(summary.Bytes)}; data {Figures.Bytes(summary.CompressedBytes)}, uncompressed {Figures.Bytes(summary.UncompressedBytes)}{ratio}"),
            ("codecs", string.Join(", ", summary.Columns.SelectMany(c => c.Codecs).Distinct())),
            ("created by", string.Join("; ", summary.Files.Select(f => f.CreatedBy ?? "(not noted)").Distinct())),
            .. summary.Folders.Select(c => ("folder column", $"{c.Name}: {ValuesOf(c.Values)}")),
        ]);
        WriteColumns(console, summary);
        if (summary.Files is [var single])
            WriteRowGroups(console, single);
        else
            WriteFiles(console, summary);
    }

    static string ValuesOf(IReadOnlyList<string?> values)
    {
        string shown = string.Join(", ", values.Take(MaxFolderValues).Select(v => v ?? "null"));
        return values.Count > MaxFolderValues ? $"{shown}, ... ({Figures.Count(values.Count)} values)" : shown;
    }

    static JsonObject ToJson(ColumnSummary column)
    {
        var json = new JsonObject
        {
            ["name"] = column.Name,
            ["type"] = column.Type,
            ["kind"] = column.Kind,
            ["nullable"] = column.IsNullable,
        };
        if (column.Unit.Name != null)
            json["unit"] = column.Unit.Name;

        if (column.UnsupportedReason != null)
            json["unsupported_reason"] = column.UnsupportedReason;

        json["codecs"] = JsonText.Array(column.Codecs);
        json["encodings"] = JsonText.Array(column.Encodings);
        json["compressed_bytes"] = column.CompressedBytes;
        json["uncompressed_bytes"] = column.UncompressedBytes;
        if (column.Nulls is { } nulls)
            json["nulls"] = nulls;

        if (column.Range is { } range && double.IsFinite(range.Min) && double.IsFinite(range.Max))
        {
            json["min"] = range.Min;
            json["max"] = range.Max;
            JsonText.AddTime(json, "min", range.Min, column.Unit.Format);
            JsonText.AddTime(json, "max", range.Max, column.Unit.Format);
        }

        json["files"] = column.Files;
        return json;
    }

    static JsonObject ToJson(FileSummary file)
    {
        var json = new JsonObject { ["name"] = file.Name, ["bytes"] = file.Bytes, ["rows"] = file.Rows };
        if (file.CreatedBy != null)
            json["created_by"] = file.CreatedBy;

        json["row_groups"] = new JsonArray(
        [
            .. file.RowGroups.Select(g => new JsonObject
            {
                ["rows"] = g.Rows,
                ["compressed_bytes"] = g.CompressedBytes,
                ["uncompressed_bytes"] = g.UncompressedBytes,
            }),
        ]);
        return json;
    }

    static void WriteColumns(CommandConsole console, ParquetSummary summary)
    {
        List<IReadOnlyList<string>> rows =
        [
            .. summary.Columns.Select(c => (string[])
            [
                c.Files < summary.Files.Count ? $"{c.Name} ({c.Files} of {summary.Files.Count} files)" : c.Name,
                c.Type,
                c.Kind,
                c.IsNullable ? "yes" : "no",
                c.Nulls is { } nulls ? Figures.Count(nulls) : "?",
                c.Range is { } range ? $"{Figures.Value(range.Min, c.Unit.Format)} to {Figures.Value(range.Max, c.Unit.Format)}" : "",
                string.Join(", ", c.Encodings),
                Figures.Bytes(c.CompressedBytes),
                Figures.Bytes(c.UncompressedBytes),
                c.UnsupportedReason ?? c.Unit.Name ?? "",
            ]),
        ];
        Tables.Write(
            console,
            Figures.Count(summary.Columns.Count, "column"),
            ["column", "type", "kind", "nullable", "nulls", "range", "encodings", "stored", "uncompressed", "note"],
            rows,
            areNumbers: false);
    }

    static void WriteRowGroups(CommandConsole console, FileSummary file)
    {
        List<IReadOnlyList<string>> rows =
        [
            .. file.RowGroups.Take(MaxLines).Select((g, i) =>
                (string[])[Figures.Count(i), Figures.Count(g.Rows), Figures.Bytes(g.CompressedBytes), Figures.Bytes(g.UncompressedBytes)]),
        ];
        Tables.Write(console, Title(file.RowGroups.Count, "row group"), ["row group", "rows", "stored", "uncompressed"], rows, areNumbers: true);
    }

    static void WriteFiles(CommandConsole console, ParquetSummary summary)
    {
        List<IReadOnlyList<string>> rows =
        [
            .. summary.Files.Take(MaxLines).Select(f => (string[])[f.Name, Figures.Count(f.Rows), Figures.Count(f.RowGroups.Count), Figures.Bytes(f.Bytes)]),
        ];
        Tables.Write(console, Title(summary.Files.Count, "file"), ["file", "rows", "row groups", "size"], rows, areNumbers: true);
    }

    static string Title(int count, string what) =>
        Figures.Count(count, what) + (count > MaxLines ? $", the first {MaxLines} of them (all with --json)" : "");
}
