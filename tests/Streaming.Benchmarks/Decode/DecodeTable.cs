using System.Globalization;
using System.Text;

namespace Streaming.Benchmarks.Decode;

/// <summary>The results as Markdown, one table per number of threads, written anew after every case so that nothing is lost.</summary>
sealed class DecodeTable(string path, string introduction, IReadOnlyList<Peer> peers, IReadOnlyList<int> threads)
{
    readonly List<(DecodeCase Case, long Rows, long FileBytes, IReadOnlyDictionary<int, Outcome> Outcomes)> rows = [];

    /// <summary>Adds a case and writes the file.</summary>
    public void Add(DecodeCase wanted, long rowCount, long fileBytes, IReadOnlyDictionary<int, Outcome> outcomes)
    {
        rows.Add((wanted, rowCount, fileBytes, outcomes));
        var text = new StringBuilder(introduction);
        foreach (int n in threads)
            Append(text, n);

        ReportFile.Write(path, text.ToString());
    }

    void Append(StringBuilder text, int n)
    {
        bool hasScaling = n > 1 && threads.Contains(1);
        text.Append(CultureInfo.InvariantCulture, $"\n## {n} thread{(n == 1 ? "" : "s")}\n\n");
        text.Append("| data | type | nulls | codec | rows | MB | Mrow/s |");
        foreach (Peer peer in peers)
            text.Append(CultureInfo.InvariantCulture, $" {peer.Name} | x {peer.Name} |");

        text.Append(" goal | of goal | Parquet.Net's goal | of goal |");
        text.Append(hasScaling ? " x 1 thread |\n|" : "\n|");
        text.Append("---|---|---|---|---:|---:|---:|");
        text.Insert(text.Length, "---:|", (2 * peers.Count) + (hasScaling ? 5 : 4));
        text.Append('\n');
        foreach (var row in rows)
        {
            Outcome outcome = row.Outcomes[n];
            DecodeCase c = row.Case;
            text.Append(CultureInfo.InvariantCulture, $"| {c.Kind.ToString().ToLowerInvariant()} | {(c.IsFloat ? "float32" : "float64")} ");
            text.Append(CultureInfo.InvariantCulture, $"| {DecodeCase.Describe(c.Nulls)} | {c.Codec} | {row.Rows:N0} | {row.FileBytes / 1e6:F0} | {Speed(row.Rows, outcome.Seconds)} |");
            foreach (Standing peer in outcome.Peers)
                text.Append(CultureInfo.InvariantCulture, $" {Speed(row.Rows, peer.Seconds)} | {peer.Ratio:F2} |");

            AppendGoal(text, "DuckDB", outcome, c.Goal);
            AppendGoal(text, "Parquet.Net", outcome, c.ParquetNetGoal);
            if (hasScaling)
                text.Append(CultureInfo.InvariantCulture, $" {row.Outcomes[1].Seconds / outcome.Seconds:F2} |");

            text.Append('\n');
        }
    }

    void AppendGoal(StringBuilder text, string name, Outcome outcome, double goal)
    {
        double ratio = outcome.Peers[peers.ToList().FindIndex(p => p.Name == name)].Ratio;
        text.Append(CultureInfo.InvariantCulture, $" {goal} | {ratio / goal:P0} |");
    }

    static string Speed(long rows, double seconds) => (rows / seconds / 1e6).ToString("F1", CultureInfo.InvariantCulture);
}
