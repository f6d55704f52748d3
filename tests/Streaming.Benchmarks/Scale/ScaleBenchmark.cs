using System.CommandLine;
using System.Globalization;
using System.Text;

namespace Streaming.Benchmarks.Scale;

/// <summary>How time and memory grow with rows, columns, files, row groups and workers; and, reckoned from that, where the bottleneck moves on larger machines.</summary>
static class ScaleBenchmark
{
    const string FitCommand = "scale-fit";
    const int Columns = 28;
    const int RowGroupRows = 122_880;

    static readonly string[] All = ["rows", "columns", "files", "row-groups", "workers"];

    // One that any worker sums, and one that learns row by row: their cost is linear in rows and columns.
    static readonly string[] Estimators = ["gaussian-nb", "sgd-classifier"];

    // Their cost per value grows with the columns: products of all pairs.
    static readonly string[] OfPairs = ["ridge", "incremental-pca"];

    /// <summary>The command <c>scale</c>.</summary>
    public static Command Create()
    {
        Option<string> output = new("--output") { Description = "The Markdown file to write.", Required = true };
        Option<long> rows = new("--rows") { Description = "Rows of the smallest of the sets that grow by rows.", DefaultValueFactory = _ => 2_000_000 };
        Option<int> fits = new("--fits") { Description = "Timed fits of each case, after warming up.", DefaultValueFactory = _ => 3 };
        Option<string[]> series = new("--series")
        {
            Description = "What grows: rows, columns, files, row-groups, workers; one after the other, at most about three minutes each.",
            DefaultValueFactory = _ => All,
            AllowMultipleArgumentsPerToken = true,
        };
        series.AcceptOnlyFromAmong(All);
        var command = new Command("scale", "How time and memory grow with rows, columns, files, row groups and workers.") { output, rows, fits, series };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetValue(rows), parsed.GetValue(fits), parsed.GetValue(series)!, parsed.GetValue(output)!, cancellation));
        return command;
    }

    /// <summary>The command that a process of its own runs.</summary>
    public static Command CreateFit()
    {
        Argument<string> estimator = new("estimator"), folder = new("folder");
        Argument<int> workers = new("workers"), fits = new("fits");
        var command = new Command(FitCommand, "Fits in a process of its own; for the command scale.") { estimator, folder, workers, fits };
        command.Hidden = true;
        command.SetAction(async (parsed, _) => Console.WriteLine((await ScaleOutcome.MeasureAsync(
            parsed.GetValue(estimator)!, parsed.GetValue(folder)!, parsed.GetValue(workers), parsed.GetValue(fits))).ToLine()));
        return command;
    }

    static async Task RunAsync(long rows, int fits, string[] wanted, string output, CancellationToken cancellation)
    {
        var text = new StringBuilder(Introduction(rows, fits, wanted));
        ScaleOutcome[]? costs = null;
        foreach (string title in wanted)
        {
            using var data = new ScaleData();
            text.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n| | estimator | rows | MB read | s | processor, s | ns per value | of the first | of what was added | peak, MiB |\n|---|---|---:|---:|---:|---:|---:|---:|---:|---:|\n");
            var first = new Dictionary<string, double>();
            var before = new Dictionary<string, ScaleOutcome>();
            foreach ((string name, string folder, int columns, int workers) in CasesOf(title, data, rows))
            {
                foreach (string estimator in title == "columns" ? [.. Estimators, .. OfPairs] : Estimators)
                {
                    ScaleOutcome outcome = ScaleOutcome.Parse(await ChildProcess.RunAsync(
                        ChildProcess.OwnFits(FitCommand, estimator, folder, $"{workers}", $"{fits}"), cancellation));
                    double each = outcome.Seconds / outcome.Rows / columns * 1e9;
                    first.TryAdd(estimator, each);
                    string added = before.TryGetValue(estimator, out ScaleOutcome? smaller) && title == "rows"
                        ? ((outcome.Seconds - smaller.Seconds) / (outcome.Rows - smaller.Rows) / columns * 1e9).ToString("F3", CultureInfo.InvariantCulture)
                        : "";
                    before[estimator] = outcome;
                    text.Append(
                        CultureInfo.InvariantCulture,
                        $"| {name} | `{estimator}` | {outcome.Rows:N0} | {outcome.Bytes / 1e6:F0} | {outcome.Seconds:F3} | {outcome.Processor:F3} | {each:F3} | {each / first[estimator]:F2} | {added} | {outcome.PeakBytes / 1048576.0:F0} |\n");
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{title}, {name}: {estimator} {outcome.Seconds:F3} s, {outcome.PeakBytes / 1048576.0:F0} MiB"));
                    if (title == "workers" && workers == 1)
                        costs = [.. costs ?? [], outcome];
                }
            }

            // After every series, so that nothing is lost.
            string reckoned = costs != null ? LargerMachines.Reckon(Estimators, costs, Columns) : "";
            ReportFile.Write(output, text + reckoned);
        }
    }

    static IEnumerable<(string Name, string Folder, int Columns, int Workers)> CasesOf(string series, ScaleData data, long rows)
    {
        int all = Environment.ProcessorCount;
        switch (series)
        {
            case "rows":
                foreach (int times in new[] { 1, 3, 10, 30, 100 })
                    yield return ($"{times} x", data.Make(rows, Columns, RowGroupRows, times), Columns, all);

                break;
            case "columns":
                // Chunks alike in all, and some row groups in the widest, too: the memory of the first ones is used again.
                const long Values = 40_000_000, GroupRows = 10_000;
                const int Files = 8;
                foreach (int columns in new[] { 10, 100, 1000, 4000 })
                    yield return ($"{columns} columns", data.Make(Values / columns, columns, GroupRows, Files), columns, all);

                break;
            case "files":
                const long Rows = 4_000_000;
                foreach (int files in new[] { 1, 10, 100, 1000, 10_000 })
                    yield return ($"{files} files", data.Make(Rows / files, Columns, RowGroupRows, files), Columns, all);

                break;
            case "row-groups":
                foreach (long group in new[] { 1000, 10_000, 100_000, 1_000_000, 10_000_000 })
                    yield return (string.Create(CultureInfo.InvariantCulture, $"{group:N0} rows each"), data.Make(10_000_000, 10, group), 10, all);

                break;
            case "workers":
                string folder = data.Make(rows, Columns, RowGroupRows, 4);
                for (int workers = 1; workers <= all; workers *= 2)
                    yield return ($"{workers} workers", folder, Columns, workers);

                break;
            default:
                throw new InvalidOperationException($"There is no series '{series}'.");
        }
    }

    static string Introduction(long rows, int fits, string[] series) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        # How time and memory grow

        {Machine.Describe()}

        Every case ran in a process of its own, in a runtime set as the command sets it: medians of {fits} fits after others that warm up (where they take long, fewer,
        or the first one), opening of the files included, page cache warm. Files are Snappy, every other column with a dictionary, {Columns} columns and row groups of
        {RowGroupRows:N0} rows where nothing else is said; those that grow by columns have row groups of 10,000 rows, those that grow by row groups 10 columns. "of the first" is the time per value in units of the first case with that estimator: 1.00 is linear;
        "of what was added" is the time per value of the rows that a case has beyond the one before, so that what every fit takes once - opening, planning, memory that is used for the first time - is no part of it. Of `ridge` and
        `incremental-pca` (8 components) the time per value grows with the columns, as they sum products of pairs. `sgd-classifier` learns by scikit-learn's schedule `optimal`.

        ```sh
        dotnet run -c Release --project tests/Streaming.Benchmarks -- scale --series {string.Join(' ', series)} --rows {rows} --fits {fits} --output FILE.md
        ```

        """);
}
