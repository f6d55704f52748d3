using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Training;

namespace Streaming.Benchmarks;

/// <summary>
/// What eight candidates cost beside one, from Parquet to the chosen model: the ratio of the medians, of the time and of what all processors
/// spent. Both sides hold rows out and score them, in one process, in turns.
/// </summary>
static class SweepVersusFit
{
    const int Candidates = 8;

    /// <summary>The command <c>sweep</c>.</summary>
    public static Command Create()
    {
        Option<long> rows = new("--rows") { Description = "Rows.", DefaultValueFactory = _ => 5_000_000 };
        Option<int> threads = new("--threads") { Description = "Workers.", DefaultValueFactory = _ => 2 };
        Option<int> runs = new("--runs") { Description = "Timed runs of each side.", DefaultValueFactory = _ => 5 };
        Option<string> only = new("--only") { Description = "Part of the names of what is measured.", DefaultValueFactory = _ => "" };
        var command = new Command("sweep", "Eight linear candidates beside one.") { rows, threads, runs, only };
        command.SetAction((parsed, cancellation) =>
            RunAsync(parsed.GetValue(rows), parsed.GetValue(threads), parsed.GetValue(runs), parsed.GetValue(only)!, cancellation));
        return command;
    }

    static async Task RunAsync(long rows, int threads, int runs, string only, CancellationToken cancellation)
    {
        string path = BenchmarkData.Real(rows, "DOUBLE", "snappy");
        Console.WriteLine($"| {Candidates} candidates beside one, {rows:N0} rows, {threads} workers | one | {Candidates} | ratio | one, CPU | {Candidates}, CPU | ratio |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|");
        foreach ((string name, string target, Func<Estimator> create, bool standardize) in new (string, string, Func<Estimator>, bool)[]
        {
            ("ridge --alpha", "c1", () => new Ridge(), false),
            ("sgd-classifier --alpha", "label", () => new SgdClassifier(), false),
            ("sgd-classifier --learning-rate optimal --alpha", "label", () => new SgdClassifier { LearningRate = LearningRateSchedule.Optimal }, true),
            ("sgd-regressor --alpha", "c1", () => new SgdRegressor(), false),
            ("sgd-regressor --learning-rate invscaling --alpha", "c1", () => new SgdRegressor { LearningRate = LearningRateSchedule.Invscaling }, true),
        }.Where(c => c.Item1.Contains(only, StringComparison.Ordinal)))
        {
            var eight = new Sweep(ParameterGrid.Of(create, [new("alpha", [.. Enumerable.Range(0, Candidates).Select(i => $"1e-{i + 1}")])]));
            var one = new Sweep([eight.Candidates[^1]]);
            var times = new List<double>[] { [], [] };
            var spent = new List<double>[] { [], [] };
            for (int run = -1; run < runs; run++)
            {
                for (int side = 0; side < 2; side++)
                {
                    var watch = Stopwatch.StartNew();
                    TimeSpan before = Environment.CpuUsage.TotalTime;
                    using Dataset data = Dataset.Open(path);
                    var options = new TrainingOptions { Target = target, HoldoutFraction = 0.1, Workers = threads, Standardize = standardize };
                    await (side == 0 ? one : eight).FitAsync(data, options, cancellation);
                    if (run < 0)
                        continue;

                    times[side].Add(watch.Elapsed.TotalSeconds);
                    spent[side].Add((Environment.CpuUsage.TotalTime - before).TotalSeconds);
                }
            }

            Console.WriteLine($"| {name} | {Ratio(times)} | {Ratio(spent)} |");
        }
    }

    static string Ratio(List<double>[] sides)
    {
        (double single, double swept) = (Median.Of(sides[0]), Median.Of(sides[1]));
        return string.Create(CultureInfo.InvariantCulture, $"{single:F2} s | {swept:F2} s | {swept / single:F2}");
    }
}
