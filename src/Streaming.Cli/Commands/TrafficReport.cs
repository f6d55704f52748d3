using System.Globalization;
using System.Text.Json.Nodes;
using Streaming.Cli.Output;
using Streaming.Learning.Data;
using Streaming.Storage.S3;

namespace Streaming.Cli.Commands;

/// <summary>What a run asked of S3: part of its report.</summary>
/// <param name="traffic">The requests.</param>
/// <param name="datasets">The data that were read.</param>
/// <param name="elapsed">How long the run took.</param>
sealed class TrafficReport(S3Traffic traffic, IEnumerable<Dataset?> datasets, TimeSpan elapsed)
{
    // What was fetched and nobody read: gaps between columns, pages that were passed over, answers that broke off.
    readonly long wasted = Math.Max(0, traffic.BytesReceived - datasets.Sum(d => d?.RemoteBytesRead ?? 0));

    double BytesPerSecond => traffic.BytesReceived / elapsed.TotalSeconds;

    /// <summary>The report for programs.</summary>
    public JsonObject ToJson() => new()
    {
        ["requests"] = traffic.Requests,
        ["gets"] = traffic.Gets,
        ["bytes_received"] = traffic.BytesReceived,
        ["bytes_wasted"] = wasted,
        ["bytes_sent"] = traffic.BytesSent,
        ["retries"] = traffic.Retries,
        ["restarts"] = traffic.Restarts,
        ["bytes_per_second"] = BytesPerSecond,
        ["request_cost_dollars"] = traffic.Dollars,
    };

    /// <summary>The report for people.</summary>
    public override string ToString()
    {
        string again = traffic.Retries + traffic.Restarts > 0
            ? $", {Figures.Count(traffic.Retries)} retried, {Figures.Count(traffic.Restarts)} restarted"
            : "";
        string cost = traffic.Dollars.ToString("0.######", CultureInfo.InvariantCulture);
        return $"{Figures.Count(traffic.Requests, "request")}{again}, {Figures.Bytes(traffic.BytesReceived)} received ({Figures.Bytes(wasted)} of it in vain), "
            + $"{Figures.Bytes((long)BytesPerSecond)}/s; the requests cost about ${cost}";
    }
}
