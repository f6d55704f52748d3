using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Training;

namespace Streaming.Benchmarks;

/// <summary>
/// Runs of several passes that decode in each of them, that write a cache in the first and read it in the others, and that find it written: medians
/// of time and of what all processors spent, in turns, in one process, with all files in the page cache.
/// </summary>
static class CacheVersusDecode
{
    const int Sides = 3;

    /// <summary>The command <c>cache</c>.</summary>
    public static Command Create()
    {
        Option<string> output = new("--output") { Description = "The Markdown file to write.", Required = true };
        Option<long> rows = new("--rows") { Description = "Rows.", DefaultValueFactory = _ => 1_000_000 };
        Option<int> threads = new("--threads") { Description = "Workers.", DefaultValueFactory = _ => 2 };
        Option<int> runs = new("--runs") { Description = "Timed runs of each side.", DefaultValueFactory = _ => 3 };
        var command = new Command("cache", "Passes from cached tiles beside passes that decode.") { output, rows, threads, runs };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetValue(rows), parsed.GetValue(threads), parsed.GetValue(runs), parsed.GetValue(output)!, cancellation));
        return command;
    }

    static async Task RunAsync(long rows, int threads, int runs, string output, CancellationToken cancellation)
    {
        string folder = Path.Combine(BenchmarkData.Folder, "tiles");
        var text = new StringBuilder(Introduction(rows, threads, runs));
        foreach ((string name, Func<Estimator> create, string? target, int epochs) in new (string, Func<Estimator>, string?, int)[]
        {
            ("logistic-regression", () => new LogisticRegression(), "label", 1),
            ("sgd-classifier --epochs 5", () => new SgdClassifier(), "label", 5),
            ("kmeans --max-iter 10", () => new KMeans { MaxIter = 10 }, null, 1),
        })
        {
            foreach ((string type, string codec) in new[] { ("DOUBLE", "zstd"), ("DOUBLE", "snappy"), ("FLOAT", "uncompressed") })
            {
                string path = BenchmarkData.Real(rows, type, codec);
                var times = new List<double>[] { [], [], [] };
                var spent = new List<double>[] { [], [], [] };
                FitResult result = null!;
                for (int run = -1; run < runs; run++)
                {
                    for (int side = 0; side < Sides; side++)
                    {
                        if (side == 1 && Directory.Exists(folder))
                            Directory.Delete(folder, recursive: true);

                        var watch = Stopwatch.StartNew();
                        TimeSpan before = Environment.CpuUsage.TotalTime;
                        using Dataset data = Dataset.Open(path);
                        var options = new TrainingOptions
                        {
                            Target = target,
                            Exclude = target == null ? ["label"] : [],
                            Workers = threads,
                            Epochs = epochs,
                            Cache = side == 0 ? null : new CacheOptions(folder) { MostBytes = long.MaxValue },
                        };
                        result = await create().FitAsync(data, options, cancellation);
                        if (run < 0)
                            continue;

                        times[side].Add(watch.Elapsed.TotalSeconds);
                        spent[side].Add((Environment.CpuUsage.TotalTime - before).TotalSeconds);
                    }
                }

                double[] time = [.. times.Select(Median.Of)], cpu = [.. spent.Select(Median.Of)];
                long bytes = Directory.EnumerateFiles(folder, "*.tiles", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length);
                string line = string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {name}, {type.ToLowerInvariant()} {codec} | {result.Passes} | {time[0]:F2} s | {time[1]:F2} s | {time[1] / time[0]:F2} | {time[2]:F2} s | {time[2] / time[0]:F2} | {cpu[0]:F2} s | {cpu[1]:F2} s | {cpu[2]:F2} s | {cpu[2] / cpu[0]:F2} | {new FileInfo(path).Length / 1e6:F0} MB | {bytes / 1e6:F0} MB |");
                Console.WriteLine(line);
                text.Append(line).Append('\n');
            }
        }

        Directory.Delete(folder, recursive: true);
        ReportFile.Write(output, text.ToString());
    }

    static string Introduction(long rows, int threads, int runs) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        # Passes from cached tiles beside passes that decode

        {Machine.Describe()}

        Whole fits of several passes from {rows:N0} rows x 28, {threads} workers: decoding in each pass; with an empty cache folder, so that the first pass writes the tiles;
        with those that the run before has left. Medians of {runs} runs of each, in turns, in one process; Parquet files and tiles in the page cache. "CPU" is what all processors spent.

        ```sh
        dotnet run -c Release --project tests/Streaming.Benchmarks -- cache --rows {rows} --threads {threads} --runs {runs} --output FILE.md
        ```

        | | passes | decoding | cache, first run | ratio | cache, later run | ratio | decoding, CPU | cache, first run, CPU | later run, CPU | ratio | Parquet | cache |
        |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|

        """);
}
