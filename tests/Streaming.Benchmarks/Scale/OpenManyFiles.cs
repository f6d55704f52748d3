using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using DuckDB.NET.Data;
using Streaming.Learning.Data;

namespace Streaming.Benchmarks.Scale;

/// <summary>Opening a dataset of very many files: seconds, and bytes of the .NET heap per file, beside what the plan reckons with.</summary>
static class OpenManyFiles
{
    /// <summary>The command <c>open</c>.</summary>
    public static Command Create()
    {
        Option<int> files = new("--files") { Description = "Files.", DefaultValueFactory = _ => 10_000 };
        Option<int> columns = new("--columns") { Description = "Columns of each.", DefaultValueFactory = _ => 100 };
        var command = new Command("open", "Opens a dataset of very many files.") { files, columns };
        command.SetAction(parsed => Run(parsed.GetValue(files), parsed.GetValue(columns)));
        return command;
    }

    static void Run(int files, int columns)
    {
        string folder = Directory.CreateTempSubdirectory("streaming-benchmark-open-").FullName;
        try
        {
            string first = Path.Combine(folder, "00000.parquet");
            WriteFile(first, columns);
            for (int i = 1; i < files; i++)
                File.Copy(first, Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{i:D5}.parquet")));

            Dataset.Open(first).Dispose();
            for (int i = 0; i < 3; i++)
            {
                long before = GC.GetTotalMemory(forceFullCollection: true);
                var watch = Stopwatch.StartNew();
                using Dataset data = Dataset.Open(folder);
                double seconds = watch.Elapsed.TotalSeconds;
                long heap = GC.GetTotalMemory(forceFullCollection: true) - before;
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{data.Files.Count:N0} files of {columns} columns: {seconds:F2} s, {heap / files:N0} bytes of heap per file, planned {data.FooterBytes / files:N0}"));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static void WriteFile(string path, int columns)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using DuckDBCommand command = connection.CreateCommand();
        string list = string.Join(", ", Enumerable.Range(0, columns).Select(c => $"(i * {c + 1} / 7.0)::DOUBLE AS column_{c}"));
        command.CommandText = $"COPY (SELECT {list} FROM range(20) t(i)) TO '{path}' (FORMAT parquet)";
        command.ExecuteNonQuery();
    }
}
