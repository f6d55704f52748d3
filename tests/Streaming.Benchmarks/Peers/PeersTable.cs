using System.Globalization;
using System.Text;

namespace Streaming.Benchmarks.Peers;

/// <summary>The results as Markdown.</summary>
static class PeersTable
{
    /// <summary>The page.</summary>
    /// <param name="rows">The results.</param>
    /// <param name="command">The command that gave them.</param>
    /// <param name="machine">What they ran on.</param>
    public static string Of(IReadOnlyList<PeerRow> rows, string command, string machine)
    {
        var text = new StringBuilder($"""
            # From the same rows to a model, beside what people use

            {machine}

            Every contender ran in a process of its own. "First" is the first fit of that process, with compiling and all; "again" the median of
            the fits after it (if they took no more than 20 s together), "processor" its processor time; "memory" the most that the process held. The page cache was warm.
            Ours are run with their defaults, in a runtime set as the command sets it (no concurrent collector, no profiles). scikit-learn goes over the rows once by `partial_fit`; "arrays in memory" is its best case, as the
            arrays were there before the clock started (yet count as memory). Rows marked as computed add DuckDB's measured scan of the same Parquet file
            to that: what a perfect hand-over from Parquet would take. ML.NET makes one iteration where that can be set, and L-BFGS its own number; its
            binary file was written before, and rows are cached for trainers that go over them more than once. DuckDB's sums are no model, but the ceiling
            of what a scan allows. The quality is judged by one judge, from coefficients, centres or directions, on rows that were held out.
            "x" is the time in units of our first line. SGDClassifier runs with its defaults, and with a constant
            step that serves it better here (in memory only, as time does not depend on it). Features are standardised in the files, so that nobody spends time on that.

            ```sh
            {command}
            ```

            ![Speed by job]({PeersChart.FileName})

            """);
        foreach (var job in rows.GroupBy(r => (r.Set, r.Rows, r.Job)))
        {
            (string set, long count, PeerJob what) = job.Key;
            text.Append(CultureInfo.InvariantCulture, $"\n## {what.Title}: {set}, {count:N0} rows\n\n");
            text.Append(CultureInfo.InvariantCulture, $"| library | method | rows from | first, s | again, s | processor, s | Mrow/s | x | {what.Measure} | memory, MiB |\n");
            text.Append("|---|---|---|---:|---:|---:|---:|---:|---:|---:|\n");
            double? ours = job.First().Seconds;
            foreach (PeerRow row in job)
                Append(text, row, ours);
        }

        text.Append("\n## Versions\n\n");
        foreach (string remark in rows.Select(r => r.Outcome?.Remark).OfType<string>().Distinct())
            text.Append(CultureInfo.InvariantCulture, $"- {remark}\n");

        return text.ToString();
    }

    static void Append(StringBuilder text, PeerRow row, double? ours)
    {
        text.Append(CultureInfo.InvariantCulture, $"| {row.Contender.LibraryName} | `{row.Contender.Method}` | {row.Input} |");
        if (row.Outcome is not { } outcome)
        {
            text.Append(CultureInfo.InvariantCulture, $" did not run: {row.Quality.Replace('|', '/')} | | | | | | |\n");
            return;
        }

        double seconds = row.Seconds!.Value, scan = row.ComputedScan;
        string memory = scan > 0 ? "-" : (outcome.PeakBytes / 1048576.0).ToString("F0", CultureInfo.InvariantCulture);
        string processor = scan > 0 ? "-" : outcome.ProcessorAgain.ToString("F3", CultureInfo.InvariantCulture);
        text.Append(CultureInfo.InvariantCulture, $" {outcome.First + scan:F3} | {seconds:F3} | {processor} | {row.Rows / seconds / 1e6:F2} | {seconds / ours:F2} | {row.Quality} | {memory} |\n");
    }
}
