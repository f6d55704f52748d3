using System.Globalization;
using System.Net;
using System.Text;

namespace Streaming.Benchmarks.Peers;

/// <summary>The speeds as bars: a panel per job, each on a scale of its own from 0 to its fastest.</summary>
static class PeersChart
{
    /// <summary>The file's name.</summary>
    public const string FileName = "peers.svg";

    const int Bar = 18, Gap = 4, Head = 34, LabelWidth = 360, BarWidth = 380, Width = LabelWidth + BarWidth + 150;

    /// <summary>The chart of one set of data.</summary>
    public static string Of(IReadOnlyList<PeerRow> rows)
    {
        var bars = new StringBuilder();
        int y = 30;
        foreach (var job in rows.Where(r => r.Seconds != null).GroupBy(r => r.Job))
        {
            double fastest = job.Max(Speed);
            bars.Append(CultureInfo.InvariantCulture, $"<text x=\"10\" y=\"{y + 18}\" class=\"head\">{Escape(job.Key.Title)}</text>\n");
            y += Head;
            foreach (PeerRow row in job)
            {
                string name = $"{row.Contender.LibraryName} {row.Contender.Method}, {row.Input}";
                double width = Speed(row) / fastest * BarWidth;
                bars.Append(CultureInfo.InvariantCulture, $"<text x=\"{LabelWidth - 8}\" y=\"{y + 13}\" class=\"name\">{Escape(name)}</text>");
                bars.Append(CultureInfo.InvariantCulture, $"<rect x=\"{LabelWidth}\" y=\"{y}\" width=\"{width:F1}\" height=\"{Bar}\" class=\"{Class(row)}\"/>");
                bars.Append(CultureInfo.InvariantCulture, $"<text x=\"{LabelWidth + width + 6:F1}\" y=\"{y + 13}\" class=\"value\">{Speed(row):F2} Mrow/s</text>\n");
                y += Bar + Gap;
            }
        }

        // A background of its own, as pages are dark or light.
        return string.Create(CultureInfo.InvariantCulture, $$"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{{Width}}" height="{{y + 10}}" viewBox="0 0 {{Width}} {{y + 10}}" font-family="sans-serif" font-size="12">
            <style>.head { font-weight: bold; font-size: 14px } .name { text-anchor: end } .ours { fill: #1f6fb4 } .theirs { fill: #b8bec6 } .computed { fill: #dfe3e8 }</style>
            <rect width="100%" height="100%" fill="#ffffff"/>
            <text x="10" y="20">Millions of rows per second from the rows to the model ({{Escape(rows[0].Set)}}, {{rows[0].Rows:N0}} rows); longer is faster</text>
            {{bars}}</svg>

            """);
    }

    static double Speed(PeerRow row) => row.Rows / row.Seconds!.Value / 1e6;

    static string Class(PeerRow row) =>
        row.ComputedScan > 0 ? "computed" : row.Contender.Library == PeerLibrary.Streaming ? "ours" : "theirs";

    static string Escape(string text) => WebUtility.HtmlEncode(text);
}
