using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Streaming.Learning.Data;
using Streaming.Learning.Passes;
using Streaming.Learning.State;
using Streaming.Learning.Training;

namespace Streaming.Benchmarks.Scale;

/// <summary>
/// What the runtime itself costs: a pass that does nothing with its tiles beside bare decoding of the same columns on as many threads; and
/// what a second worker brings, beside what a second thread brings to bare decoding on this machine.
/// </summary>
static class RuntimeOverhead
{
    // From much decoding to next to none: the less it takes, the more the runtime's own cost shows.
    static readonly (string Type, string Codec)[] Files = [("DOUBLE", "zstd"), ("DOUBLE", "snappy"), ("FLOAT", "uncompressed")];

    /// <summary>The command <c>overhead</c>.</summary>
    public static Command Create()
    {
        Option<long> rows = new("--rows") { Description = "Rows of a file.", DefaultValueFactory = _ => 5_000_000 };
        Option<int> repetitions = new("--repetitions") { Description = "Repetitions.", DefaultValueFactory = _ => 11 };
        Option<string> output = new("--output") { Description = "The Markdown file to write.", Required = true };
        var command = new Command("overhead", "Measures the runtime's own cost, and what two workers bring.") { rows, repetitions, output };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(rows), parsed.GetValue(repetitions), parsed.GetValue(output)!));
        return command;
    }

    static async Task RunAsync(long rows, int repetitions, string output)
    {
        var text = new StringBuilder(Introduction(rows, repetitions));
        foreach ((string type, string codec) in Files)
        {
            using Dataset data = Dataset.Open(BenchmarkData.Real(rows, type, codec));
            ColumnSelection columns = ColumnSelection.Resolve(data, ["c*"], [], null, null);
            var rounds = new List<Round>();

            // The first round warms everything up.
            for (int i = 0; i <= repetitions; i++)
                rounds.Add(await Round.RunAsync(data, columns));

            text.Append(Row($"{type.ToLowerInvariant()} {codec}", rows, rounds[1..]));
        }

        Console.Write(text);
        ReportFile.Write(output, text.ToString());
    }

    static string Row(string name, long rows, List<Round> rounds)
    {
        double Middle(Func<Round, double> of) => Median.Of(rounds.Select(of));

        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {rows / Middle(r => r.Bare1.Seconds) / 1e6:F1} | {Middle(r => r.Pass1.Seconds / r.Bare1.Seconds) - 1:P1} | {Middle(r => r.Pass1.Processor / r.Bare1.Processor) - 1:P1} | {Middle(r => r.Pass2.Seconds / r.Bare2.Seconds) - 1:P1} | {Middle(r => r.Pass2.Processor / r.Bare2.Processor) - 1:P1} | {Middle(r => r.Pass1.Seconds / r.Pass2.Seconds):F2} | {Middle(r => r.Bare1.Seconds / r.Bare2.Seconds):F2} |\n");
    }

    static string Introduction(long rows, int repetitions) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        # The runtime's own cost

        A pass that does nothing with its tiles (partitions, work items, checks of every value, ledger, progress) beside bare decoding: threads that
        take row groups and read the same columns with the same readers, 1024 rows at a time. {rows:N0} rows x 28 columns, page cache warm,
        {repetitions} repetitions of bare and pass on one thread and on two by turns; medians of the ratios within a repetition. "Processor" compares the
        processor time of the whole process, which other work on the machine disturbs less; "x" is the speed of two threads in units of one.
        Goals: at most 5 % more; two workers at least 1.9, or what two threads of bare decoding bring on the machine.

        ```sh
        dotnet run -c Release --project tests/Streaming.Benchmarks -- overhead --rows {rows} --repetitions {repetitions} --output FILE.md
        ```

        | file | bare, Mrow/s | runtime, 1 thread | processor | runtime, 2 threads | processor | two workers, x | two bare threads, x |
        |---|---:|---:|---:|---:|---:|---:|---:|

        """);

    /// <summary>Time and processor time of one run, in seconds.</summary>
    readonly record struct Cost(double Seconds, double Processor)
    {
        public static async Task<Cost> OfAsync(Func<Task<long>> run, long rows)
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            var watch = Stopwatch.StartNew();
            long done = await run();
            var cost = new Cost(watch.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
            return done == rows ? cost : throw new InvalidOperationException($"{done} rows were decoded; there are {rows}.");
        }
    }

    /// <summary>Runs that follow each other at once, as the speed of machines drifts.</summary>
    sealed record Round(Cost Bare1, Cost Pass1, Cost Bare2, Cost Pass2)
    {
        public static async Task<Round> RunAsync(Dataset data, ColumnSelection columns) => new(
            await BareAsync(data, columns, 1), await PassAsync(data, columns, 1), await BareAsync(data, columns, 2), await PassAsync(data, columns, 2));

        static Task<Cost> BareAsync(Dataset data, ColumnSelection columns, int threads) =>
            Cost.OfAsync(() => Task.FromResult(BareDecoding.Run(data, columns.Features, threads)), data.RowCount);

        static Task<Cost> PassAsync(Dataset data, ColumnSelection columns, int workers)
        {
            var progress = new ProgressMeter(null, () => data.BytesRead);
            var runner = new PassRunner(data, Partitions.Default, workers, 0, progress, CancellationToken.None);
            var source = new TileSource(data, columns, FeatureScaling.Identity(columns.Features.Count), null, RowFilter.None, 1024);
            return Cost.OfAsync(() => runner.RunAsync(new SumPass<Nothing>("nothing", () => new Nothing(), _ => { }), source), data.RowCount);
        }
    }

    /// <summary>Learns nothing.</summary>
    sealed class Nothing : ISum<Nothing>
    {
        public void Add(RowBatch tile)
        {
        }

        public void Merge(Nothing other)
        {
        }

        public void Persist(StateStream state)
        {
        }
    }
}
