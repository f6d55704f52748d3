using System.CommandLine;
using System.Globalization;
using System.Reflection;
using ParquetNetReader = Parquet.ParquetReader;

namespace Streaming.Benchmarks.Decode;

/// <summary>
/// Decoding every kind of numeric file beside DuckDB, Parquet.Net and ParquetSharp. A plain harness, as hundreds of cases with files of
/// their own, four contestants and ratios between neighbours do not fit BenchmarkDotNet.
/// </summary>
static class DecodeVersusPeers
{
    /// <summary>The command <c>decode</c>.</summary>
    public static Command Create()
    {
        Option<long> rows = new("--rows") { Description = "Rows of a file.", DefaultValueFactory = _ => 20 * DecodeCase.RowGroupRows };
        Option<int> repetitions = new("--repetitions") { Description = "Pairs of runs per peer.", DefaultValueFactory = _ => 3 };
        Option<int[]> threads = new("--threads") { Description = "Numbers of threads.", DefaultValueFactory = _ => [1, 2], AllowMultipleArgumentsPerToken = true };
        Option<bool> processorTime = new("--processor-time")
        {
            Description = "Measure processor time per thread in place of time: for machines that are busy with other work.",
        };
        Option<string[]> only = new("--only") { Description = "Words that the names of cases must have.", AllowMultipleArgumentsPerToken = true };
        Option<string[]> skip = new("--skip") { Description = "Words that the names of cases may not have.", AllowMultipleArgumentsPerToken = true };
        Option<string> output = new("--output") { Description = "The Markdown file to write.", Required = true };
        var command = new Command("decode", "Decodes files of every kind beside the peers.") { rows, repetitions, threads, processorTime, only, skip, output };
        command.SetAction(parsed => Run(
            parsed.GetValue(rows),
            parsed.GetValue(repetitions),
            parsed.GetValue(threads)!,
            parsed.GetValue(processorTime),
            [.. DecodeCase.All().Where(c => parsed.GetValue(only)!.All($"{c} ".Contains) && !parsed.GetValue(skip)!.Any($"{c} ".Contains))],
            parsed.GetValue(output)!));
        return command;
    }

    static void Run(long rows, int repetitions, int[] threads, bool isProcessorTime, IReadOnlyList<DecodeCase> cases, string output)
    {
        using var ours = new StreamingPeer();
        using var tiles = new TilesPeer();
        using var duckDb = new DuckDbPeer();
        Peer[] peers = [duckDb, new ParquetNetPeer(), new ParquetSharpPeer(), tiles];
        var contest = new Contest(ours, peers, repetitions, isProcessorTime);
        var table = new DecodeTable(output, Introduction(rows, repetitions, isProcessorTime), peers, threads);
        using var data = new DecodeData(rows);
        foreach (DecodeCase wanted in cases)
        {
            string path = data.Write(wanted);
            contest.Check(path, data.Sums(wanted));
            Dictionary<int, Outcome> outcomes = threads.ToDictionary(n => n, n => contest.Run(path, n));
            table.Add(wanted, wanted.Rows(rows), new FileInfo(path).Length, outcomes);
            File.Delete(path);
            foreach ((int n, Outcome outcome) in outcomes)
            {
                string ratios = string.Join(", ", peers.Zip(outcome.Peers, (p, s) => string.Create(CultureInfo.InvariantCulture, $"{s.Ratio:F2} x {p.Name}")));
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{wanted}, {n} threads: {wanted.Rows(rows) / outcome.Seconds / 1e6:F1} Mrow/s, {ratios} (goal {wanted.Goal})"));
            }
        }
    }

    static string Introduction(long rows, int repetitions, bool isProcessorTime) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        # Decoding Parquet beside DuckDB, Parquet.Net and ParquetSharp

        {rows:N0} rows x {DecodeCase.Columns} columns (Gzip and Brotli: fewer), row groups of {DecodeCase.RowGroupRows:N0}, page cache warm: each file was copied once by writes of 1 MiB, as a copied or downloaded
        file lies in memory otherwise than one that a writer of Parquet has just closed (decode-account.md). Everybody decodes
        all columns and sums each; sums are checked. We read column by column, 8192 rows at a time, as float32; "tiles" is us too, reading as training
        does: 1024 rows of all columns at a time. DuckDB {Version<DuckDB.NET.Data.DuckDBConnection>()} runs `SELECT sum(c1), ..., sum(c{DecodeCase.Columns})`,
        Parquet.Net {Version<ParquetNetReader>()} reads whole column chunks raw, ParquetSharp {Version<ParquetSharp.ParquetFileReader>()} (Arrow C++) batches of
        8192 values as stored; .NET {Environment.Version}. [decode-account.md](decode-account.md) says where the time goes.

        Up to {repetitions} pairs of runs per peer, the peer's first, ours right after; "x" is the median of the pairs' ratios, the speeds in millions of
        rows per second {(isProcessorTime ? "of processor time and thread " : "")}are medians. Read the ratios: machines are shared. Of files that take us
        less than 20 ms the start of the second thread shows. `required` is written by ParquetSharp in pages of 20,000 rows, the rest by DuckDB,
        which writes a page per column chunk. Goals per thread: DuckDB's speed times "goal", Parquet.Net's times its own; 85 % of a goal is the floor.

        ```sh
        dotnet run -c Release --project tests/Streaming.Benchmarks -- decode --rows {rows} --repetitions {repetitions}{(isProcessorTime ? " --processor-time" : "")} --output FILE.md
        ```

        """);

    static string Version<T>() => typeof(T).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
