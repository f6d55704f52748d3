using System.Globalization;
using System.Text;
using DuckDB.NET.Data;

namespace Streaming.Benchmarks;

/// <summary>
/// The files that benchmarks read, made once by DuckDB with a fixed seed: rows of 28 numeric columns <c>c1..c28</c> that look like real
/// ones (a few decimals, repeated values, some skew) and a label that depends on them.
/// </summary>
static class BenchmarkData
{
    /// <summary>Where the files are: STREAMING_BENCHMARK_DATA, or a folder of its own under the temporary folder.</summary>
    public static readonly string Folder =
        Environment.GetEnvironmentVariable("STREAMING_BENCHMARK_DATA") ?? Path.Combine(Path.GetTempPath(), "streaming-benchmark-data");

    /// <summary>Path of the file with these properties; makes it if it isn't there yet.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="type">Type of the columns: DOUBLE or FLOAT.</param>
    /// <param name="codec">snappy, zstd, lz4_raw, uncompressed.</param>
    public static string Real(long rows, string type, string codec)
    {
        Directory.CreateDirectory(Folder);
        string path = Path.Combine(Folder, $"real_{type.ToLowerInvariant()}_{codec}_{rows}.parquet");
        if (File.Exists(path))
            return path;

        const string Normal = "sqrt(-2*ln(1-random()))*cos(6.283185307179586*random())";
        var columns = new StringBuilder();
        for (int i = 1; i <= 28; i++)
        {
            string expression = (i % 7) switch
            {
                0 => "floor(random()*20)",
                1 => $"round({Normal}, 2)",
                2 => $"round(exp({Normal}), 3)",
                3 => $"round(100*abs({Normal}), 1)",
                4 => $"round({Normal}, 4)",
                5 => $"round({Normal}, 6)",
                _ => "round(random()*10, 3)",
            };
            columns.Append(CultureInfo.InvariantCulture, $"CAST({expression} AS {type}) AS c{i}, ");
        }

        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();

        // One thread and a seed: the same rows in the same order wherever this runs.
        Execute(connection, "SET threads = 1; SELECT setseed(0.42)");
        string partial = path + ".partial";
        Execute(connection, $"""
            COPY (
                SELECT *, c1 + c4 - 0.2 * c8 + 0.5 * c11 + {Normal} > 0.3 AS label
                FROM (SELECT {columns.ToString().TrimEnd(',', ' ')} FROM range({rows}))
            ) TO '{partial}' (FORMAT parquet, COMPRESSION {codec}, ROW_GROUP_SIZE 122880)
            """);
        File.Move(partial, path);
        return path;
    }

    static void Execute(DuckDBConnection connection, string sql)
    {
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
