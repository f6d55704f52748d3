using DuckDB.NET.Data;

namespace Streaming.Cli.Tests;

/// <summary>A folder of a test's own, gone when the test is over, and DuckDB to write Parquet files there and to read them back.</summary>
sealed class Scratch : IDisposable
{
    readonly DuckDBConnection connection = new("DataSource=:memory:");

    public Scratch()
    {
        connection.Open();
        Execute("SET threads = 1");
        Execute("SET preserve_insertion_order = true");
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("streaming-cli-").FullName;

    /// <summary>Names of the files there now.</summary>
    public string[] Files => [.. Directory.GetFiles(Root).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    public string In(string name) => Path.Combine(Root, name);

    /// <summary>Writes the result of a query as a Parquet file.</summary>
    public string Write(string name, string query, string? option = null)
    {
        Execute($"COPY ({query}) TO '{In(name)}' (FORMAT parquet{(option == null ? "" : $", {option}")})");
        return In(name);
    }

    /// <summary>Writes the result of a query as a CSV file with a header.</summary>
    public string WriteCsv(string name, string query, string options = "")
    {
        Execute($"COPY ({query}) TO '{In(name)}' (FORMAT csv, HEADER{(options.Length > 0 ? ", " + options : "")})");
        return In(name);
    }

    /// <summary>Writes a file of text, in a folder that is made if need be.</summary>
    public string WriteText(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(name))!);
        File.WriteAllText(In(name), text);
        return In(name);
    }

    /// <summary>The values of a column of a Parquet file, as text; nulls are "-".</summary>
    public List<string> Values(string path, string column) => Texts($"SELECT coalesce(\"{column}\"::VARCHAR, '-') FROM '{path}'");

    /// <summary>The single row of a query.</summary>
    public object[] Row(string sql)
    {
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = sql;
        using DuckDBDataReader reader = command.ExecuteReader();
        Assert.True(reader.Read());
        var row = new object[reader.FieldCount];
        reader.GetValues(row);
        Assert.False(reader.Read());
        return row;
    }

    /// <summary>The first column of a query, as text.</summary>
    public List<string> Texts(string sql)
    {
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = sql;
        using DuckDBDataReader reader = command.ExecuteReader();
        List<string> texts = [];
        while (reader.Read())
            texts.Add(reader.GetValue(0).ToString()!);

        return texts;
    }

    /// <summary>Name and type of each column of a Parquet file.</summary>
    public List<string> Types(string path) => Texts($"SELECT column_name || ' ' || column_type FROM (DESCRIBE SELECT * FROM '{path}')");

    /// <summary>Asserts that no file was left that was written aside.</summary>
    public void AssertNothingIsHalfWritten() =>
        Assert.DoesNotContain(Directory.GetFiles(Root, "*", SearchOption.AllDirectories), f => f.EndsWith(".partial", StringComparison.Ordinal));

    /// <summary>Asserts that two Parquet files have the same rows at the same places.</summary>
    public void AssertSameRows(string wanted, string found)
    {
        static string Rows(string path) => $"SELECT * FROM read_parquet('{path}', file_row_number = true)";
        Assert.Equal(Row($"SELECT count(*) FROM '{wanted}'"), Row($"SELECT count(*) FROM '{found}'"));
        Assert.Equal(["0"], Texts($"SELECT count(*) FROM ({Rows(wanted)} EXCEPT ALL {Rows(found)})"));
    }

    public void Dispose()
    {
        connection.Dispose();
        Directory.Delete(Root, recursive: true);
    }

    void Execute(string sql)
    {
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
