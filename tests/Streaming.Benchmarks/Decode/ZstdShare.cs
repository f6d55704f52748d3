using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Streaming.Parquet;
using Streaming.Parquet.Compression;
using Streaming.Parquet.Pages;
using Streaming.Storage;

namespace Streaming.Benchmarks.Decode;

/// <summary>
/// How much of the time that files compressed by Zstandard take is the library's: decompressing their pages, which lie in memory, into one
/// buffer that stays in the cache, and nothing else. A peer's time for everything divided by that is how far ahead of it a reader that calls
/// the library could be if all the rest were free.
/// </summary>
static class ZstdShare
{
    /// <summary>The command <c>zstd-share</c>.</summary>
    public static Command Create()
    {
        Option<long> rows = new("--rows") { Description = "Rows of a file.", DefaultValueFactory = _ => 4 * DecodeCase.RowGroupRows };
        Option<int> repetitions = new("--repetitions") { Description = "Runs of each, by turns; the least time counts.", DefaultValueFactory = _ => 7 };
        Option<string[]> only = new("--only") { Description = "Words that the names of cases must have.", AllowMultipleArgumentsPerToken = true };
        Option<string> output = new("--output") { Description = "The Markdown file to write.", Required = true };
        var command = new Command("zstd-share", "Tells libzstd's part of the time of Zstandard files.") { rows, repetitions, only, output };
        command.SetAction(parsed => Run(
            parsed.GetValue(rows),
            parsed.GetValue(repetitions),
            [.. DecodeCase.All().Where(c => c is { Codec: "zstd", Nulls: not Nulls.None } && parsed.GetValue(only)!.All($"{c} ".Contains))],
            parsed.GetValue(output)!));
        return command;
    }

    static void Run(long rows, int repetitions, IReadOnlyList<DecodeCase> cases, string output)
    {
        using var ours = new StreamingPeer();
        var parquetNet = new ParquetNetPeer();
        var duckDb = new DuckDbPeer();
        using var data = new DecodeData(rows);
        var text = new StringBuilder(Introduction(rows, repetitions));
        foreach (DecodeCase wanted in cases)
        {
            string path = data.Write(wanted);
            using var pages = new CompressedPages(path);
            double[] least = Least(
                repetitions,
                () => ours.Sum(path, 1),
                () => pages.Decompress(ZstdPages.Instance),
                () => pages.Decompress(new ZstdPages(isNative: false)),
                () => parquetNet.Sum(path, 1),
                () => duckDb.Sum(path, 1));
            File.Delete(path);
            double[] each = [.. least.Select(t => t * 1e9 / (rows * DecodeCase.Columns))];
            string line = string.Create(
                CultureInfo.InvariantCulture,
                $"| {wanted} | {each[0]:F2} | {each[1]:F2} | {each[1] / each[0]:P0} | {each[2]:F2} | {each[3]:F2} | {each[3] / each[0]:F2} | {each[3] / each[1]:F2} | {wanted.ParquetNetGoal} | {each[4]:F2} | {each[4] / each[0]:F2} | {each[4] / each[1]:F2} | {wanted.Goal} |");
            Console.WriteLine(line);
            text.Append(line).Append('\n');
            ReportFile.Write(output, text.ToString());
        }
    }

    // By turns, so that what disturbs one disturbs the others.
    static double[] Least(int repetitions, params Action[] runs)
    {
        double[] least = [.. runs.Select(_ => double.PositiveInfinity)];
        for (int i = 0; i <= repetitions; i++)
        {
            for (int r = 0; r < runs.Length; r++)
            {
                long start = Stopwatch.GetTimestamp();
                runs[r]();

                // The first one warms up.
                if (i > 0)
                    least[r] = Math.Min(least[r], Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }

        return least;
    }

    static string Introduction(long rows, int repetitions) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        # What of Zstandard's time is libzstd's

        Nanoseconds per value on one thread, {rows:N0} rows x {DecodeCase.Columns} columns, the least of {repetitions} runs of each by turns. "libzstd" and "ZstdSharp" decompress the pages, which lie in
        memory, into one buffer, and do nothing else; "share" is libzstd's of our time; "most" is the peer's time divided by libzstd's: how far ahead a reader would
        be whose reading, levels, values and sums were free. Parquet.Net calls ZstdSharp, DuckDB a libzstd of its own.

        ```sh
        dotnet run -c Release --project tests/Streaming.Benchmarks -- zstd-share --rows {rows} --repetitions {repetitions} --output FILE.md
        ```

        | file | ours | libzstd | share | ZstdSharp | Parquet.Net | x | most | goal | DuckDB | x | most | goal |
        |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|

        """);

    /// <summary>The compressed pages of a file, all of them in memory.</summary>
    sealed class CompressedPages : IDisposable
    {
        readonly BufferPool pool = new();
        readonly List<(byte[] Compressed, int Bytes)> pages = [];
        readonly NativeBuffer target;

        public CompressedPages(string path)
        {
            using ParquetFile file = ParquetFile.Open(LocalFileSource.Open(path), pool);
            foreach (ColumnChunkInfo chunk in file.RowGroups.SelectMany(g => g.Chunks))
                Add(file, ChunkRange.Of(file, chunk.Metadata)!.Value);

            target = pool.Rent(pages.Max(p => p.Bytes), "a page");
        }

        public void Decompress(PageCodec codec)
        {
            foreach ((byte[] compressed, int bytes) in pages)
                codec.Decompress(compressed, target.Span[..bytes]);
        }

        public void Dispose()
        {
            target.Dispose();
            pool.Dispose();
        }

        // What stands behind the levels of a version 2 page, which are never compressed.
        void Add(ParquetFile file, ChunkRange range)
        {
            using var reader = new PageReader(file.Source, pool, ZstdPages.Instance, range.Start, range.End);
            while (reader.NextStart < range.End)
            {
                reader.MoveNext();
                int levels = reader.Header.RepetitionLevelBytes + reader.Header.DefinitionLevelBytes;
                var compressed = new byte[reader.Header.CompressedBytes - levels];
                file.Source.Read(reader.NextStart - compressed.Length, compressed);
                pages.Add((compressed, reader.Header.UncompressedBytes - levels));
            }
        }
    }
}
