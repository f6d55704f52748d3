using System.CommandLine;
using System.Globalization;

namespace Streaming.Benchmarks.Peers;

/// <summary>
/// From the same Parquet file to a fitted model, by us and by what people use. A plain harness, as contenders are whole processes, some of them not .NET.
/// </summary>
static class PeersBenchmark
{
    /// <summary>The command <c>peers</c>.</summary>
    public static Command Create()
    {
        Option<string> output = new("--output") { Description = "The folder to write peers.md and peers.svg to.", Required = true };
        Option<long> rows = new("--rows") { Description = "Rows of the synthetic set to learn from.", DefaultValueFactory = _ => 5_000_000 };
        Option<int> fits = new("--fits") { Description = "Fits per contender, the first of which is cold.", DefaultValueFactory = _ => 4 };
        Option<string[]> sets = new("--sets") { Description = "Sets of data: synthetic, flights.", DefaultValueFactory = _ => ["synthetic", "flights"], AllowMultipleArgumentsPerToken = true };
        Option<string[]> jobs = new("--jobs") { Description = "Jobs: logistic, linear, kmeans8, kmeans100, pca.", DefaultValueFactory = _ => [.. PeerJob.For(2).Select(j => j.Key)], AllowMultipleArgumentsPerToken = true };
        sets.AcceptOnlyFromAmong("synthetic", "flights");
        jobs.AcceptOnlyFromAmong([.. PeerJob.For(2).Select(j => j.Key)]);
        var command = new Command("peers", "From the same Parquet file to a model, beside scikit-learn, ML.NET and DuckDB.") { output, rows, fits, sets, jobs };
        command.SetAction((parsed, cancellation) => RunAsync(
            [.. parsed.GetValue(sets)!.Select(s => s == "flights" ? PeerData.Flights() : PeerData.Synthetic(parsed.GetValue(rows)))],
            parsed.GetValue(jobs)!,
            parsed.GetValue(fits),
            parsed.GetValue(output)!,
            $"dotnet run -c Release --project tests/Streaming.Benchmarks -- {string.Join(' ', parsed.Tokens.Select(t => t.Value.Contains(' ') ? $"\"{t.Value}\"" : t.Value))}",
            cancellation));
        return command;
    }

    /// <summary>The command that a contender's process runs.</summary>
    public static Command CreateFit()
    {
        Argument<string> title = new("title"), folder = new("folder"), job = new("job");
        Argument<int> index = new("index"), fits = new("fits");
        var command = new Command(PeerProcess.Command, "Does one job as one contender; for the command peers.") { title, folder, job, index, fits };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            PeerData data = PeerData.At(parsed.GetValue(title)!, parsed.GetValue(folder)!);
            PeerJob wanted = PeerJob.For(data.Features.Count).Single(j => j.Key == parsed.GetValue(job));
            int number = parsed.GetValue(index);
            Contender contender = number < 0 ? Contender.Scan : Contender.For(wanted)[number];
            Console.WriteLine(contender.Fit(data, wanted, parsed.GetValue(fits)).ToLine());
        });
        return command;
    }

    static async Task RunAsync(
        IReadOnlyList<PeerData> sets, string[] keys, int fits, string output, string command, CancellationToken cancellation)
    {
        Directory.CreateDirectory(output);
        List<PeerRow> all = [];
        foreach (PeerData data in sets)
        {
            List<PeerRow> rows = [];
            var judge = new HeldOutRows(data);
            long count = data.Rows;
            (PeerOutcome? scan, string? whyNot) = await PeerProcess.RunAsync(Contender.Scan, -1, data, PeerJob.For(data.Features.Count)[0], fits, cancellation);
            foreach (PeerJob job in PeerJob.For(data.Features.Count).Where(j => keys.Contains(j.Key)))
            {
                IReadOnlyList<Contender> contenders = Contender.For(job);
                for (int i = 0; i < contenders.Count; i++)
                {
                    (PeerOutcome? outcome, string? reason) = await PeerProcess.RunAsync(contenders[i], i, data, job, fits, cancellation);
                    var row = new PeerRow(data.Title, count, job, contenders[i], outcome, outcome == null ? reason! : judge.Judge(job, outcome.Weights, outcome.Intercept));
                    rows.Add(row);
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{data.Title}, {job.Title}: {row.Contender}: {row.Seconds:F3} s, {row.Quality}"));
                    if (outcome != null && scan != null && contenders[i].IsInMemory)
                        rows.Add(row with { ComputedScan = scan.Again });
                }

                rows.Add(new PeerRow(data.Title, count, job, Contender.Scan, scan, whyNot ?? "-"));
            }

            all.AddRange(rows);
            if (data == sets[0])
                await File.WriteAllTextAsync(Path.Combine(output, PeersChart.FileName), PeersChart.Of(rows), cancellation);

            // After every set, so that nothing is lost.
            await File.WriteAllTextAsync(Path.Combine(output, "peers.md"), PeersTable.Of(all, command, Machine.Describe()), cancellation);
        }
    }
}
