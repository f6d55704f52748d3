using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ParquetSharp;
using Streaming.Benchmarks.Decode;
using Streaming.Parquet;
using Streaming.Storage;
using ColumnReader = Streaming.Parquet.ColumnReader;

namespace Streaming.Benchmarks.Scale;

/// <summary>
/// Reads, tile by tile, a file that is one row group of more than 4 GB decoded, and says how much memory that took. The file itself is
/// small, as its values repeat.
/// </summary>
static class BigRowGroup
{
    const int TileRows = 1024;
    const int Columns = 14;

    // Rows after which the values of a column begin anew.
    const int Period = 1 << 20;

    /// <summary>The command <c>bigrowgroup</c>.</summary>
    public static Command Create()
    {
        Option<int> rows = new("--rows") { Description = "Rows of the row group.", DefaultValueFactory = _ => 40_000_000 };
        Option<Compression> codec = new("--codec") { Description = "Codec.", DefaultValueFactory = _ => Compression.Snappy };
        Option<bool> plain = new("--plain") { Description = "Without dictionaries." };
        var command = new Command("bigrowgroup", "Reads one row group of more than 4 GB and says what memory that took.") { rows, codec, plain };
        command.SetAction(parsed => Run(parsed.GetValue(rows), parsed.GetValue(codec), parsed.GetValue(plain)));
        return command;
    }

    static void Run(int rows, Compression codec, bool isPlain)
    {
        string path = Path.GetTempFileName();
        try
        {
            Write(path, rows, codec, isPlain);
            using var pool = new BufferPool();
            using ParquetFile file = ParquetFile.Open(LocalFileSource.Open(path), pool);
            using var process = Process.GetCurrentProcess();
            GC.Collect();
            process.Refresh();
            long before = process.WorkingSet64;
            var watch = Stopwatch.StartNew();
            (double sum, long most) = Sum(file, process);
            double seconds = watch.Elapsed.TotalSeconds;
            double expected = Enumerable.Range(0, Columns).Sum(c => ExpectedSum(c, rows));
            if (Math.Abs(sum - expected) > 1e-9 * expected)
                throw new InvalidOperationException($"The sum is {sum:r}; it should be {expected:r}.");

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{file.RowGroups.Count} row group of {rows:N0} rows x {Columns} doubles, {codec}: {8.0 * Columns * rows / 1e9:F2} GB decoded from "
                + $"{file.Length / 1e6:F1} MB in {seconds:F2} s; peak of the pool {pool.PeakBytes / 1e6:F1} MB, resident memory {before / 1e6:F0} MB before and at most {most / 1e6:F0} MB"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    static (double Sum, long MostResident) Sum(ParquetFile file, Process process)
    {
        float[] tile = new float[Columns * TileRows];
        ColumnReader[] readers = [.. file.Columns.Select(c => file.OpenColumn(0, c))];
        double sum = 0;
        long most = 0;
        for (int t = 0; readers[0].RowsLeft > 0; t++)
        {
            int rows = (int)Math.Min(TileRows, readers[0].RowsLeft);
            for (int i = 0; i < readers.Length; i++)
            {
                Span<float> column = tile.AsSpan(i * TileRows, rows);
                readers[i].Read(column);
                sum += ColumnSum.Of(column);
            }

            if (t % 256 == 0)
            {
                process.Refresh();
                most = Math.Max(most, process.WorkingSet64);
            }
        }

        foreach (ColumnReader reader in readers)
            reader.Dispose();

        return (sum, most);
    }

    static void Write(string path, int rows, Compression codec, bool isPlain)
    {
        using WriterPropertiesBuilder builder = new WriterPropertiesBuilder().Compression(codec).MaxRowGroupLength(rows);
        _ = isPlain ? builder.DisableDictionary() : builder.EnableDictionary();
        using WriterProperties properties = builder.Build();
        using var writer = new ParquetFileWriter(path, [.. Enumerable.Range(0, Columns).Select(c => new Column<double>($"c{c}"))], properties);
        using (RowGroupWriter group = writer.AppendRowGroup())
        {
            for (int c = 0; c < Columns; c++)
            {
                double[] values = [.. Enumerable.Range(0, Period).Select(i => ValueOf(c, i))];
                using LogicalColumnWriter<double> column = group.NextColumn().LogicalWriter<double>();
                for (int done = 0; done < rows; done += Period)
                    column.WriteBatch(values.AsSpan(0, Math.Min(Period, rows - done)));
            }
        }

        writer.Close();
    }

    // A few thousand different values that are exact as float32.
    static double ValueOf(int column, int row) => (row / 16 * 7919 % 4001) + column;

    static double ExpectedSum(int column, int rows)
    {
        double whole = 0;
        double rest = 0;
        for (int i = 0; i < Math.Min(rows, Period); i++)
        {
            whole += ValueOf(column, i);
            rest += i < rows % Period ? ValueOf(column, i) : 0;
        }

        return (rows / Period * whole) + rest;
    }
}
