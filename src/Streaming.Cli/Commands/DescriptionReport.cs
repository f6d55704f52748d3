using System.Globalization;
using System.Text.Json.Nodes;
using Streaming.Cli.Output;
using Streaming.Learning.Data;
using Streaming.Learning.Preprocessing;
using Streaming.Learning.Training;

namespace Streaming.Cli.Commands;

/// <summary>What <c>describe</c> tells.</summary>
static class DescriptionReport
{
    static readonly double[] Shares = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

    /// <summary>The report for programs; what is not defined is null.</summary>
    public static JsonObject ToJson(DatasetDescription description)
    {
        var json = new JsonObject
        {
            ["kind"] = "description",
            ["rows"] = description.Rows,
            ["rows_filtered"] = description.RowsFiltered,
            ["quantile_rank_error"] = description.QuantileRankError,
            ["columns"] = new JsonArray([.. description.Columns.Select((name, c) => ToJson(name, description.Times[c], description.Summaries[c]))]),
        };
        if (description.Correlations is { } correlations)
        {
            json["correlations"] = new JsonObject
            {
                ["rows"] = correlations.Rows,
                ["columns"] = JsonText.Array(description.Columns),
                ["matrix"] = new JsonArray([.. Rows(description, correlations).Select(row => new JsonArray([.. row.Select(Number)]))]),
            };
        }

        json["seconds"] = description.Elapsed.TotalSeconds;
        json["rows_per_second"] = description.Rows / description.Elapsed.TotalSeconds;
        json["bytes_read"] = description.BytesRead;
        json["peak_rss_bytes"] = PeakMemory.Bytes();
        return json;
    }

    /// <summary>The report for people.</summary>
    public static void Write(CommandConsole console, DatasetDescription description)
    {
        List<(string, string)> facts =
        [
            ("rows", Figures.Count(description.Rows) + (description.RowsFiltered > 0 ? $", {Figures.Count(description.RowsFiltered)} filtered" : "")),
            ("time", $"{Figures.Duration(description.Elapsed)}, {Figures.Rate(description.Rows / description.Elapsed.TotalSeconds)} rows/s"),
            ("read", Figures.Bytes(description.BytesRead)),
            ("peak memory", Figures.Bytes(PeakMemory.Bytes())),
            ("quantiles", description.QuantileRankError == 0
                ? "exact"
                : string.Create(CultureInfo.InvariantCulture, $"their ranks are within {100 * description.QuantileRankError:0.##} % of the rows (99 of 100 times)")),
        ];
        Tables.WriteFacts(console, facts);
        Tables.Write(
            console,
            Figures.Count(description.Columns.Count, "column"),
            ["column", "count", "missing", "infinite", "mean", "std", "min", .. Shares.Select(NameOf), "max", "skewness"],
            [.. description.Columns.Select((name, c) => Row(name, description.Times[c], description.Summaries[c]))],
            areNumbers: true);
        if (description.Correlations is { } correlations)
        {
            Tables.Write(
                console,
                $"Correlations over the {Figures.Count(correlations.Rows, "row")} without missing values",
                ["column", .. description.Columns],
                [.. description.Columns.Zip(Rows(description, correlations), (name, row) => (string[])[name, .. row.Select(Rounded)])],
                areNumbers: true);
        }
    }

    static JsonNode ToJson(string name, TimeFormat? times, FeatureSummary summary)
    {
        double[] quantiles = summary.Quantiles(Shares);
        var json = new JsonObject
        {
            ["name"] = name,
            ["count"] = summary.Count,
            ["missing"] = summary.Missing,
            ["infinite"] = summary.Infinite,
            ["weight"] = summary.Weight,
            ["mean"] = Number(summary.Mean),
            ["std"] = Number(summary.Std),
            ["min"] = Number(summary.Min),
            ["quantiles"] = new JsonObject(
                Shares.Zip(quantiles, (share, value) => KeyValuePair.Create(share.ToString(CultureInfo.InvariantCulture), Number(value)))),
            ["max"] = Number(summary.Max),
            ["skewness"] = Number(summary.Skewness),
        };
        JsonText.AddTime(json, "mean", summary.Mean, times);
        JsonText.AddTime(json, "min", summary.Min, times);
        JsonText.AddTime(json, "max", summary.Max, times);
        if (times is { } format)
        {
            json["quantiles_time"] = new JsonObject(
                Shares.Zip(quantiles, (share, value) => KeyValuePair.Create(share.ToString(CultureInfo.InvariantCulture), (JsonNode?)format.Text(value))));
        }

        return json;
    }

    static IReadOnlyList<string> Row(string name, TimeFormat? times, FeatureSummary summary) =>
    [
        name,
        Figures.Count(summary.Count),
        Figures.Count(summary.Missing),
        Figures.Count(summary.Infinite),
        Shown(summary.Mean, times),
        Shown(summary.Std),
        Shown(summary.Min, times),
        .. summary.Quantiles(Shares).Select(q => Shown(q, times)),
        Shown(summary.Max, times),
        Shown(summary.Skewness),
    ];

    static IEnumerable<double[]> Rows(DatasetDescription description, Correlations correlations)
    {
        int columns = description.Columns.Count;
        return Enumerable.Range(0, columns).Select(row => correlations.Matrix[(row * columns)..((row + 1) * columns)]);
    }

    static JsonNode? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;

    static string Shown(double value, TimeFormat? times = null) => double.IsNaN(value) ? "-" : Figures.Value(value, times);

    static string Rounded(double value) => double.IsNaN(value) ? "-" : value.ToString("0.000", CultureInfo.InvariantCulture);

    static string NameOf(double share) => (100 * share).ToString("0.##", CultureInfo.InvariantCulture) + " %";
}
