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
        Option<int> fits = new("--fits") { Description = "Timed fits of a process, after warming up.", DefaultValueFactory = _ => 3 };
        Option<int> rounds = new("--rounds") { Description = "Processes for each case; the cases of a series take turns.", DefaultValueFactory = _ => 1 };
        Option<string[]> series = new("--series")
        {
            Description = "What grows: rows, columns, files, row-groups, workers; one after the other, at most about three minutes each.",
            DefaultValueFactory = _ => All,
            AllowMultipleArgumentsPerToken = true,
        };
        series.AcceptOnlyFromAmong(All);
        var command = new Command("scale", "How time and memory grow with rows, columns, files, row groups and workers.") { output, rows, fits, rounds, series };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetValue(rows), parsed.GetValue(fits), parsed.GetValue(rounds), parsed.GetValue(series)!, parsed.GetValue(output)!, cancellation));
        return command;
    }

    /// <summary>The command that a process of its own runs.</summary>
    public static Command CreateFit()
    {
        Argument<string> estimator = new("estimator"), folder = new("folder"), warming = new("warming");
        Argument<int> workers = new("workers"), fits = new("fits");
        var command = new Command(FitCommand, "Fits in a process of its own; for the command scale.") { estimator, folder, warming, workers, fits };
        command.Hidden = true;
        command.SetAction(async (parsed, _) => Console.WriteLine((await ScaleOutcome.MeasureAsync(
            parsed.GetValue(estimator)!, parsed.GetValue(folder)!, parsed.GetValue(warming)!, parsed.GetValue(workers), parsed.GetValue(fits))).ToLine()));
        return command;
    }

    static async Task RunAsync(long rows, int fits, int rounds, string[] wanted, string output, CancellationToken cancellation)
    {
        var text = new StringBuilder(Introduction(rows, fits, rounds, wanted));
        ScaleOutcome[] costs = [];
        foreach (string title in wanted)
        {
            using var data = new ScaleData();
            ScaleCase[] cases = [.. CasesOf(title, data, rows)];
            Dictionary<(ScaleCase Case, string Estimator), List<ScaleOutcome>> outcomes = [];
            for (int round = 0; round < rounds; round++)
            {
                foreach ((ScaleCase one, string estimator) in cases.SelectMany(c => EstimatorsOf(title).Select(e => (c, e))))
                {
                    // What grows by rows is the same file many times, so that the least of it warms up all.
                    string warming = title == "rows" ? cases[0].Folder : one.Folder;
                    ScaleOutcome outcome = ScaleOutcome.Parse(await ChildProcess.RunAsync(
                        ChildProcess.OwnFits(FitCommand, estimator, one.Folder, warming, $"{one.Workers}", $"{fits}"), cancellation));
                    if (!outcomes.TryGetValue((one, estimator), out List<ScaleOutcome>? own))
                        outcomes.Add((one, estimator), own = []);

                    own.Add(outcome);
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture, $"{title}, {one.Name}: {estimator} {outcome.Seconds:F3} s, processor {outcome.Processor:F3} s, {outcome.PeakBytes / 1048576.0:F0} MiB"));
                }
            }

            Dictionary<(ScaleCase Case, string Estimator), ScaleOutcome> medians = outcomes.ToDictionary(o => o.Key, o => ScaleOutcome.Middle(o.Value));
            AppendTable(text, title, cases, medians);
            if (title == "workers")
                costs = [.. Estimators.Select(e => medians[(cases[0], e)])];

            // After every series, so that nothing is lost.
            ReportFile.Write(output, text + (costs.Length > 0 ? LargerMachines.Reckon(Estimators, costs, Columns) : ""));
        }
    }

    static string[] EstimatorsOf(string series) => series == "columns" ? [.. Estimators, .. OfPairs] : Estimators;

    static void AppendTable(
        StringBuilder text, string title, ScaleCase[] cases, Dictionary<(ScaleCase Case, string Estimator), ScaleOutcome> outcomes)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n| | estimator | rows | MB read | s | processor, s | ns per value | of the first | of what was added | peak, MiB |\n|---|---|---:|---:|---:|---:|---:|---:|---:|---:|\n");
        for (int i = 0; i < cases.Length; i++)
        {
            foreach (string estimator in EstimatorsOf(title))
            {
                ScaleOutcome outcome = outcomes[(cases[i], estimator)];
                double each = PerValue(outcome, cases[i]);
                string added = "";
                if (title == "rows" && i > 0)
                {
                    ScaleOutcome smaller = outcomes[(cases[i - 1], estimator)];
                    ScaleOutcome more = outcome with { Processor = outcome.Processor - smaller.Processor, Rows = outcome.Rows - smaller.Rows };
                    added = PerValue(more, cases[i]).ToString("F3", CultureInfo.InvariantCulture);
                }

                text.Append(
                    CultureInfo.InvariantCulture,
                    $"| {cases[i].Name} | `{estimator}` | {outcome.Rows:N0} | {outcome.Bytes / 1e6:F0} | {outcome.Seconds:F3} | {outcome.Processor:F3} | {each:F3} | {each / PerValue(outcomes[(cases[0], estimator)], cases[0]):F2} | {added} | {outcome.PeakBytes / 1048576.0:F0} |\n");
            }
        }
    }

    // Nanoseconds of processor time.
    static double PerValue(ScaleOutcome outcome, ScaleCase one) => outcome.Processor / outcome.Rows / one.Columns * 1e9;

    static IEnumerable<ScaleCase> CasesOf(string series, ScaleData data, long rows)
    {
        int all = Environment.ProcessorCount;
        switch (series)
        {
            case "rows":
                foreach (int times in new[] { 1, 3, 10, 30, 100 })
                    yield return new($"{times} x", data.Make(rows, Columns, RowGroupRows, times), Columns, all);

                break;
            case "columns":
                // Chunks alike in all, and some row groups in the widest, too: the memory of the first ones is used again.
                const long Values = 40_000_000, GroupRows = 10_000;
                const int Files = 8;
                foreach (int columns in new[] { 10, 100, 1000, 4000 })
                    yield return new($"{columns} columns", data.Make(Values / columns, columns, GroupRows, Files), columns, all);

                break;
            case "files":
                const long Rows = 4_000_000;
                foreach (int files in new[] { 1, 10, 100, 1000, 10_000 })
                    yield return new($"{files} files", data.Make(Rows / files, Columns, RowGroupRows, files), Columns, all);

                break;
            case "row-groups":
                foreach (long group in new[] { 1000, 10_000, 100_000, 1_000_000, 10_000_000 })
                    yield return new(string.Create(CultureInfo.InvariantCulture, $"{group:N0} rows each"), data.Make(10_000_000, 10, group), 10, all);

                break;
            case "workers":
                string folder = data.Make(rows, Columns, RowGroupRows, 4);
                for (int workers = 1; workers <= all; workers *= 2)
                    yield return new($"{workers} workers", folder, Columns, workers);

                break;
            default:
                throw new InvalidOperationException($"There is no series '{series}'.");
        }
    }

    static string Introduction(long rows, int fits, int rounds, string[] series) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        # How time and memory grow

        {Machine.Describe()}

        Every case ran in {rounds} processes of its own, all cases of a series by turns, in a runtime set as the command sets it: medians of {fits} fits after others that warm up (fewer
        where they take long), opening of the files included, page cache warm. ns per value are of the processor's time, that of all workers. The peak is that of the process up to the first timed fit. Files are Snappy, every other column with a dictionary, {Columns} columns and row groups of
        {RowGroupRows:N0} rows where nothing else is said; those that grow by columns have row groups of 10,000 rows, those that grow by row groups 10 columns. "of the first" is the time per value in units of the first case with that estimator: 1.00 is linear;
        "of what was added" is the time per value of the rows that a case has beyond the one before, so that what every fit takes once - opening, planning, memory that is used for the first time - is no part of it. Of `ridge` and
        `incremental-pca` (8 components) the time per value grows with the columns, as they sum products of pairs. `sgd-classifier` learns by scikit-learn's schedule `optimal`.

        ```sh
        dotnet run -c Release --project tests/Streaming.Benchmarks -- scale --series {string.Join(' ', series)} --rows {rows} --fits {fits} --rounds {rounds} --output FILE.md
        ```

        """);

    /// <summary>A case of a series.</summary>
    /// <param name="Name">What it is called in the table.</param>
    /// <param name="Folder">The data.</param>
    /// <param name="Columns">Features of them.</param>
    /// <param name="Workers">Workers.</param>
    sealed record ScaleCase(string Name, string Folder, int Columns, int Workers);
}
