using System.Text.Json.Nodes;
using Streaming.Cli.Output;
using Streaming.Learning.Data;
using Streaming.Parquet;

namespace Streaming.Cli.Commands;

/// <summary>What <c>inspect --stats</c> tells about the values of Parquet files.</summary>
static class StatisticsReport
{
    /// <summary>The report for programs.</summary>
    public static JsonObject ToJson(StatisticsSummary summary) => new()
    {
        ["kind"] = "parquet",
        ["rows"] = summary.Rows,
        ["row_groups"] = summary.RowGroups,
        ["bytes"] = summary.Bytes,
        ["columns"] = new JsonArray([.. summary.Columns.Select(c => WithFiles(ToJson(c), c.Files))]),
        ["not_read"] = new JsonArray(
        [
            .. summary.Unread.GroupBy(c => (c.Name, c.Type, c.Reason)).Select(g =>
                WithFiles(new JsonObject { ["name"] = g.Key.Name, ["type"] = g.Key.Type, ["reason"] = g.Key.Reason }, g.Count())),
        ]),
        ["files"] = new JsonArray(
        [
            .. summary.Files.Select(f => new JsonObject
            {
                ["name"] = f.Name,
                ["bytes"] = f.Bytes,
                ["rows"] = f.Rows,
                ["row_groups"] = f.RowGroups,
                ["columns"] = new JsonArray([.. f.Columns.Select(c => ToJson(c))]),
            }),
        ]),
        ["seconds"] = summary.Elapsed.TotalSeconds,
        ["rows_per_second"] = summary.Rows / summary.Elapsed.TotalSeconds,
        ["bytes_read"] = summary.BytesRead,
        ["peak_rss_bytes"] = PeakMemory.Bytes(),
    };

    /// <summary>The report for people.</summary>
    public static void Write(CommandConsole console, StatisticsSummary summary)
    {
        Tables.WriteFacts(console,
        [
            ("files", summary.Files is [var only] ? only.Name : $"{Figures.Count(summary.Files.Count)}, from {summary.Files[0].Name} to {summary.Files[^1].Name}"),
            ("rows", $"{Figures.Count(summary.Rows)} in {Figures.Count(summary.RowGroups, "row group")}"),
            ("time", $"{Figures.Duration(summary.Elapsed)}, {Figures.Rate(summary.Rows / summary.Elapsed.TotalSeconds)} rows/s"),
            ("read", Figures.Bytes(summary.BytesRead)),
            ("peak memory", Figures.Bytes(PeakMemory.Bytes())),
        ]);
        Tables.Write(
            console,
            Figures.Count(summary.Columns.Count, "column"),
            ["column", "type", "values", "nulls", "NaN", "infinite", "min", "max", "mean", "sum", "bytes of text"],
            [.. summary.Columns.Select(c => Row(c, summary.Files.Count))],
            areNumbers: true);
        if (summary.Unread.Count > 0)
        {
            List<IReadOnlyList<string>> rows = [.. summary.Unread.DistinctBy(c => (c.Name, c.Type)).Select(c => (string[])[c.Name, c.Type, c.Reason])];
            Tables.Write(console, $"{Figures.Count(rows.Count, "column")} not read", ["column", "type", "reason"], rows, areNumbers: false);
        }
    }

    static JsonObject ToJson(ColumnTotals column)
    {
        ColumnStatistics values = column.Values;
        var json = new JsonObject { ["name"] = column.Name, ["type"] = column.Type, ["kind"] = column.Kind };
        if (!column.HasLists)
        {
            AddValues(json, column);
            return json;
        }

        json["count"] = values.ListCount;
        json["null_count"] = values.NullListCount;
        json["empty_lists"] = values.EmptyListCount;
        json["elements"] = values.Count;
        var element = new JsonObject();
        AddValues(element, column);
        json["element"] = element;
        return json;
    }

    static void AddValues(JsonObject json, ColumnTotals column)
    {
        ColumnStatistics values = column.Values;
        if (column.Unit.Name != null)
            json["unit"] = column.Unit.Name;

        json["count"] = values.Count;
        json["null_count"] = values.NullCount;
        if (column.HasNumbers)
        {
            json["nan_count"] = values.NanCount;
            json["infinite_count"] = values.InfiniteCount;
            json["min"] = column.Min;
            json["max"] = column.Max;

            // JSON has no name for a sum beyond the range of double.
            json["sum"] = column.Sum is { } sum && double.IsFinite(sum) ? sum : null;
            JsonText.AddTime(json, "min", column.Min, column.Unit.Format);
            JsonText.AddTime(json, "max", column.Max, column.Unit.Format);
        }

        if (column.HasText)
            json["text_bytes"] = values.TextBytes;
    }

    static JsonObject WithFiles(JsonObject json, int files)
    {
        json["files"] = files;
        return json;
    }

    static IReadOnlyList<string> Row(ColumnTotals column, int files)
    {
        ColumnStatistics values = column.Values;
        long finite = values.Count - values.NullCount - values.NanCount - values.InfiniteCount;
        return
        [
            column.Files < files ? $"{column.Name} ({column.Files} of {files} files)" : column.Name,
            column.Type,
            Figures.Count(values.Count),
            Figures.Count(values.NullCount),
            column.HasNumbers ? Figures.Count(values.NanCount) : "",
            column.HasNumbers ? Figures.Count(values.InfiniteCount) : "",
            Value(column.Min, column.Unit.Format),
            Value(column.Max, column.Unit.Format),

            // A column that is a number in one file and text in another has no mean.
            column.HasText ? "" : Value(column.Sum / finite, column.Unit.Format),
            Value(column.Sum),
            column.HasText ? Figures.Count(values.TextBytes) : "",
        ];
    }

    static string Value(double? value, TimeFormat? times = null) => value is { } number ? Figures.Value(number, times) : "";
}
