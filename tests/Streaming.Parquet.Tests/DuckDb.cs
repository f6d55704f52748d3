using DuckDB.NET.Data;
using Streaming.Storage;

namespace Streaming.Parquet.Tests;

/// <summary>DuckDB in memory: the writer of test files, and the other reader.</summary>
sealed class DuckDb : IDisposable
{
    readonly DuckDBConnection connection = new("DataSource=:memory:");
    readonly string folder = Directory.CreateTempSubdirectory("streaming-parquet-").FullName;
    int files;

    public DuckDb()
    {
        connection.Open();
        Execute("SET threads = 1");
    }

    /// <summary>A name for a file that is deleted in the end.</summary>
    public string NewPath() => Path.Combine(folder, $"{files++}.parquet");

    /// <summary>Writes the result of a query as a Parquet file.</summary>
    public string Write(string query, string options)
    {
        string path = NewPath();
        Execute($"COPY ({query}) TO '{path}' (FORMAT parquet, {options})");
        return path;
    }

    public void Execute(string sql)
    {
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>The rows of a query, nulls as null.</summary>
    public List<object?[]> Query(string sql)
    {
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = sql;
        using DuckDBDataReader reader = command.ExecuteReader();
        List<object?[]> rows = [];
        while (reader.Read())
        {
            var row = new object?[reader.FieldCount];
            for (int i = 0; i < row.Length; i++)
                row[i] = reader.IsDBNull(i) ? null : reader.GetValue(i);

            rows.Add(row);
        }

        return rows;
    }

    /// <summary>Opens a file with our reader.</summary>
    public static ParquetFile Open(string path, BufferPool pool) => ParquetFile.Open(LocalFileSource.Open(path), pool);

    public void Dispose()
    {
        connection.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
