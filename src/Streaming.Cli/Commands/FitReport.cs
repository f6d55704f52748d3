using System.Globalization;
using System.Text.Json.Nodes;
using Streaming.Cli.Output;
using Streaming.Learning.Data;
using Streaming.Learning.Models;
using Streaming.Learning.Training;
using Streaming.Storage;

namespace Streaming.Cli.Commands;

/// <summary>What <c>fit</c> tells when it is done.</summary>
sealed class FitReport
{
    readonly FitResult result;
    readonly string? path;
    readonly string? sha256;
    readonly TrafficReport? traffic;

    /// <summary>Creates the report of a run.</summary>
    /// <param name="result">What came of it.</param>
    /// <param name="path">Where the model has been saved; null where it was not.</param>
    /// <param name="store">Where files are.</param>
    /// <param name="datasets">The data that were read.</param>
    public FitReport(FitResult result, string? path, FileStore store, IEnumerable<Dataset?> datasets)
    {
        // Before the model is read again.
        traffic = store.Traffic is { } requests ? new TrafficReport(requests, datasets, result.Elapsed) : null;
        this.result = result;
        this.path = path;
        sha256 = path == null ? null : OutputFile.Sha256(path, store);
    }

    ModelHeader Header => result.Model.Header;

    string Shares
    {
        get
        {
            double all = Math.Max(double.Epsilon, result.Work.ByKind.Sum(t => t.Time.TotalSeconds));
            return string.Join(", ", result.Work.ByKind.Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Kind} {100 * t.Time.TotalSeconds / all:0} %")));
        }
    }

    double RowsPerSecond => result.RowsUsed / result.Elapsed.TotalSeconds;

    /// <summary>The report for programs; its keys are part of the command's contract.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["estimator"] = Header.Estimator,
            ["rows"] = Header.Summary.Rows,
            ["rows_rejected"] = result.RowsRejected,
            ["rejected"] = RowReport.ToJson(result.Rejected),
            ["rows_filtered"] = result.RowsFiltered,
            ["rows_held_out"] = result.RowsHeldOut,
            ["features"] = JsonText.Array(Header.Features),
        };
        if (Header.Target is { } target)
            json["target"] = target.Name;

        json["epochs"] = Header.Summary.Epochs;
        json["passes"] = result.Passes;
        json["partitions"] = Header.Summary.Partitions;
        json["seconds"] = result.Elapsed.TotalSeconds;
        json["rows_per_second"] = RowsPerSecond;
        json["bytes_read"] = result.BytesRead;
        json["planned_bytes"] = result.PlannedBytes;
        json["peak_buffer_bytes"] = result.PeakBufferBytes;
        json["peak_rss_bytes"] = PeakMemory.Bytes();
        json["runtime_share_bytes"] = PeakMemory.RuntimeShare;
        json["bounded_by"] = result.Work.BoundedBy;
        json["worker_seconds"] = new JsonObject([.. result.Work.ByKind.Select(t => KeyValuePair.Create(t.Kind, (JsonNode?)t.Time.TotalSeconds))]);
        if (result.Cache is { } cache)
        {
            json["cache"] = new JsonObject
            {
                ["folder"] = cache.Folder,
                ["bytes_written"] = cache.BytesWritten,
                ["bytes_read"] = cache.BytesRead,
                ["partitions_read"] = cache.PartitionsRead,
            };
        }

        if (traffic != null)
            json["s3"] = traffic.ToJson();

        if (path != null)
        {
            json["model"] = path;
            json["model_sha256"] = sha256;
        }

        json["scored_on"] = result.Scores.On;
        json["scored_rows"] = result.Scores.Rows;
        if (result.Scores.On == Scores.Validation)
            json["validation_rejected"] = RowReport.ToJson(result.Scores.Rejected);

        json["metrics"] = MetricReport.ToJson(result.Metrics);
        if (result.History.Count > 0)
            json["history"] = new JsonArray([.. result.History.Select(e => EpochToJson(e))]);

        if (result.Candidates.Count > 0)
            json["candidates"] = CandidateReport.ToJson(result.Candidates);

        if (result.Remarks.Count > 0)
            json["remarks"] = JsonText.Array(result.Remarks);

        return json;
    }

    /// <summary>The report for people.</summary>
    public void Write(CommandConsole console)
    {
        TrainingSummary summary = Header.Summary;
        string heldOut = result.RowsHeldOut > 0 ? $", {Figures.Count(result.RowsHeldOut)} held out" : "";
        string leftOut = RowReport.LeftOut(result.RowsFiltered, result.Rejected);
        string target = Header.Target is { } t ? $" -> {t.Name}" : "";
        Tables.WriteFacts(console,
        [
            ("estimator", Header.Estimator),
            ("learned from", $"{Figures.Count(summary.Rows, "row")}{heldOut}{leftOut}; {Figures.Count(Header.Features.Count, "feature")}{target}"),
            ("time", $"{Figures.Duration(result.Elapsed)} for {Figures.Count(result.Passes, "pass")}, {Figures.Rate(RowsPerSecond)} rows/s"),
            ("read", Figures.Bytes(result.BytesRead)),
            .. result.Cache is { } cache ? new[] { ("cache", CacheText(cache)) } : [],
            .. traffic == null ? [] : new[] { ("s3", traffic.ToString()) },
            ("bounded by", $"{result.Work.BoundedBy} (workers' time: {Shares})"),
            ("peak memory", $"{Figures.Bytes(PeakMemory.Bytes())}, of it {Figures.Bytes(result.PeakBufferBytes)} for data (planned: {Figures.Bytes(result.PlannedBytes)})"),
            .. path != null ? [("model", $"{path} (SHA-256 {sha256![..16]}…)")] : Array.Empty<(string, string)>(),
            .. result.Remarks.Select(r => ("remark", r)),
        ]);
        if (result.History.Count > 1)
            WriteHistory(console);

        string rows = result.Scores.On == Scores.Holdout ? "held-out rows" : $"{result.Scores.On} rows";
        if (result.Candidates.Count > 0)
            CandidateReport.Write(console, $"Models tried, on {Figures.Count(result.Scores.Rows)} {rows}", result.Candidates);

        MetricReport.Write(
            console, $"Scores on {Figures.Count(result.Scores.Rows)} {rows}{RowReport.LeftOut(0, result.Scores.Rejected)}", result.Metrics);
    }

    static string CacheText(CacheUse cache) =>
        $"{Figures.Bytes(cache.BytesRead)} read from it for {Figures.Count(cache.PartitionsRead, "partition")}, {Figures.Bytes(cache.BytesWritten)} written to {cache.Folder}";

    void WriteHistory(CommandConsole console)
    {
        string[] metrics = [.. result.History[0].Scores.Metrics.Where(m => m.Class == null).Select(m => m.Name)];
        string progressive = result.History[0].Progressive is { } told ? $"{told.Name} while learning" : "";
        Tables.Write(
            console,
            "Epochs",
            ["epoch", .. progressive.Length > 0 ? [progressive] : Array.Empty<string>(), .. metrics],
            [.. result.History.Select(e => (string[])
            [
                Figures.Count(e.Epoch),
                .. e.Progressive is { } p ? [Figures.Value(p.Value)] : Array.Empty<string>(),
                .. metrics.Select(name => Figures.Value(e.Scores.Metrics.First(m => m.Name == name && m.Class == null).Value)),
            ])],
            areNumbers: true);
    }

    static JsonObject EpochToJson(EpochScore epoch)
    {
        var json = new JsonObject { ["epoch"] = epoch.Epoch };
        if (epoch.Progressive is { } progressive)
            json["progressive"] = MetricReport.ToJson([progressive]);

        json["metrics"] = MetricReport.ToJson(epoch.Scores.Metrics);
        return json;
    }
}
