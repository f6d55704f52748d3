using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
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
        Option<long> rows = new("--rows") { Description = "Rows.", DefaultValueFactory = _ => 1_000_000 };
        Option<int> threads = new("--threads") { Description = "Workers.", DefaultValueFactory = _ => 2 };
        Option<int> runs = new("--runs") { Description = "Timed runs of each side.", DefaultValueFactory = _ => 3 };
        var command = new Command("cache", "Passes from cached tiles beside passes that decode.") { rows, threads, runs };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(rows), parsed.GetValue(threads), parsed.GetValue(runs), cancellation));
        return command;
    }

    static async Task RunAsync(long rows, int threads, int runs, CancellationToken cancellation)
    {
        string folder = Path.Combine(BenchmarkData.Folder, "tiles");
        Console.WriteLine($"| {rows:N0} rows x 28, {threads} workers | passes | decoding | cache, first run | ratio | cache, later run | ratio | decoding, CPU | cache, CPU | ratio | Parquet | cache |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
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
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {name}, {type.ToLowerInvariant()} {codec} | {result.Passes} | {time[0]:F2} s | {time[1]:F2} s | {time[1] / time[0]:F2} | {time[2]:F2} s | {time[2] / time[0]:F2} | {cpu[0]:F2} s | {cpu[1]:F2} s | {cpu[1] / cpu[0]:F2} | {new FileInfo(path).Length / 1e6:F0} MB | {bytes / 1e6:F0} MB |"));
            }
        }

        Directory.Delete(folder, recursive: true);
    }
}
