using System.Globalization;
using System.Text.Json.Nodes;
using Streaming.Cli.Output;
using Streaming.Learning.Training.Planning;
using Streaming.Storage.S3;

namespace Streaming.Cli.Commands;

/// <summary>What <c>plan</c> tells.</summary>
/// <param name="estimator">Name of the estimator.</param>
/// <param name="plan">The plan.</param>
sealed class PlanReport(string estimator, TrainingPlan plan)
{
    // A listing; and whether the name is that of an object, the footers, and the passes. The first rows may take some more.
    const int Listings = 1;

    readonly bool isRemote = plan.RemoteFiles > 0;
    readonly long gets = 1 + plan.RemoteFiles + plan.Passes.Sum(p => p.Least * p.Requests.Count);

    double Dollars => S3Traffic.CostOf(gets, Listings);

    /// <summary>The report for programs; its keys are part of the command's contract.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["estimator"] = estimator,
            ["files"] = plan.Files,
            ["row_groups"] = plan.RowGroups,
            ["rows"] = plan.Rows,
            ["rows_to_read"] = plan.RowsToRead,
            ["features"] = plan.Features,
        };
        if (plan.Classes is { } classes)
            json["classes"] = classes;

        json["partitions"] = plan.Partitions;
        json["workers"] = plan.Workers;
        json["memory_budget_bytes"] = plan.Budget;
        json["planned_bytes"] = plan.Bytes;
        json["footer_bytes"] = plan.FooterBytes;
        json["runtime_share_bytes"] = PeakMemory.RuntimeShare;
        json["fits"] = plan.Bytes <= plan.Budget;
        if (isRemote)
            json["s3"] = new JsonObject { ["requests"] = gets + Listings, ["request_cost_dollars"] = Dollars };

        if (plan.Cache is { } cache)
        {
            json["cache"] = new JsonObject
            {
                ["used"] = cache.IsUsed,
                ["reason"] = cache.Reason,
                ["folder"] = cache.Folder,
                ["most_bytes"] = cache.Bytes,
                ["limit_bytes"] = cache.MostBytes,
                ["passes_at_least"] = cache.Passes,
                ["decoding_seconds"] = cache.Decoding.TotalSeconds,
                ["reading_seconds"] = cache.Reading.TotalSeconds,
            };
        }

        json["passes"] = new JsonArray([.. plan.Passes.Select(ToJson)]);
        return json;
    }

    static JsonObject ToJson(PlannedPass pass) => new()
    {
        ["purpose"] = pass.Purpose,
        ["at_least"] = pass.Least,
        ["at_most"] = pass.Most,
        ["rows"] = pass.Rows,
        ["bytes_to_read"] = pass.Requests.Bytes,
        ["requests"] = pass.Requests.Count,
        ["open_partitions"] = pass.Memory.OpenPartitions,
        ["tiles_ahead"] = pass.Memory.Depth,
        ["reader_bytes"] = pass.Memory.Readers,
        ["tile_bytes"] = pass.Memory.Tiles,
        ["shuffle_bytes"] = pass.Memory.Shuffle,
        ["fetch_bytes"] = pass.Memory.Fetch,
        ["state_bytes"] = pass.Memory.States,
        ["total_bytes"] = pass.Memory.Total,
    };

    /// <summary>The report for people.</summary>
    public void Write(CommandConsole console)
    {
        string ruledOut = plan.RowsToRead < plan.Rows ? $" of {Figures.Count(plan.Rows)}; statistics rule the others out" : "";
        string classes = plan.Classes is { } count ? $", {Figures.Count(count, "class")}" : "";
        Tables.WriteFacts(console,
        [
            ("estimator", estimator),
            ("reads", $"{Figures.Count(plan.RowsToRead, "row")}{ruledOut} in {Figures.Count(plan.RowGroups, "row group")} of {Figures.Count(plan.Files, "file")}"),
            ("learns", $"{Figures.Count(plan.Features, "feature")}{classes}"),
            ("runs", $"{Figures.Count(plan.Partitions, "partition")} on {Figures.Count(plan.Workers, "worker")}"),
            .. plan.Cache is { } cache ? new[] { ("cache", CacheText(cache)) } : [],
            .. isRemote ? new[] { ("s3", $"{Figures.Count(gets + Listings, "request")} at least; they cost about ${Dollars.ToString("0.######", CultureInfo.InvariantCulture)}") } : [],
        ]);
        Tables.Write(
            console,
            "Passes, and the memory that each takes",
            ["pass", "times", "reads", "requests", "open partitions", "tiles ahead", "columns", "tiles", "shuffled blocks", "fetched ahead", "states", "total"],
            [.. plan.Passes.Select(CellsOf)],
            areNumbers: true);
        console.Out.WriteLine();
        Tables.WriteFacts(console,
        [
            ("footers", Figures.Bytes(plan.FooterBytes)),
            ("memory", $"{Figures.Bytes(plan.Bytes)} of a budget of {Figures.Bytes(plan.Budget)}{(plan.Bytes <= plan.Budget ? "" : ": it does not fit")}"),
            ("beside it", $"{Figures.Bytes(PeakMemory.RuntimeShare)} at most for the runtime and its code"),
        ]);
    }

    static string CacheText(CachePlan cache)
    {
        string times = $"a pass takes one thread about {Figures.Duration(cache.Reading)} from it, {Figures.Duration(cache.Decoding)} by decoding";
        return cache.IsUsed
            ? $"yes, {cache.Reason}: {times}; {Figures.Bytes(cache.Bytes)} at most, of {Figures.Bytes(cache.MostBytes)} that may be taken in {cache.Folder}"
            : $"no, {cache.Reason}{(cache.Passes > 1 ? $": {times}" : "")}";
    }

    static string[] CellsOf(PlannedPass pass) =>
    [
        pass.Purpose,
        pass.Most == pass.Least ? Figures.Count(pass.Least) : pass.Most is { } most ? $"{Figures.Count(pass.Least)} to {Figures.Count(most)}" : $"at least {Figures.Count(pass.Least)}",
        Figures.Bytes(pass.Requests.Bytes),
        Figures.Count(pass.Requests.Count),
        Figures.Count(pass.Memory.OpenPartitions),
        pass.Memory.Depth > 0 ? Figures.Count(pass.Memory.Depth) : "",
        Figures.Bytes(pass.Memory.Readers),
        Figures.Bytes(pass.Memory.Tiles),
        pass.Memory.Shuffle > 0 ? Figures.Bytes(pass.Memory.Shuffle) : "",
        pass.Memory.Fetch > 0 ? Figures.Bytes(pass.Memory.Fetch) : "",
        Figures.Bytes(pass.Memory.States),
        Figures.Bytes(pass.Memory.Total),
    ];
}
