using System.Globalization;
using DuckDB.NET.Data;
using ParquetSharp;

namespace Streaming.Benchmarks.Decode;

/// <summary>
/// Makes the files, one at a time, from a table in DuckDB's memory: the same values for every codec, type and nullability, and no two files
/// on disk at once but for the moment in which one is made from the other.
/// </summary>
sealed class DecodeData : IDisposable
{
    const string Folder = "streaming-benchmark-decode";

    // Of a read and a write when a file is copied: cp's and more.
    const int CopyBytes = 1024 * 1024;

    readonly DuckDBConnection connection = new("DataSource=:memory:");
    readonly string folder;
    readonly long rows;
    DataKind? table;

    public DecodeData(long rows)
    {
        this.rows = rows;
        folder = Path.Combine(Environment.GetEnvironmentVariable("STREAMING_BENCHMARK_DATA") ?? Path.GetTempPath(), Folder);
        Directory.CreateDirectory(folder);
        connection.Open();
    }

    /// <summary>Writes a case's file; the caller deletes it.</summary>
    public string Write(DecodeCase wanted)
    {
        MakeTable(wanted.Kind);
        string written = Path.Combine(folder, "written.parquet");
        if (wanted.Nulls != Nulls.Required)
        {
            Copy(wanted, written, wanted.Codec);
        }
        else
        {
            string optional = Path.Combine(folder, "optional.parquet");
            Copy(wanted, optional, "uncompressed");
            WriteRequired(wanted, optional, written);
            File.Delete(optional);
        }

        string path = Path.Combine(folder, "values.parquet");
        Settle(written, path);
        return path;
    }

    /// <summary>Of every column the sum and the sum of magnitudes, taken from the table, not from a file.</summary>
    public (double Sum, double Magnitude)[] Sums(DecodeCase wanted)
    {
        MakeTable(wanted.Kind);
        string sums = string.Join(", ", Enumerable.Range(1, DecodeCase.Columns).Select(i => $"sum(c{i}), sum(abs(c{i}))"));
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT {sums} FROM ({Select(wanted)})";
        using DuckDBDataReader reader = command.ExecuteReader();
        reader.Read();
        return [.. Enumerable.Range(0, DecodeCase.Columns).Select(i => (reader.GetDouble(2 * i), reader.GetDouble((2 * i) + 1)))];
    }

    public void Dispose()
    {
        connection.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    // Linux keeps in its page cache what was written in small pieces in small pages, which everybody then reads at a third of the speed: files that a
    // writer of Parquet has just closed, so an accident of benchmarks. What was copied, downloaded or read from disk with read-ahead lies in large ones.
    static void Settle(string from, string to)
    {
        using (var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0))
        using (var target = new FileStream(to, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
            source.CopyTo(target, CopyBytes);

        File.Delete(from);
    }

    void MakeTable(DataKind kind)
    {
        if (table == kind)
            return;

        // By hash rather than by random(): the same values on any number of threads.
        string columns = string.Join(", ", Enumerable.Range(1, DecodeCase.Columns).Select(i => $"CAST({Expression(kind, i)} AS DOUBLE) AS c{i}"));
        Execute($"CREATE OR REPLACE TABLE t AS SELECT i, {columns} FROM range({rows}) r(i)");
        table = kind;
    }

    void Copy(DecodeCase wanted, string path, string codec) => Execute(
        $"COPY ({Select(wanted)}) TO '{path}' (FORMAT parquet, COMPRESSION {codec}, ROW_GROUP_SIZE {DecodeCase.RowGroupRows})");

    string Select(DecodeCase wanted)
    {
        IEnumerable<string> columns = Enumerable.Range(1, DecodeCase.Columns).Select(i => wanted.Nulls == Nulls.FivePercent
            ? $"CASE WHEN hash(i, {i}, 'null') % 20 <> 0 THEN CAST(c{i} AS {wanted.SqlType}) END AS c{i}"
            : $"CAST(c{i} AS {wanted.SqlType}) AS c{i}");
        return $"SELECT {string.Join(", ", columns)} FROM t WHERE i < {wanted.Rows(rows)}";
    }

    static string Expression(DataKind kind, int column)
    {
        string uniform = $"(hash(i, {column}) / 18446744073709551616.0)";
        string normal = $"(sqrt(-2 * ln(1 - {uniform})) * cos(6.283185307179586 * hash(i, {column}, 'angle') / 18446744073709551616.0))";
        return kind switch
        {
            DataKind.Continuous => $"round({normal}, 6)",
            DataKind.Dictionary => column % 4 == 0 ? $"floor({uniform} * 50)" : $"round({normal}, 1)",
            _ => RealExpression(column, uniform, normal),
        };
    }

    static string RealExpression(int column, string uniform, string normal) => (column % 7) switch
    {
        0 => $"floor({uniform} * 20)",
        1 => $"round({normal}, 2)",
        2 => $"round(exp({normal}), 3)",
        3 => $"round(100 * abs({normal}), 1)",
        4 => $"round({normal}, 4)",
        5 => $"round({normal}, 6)",
        _ => $"round({uniform} * 10, 3)",
    };

    // DuckDB writes optional columns only. Dictionaries where DuckDB makes them, too: Arrow alone would make one of nearly as many entries
    // as there are rows.
    static void WriteRequired(DecodeCase wanted, string from, string to)
    {
        using var builder = new WriterPropertiesBuilder();
        builder.Compression(Codec(wanted.Codec)).MaxRowGroupLength(DecodeCase.RowGroupRows);
        for (int i = 1; i <= DecodeCase.Columns; i++)
        {
            if (wanted.Kind == DataKind.Continuous || (wanted.Kind == DataKind.Real && i % 7 is 4 or 5))
                builder.DisableDictionary(string.Create(CultureInfo.InvariantCulture, $"c{i}"));
        }

        using WriterProperties properties = builder.Build();
        if (wanted.IsFloat)
            Rewrite<float>(from, to, properties);
        else
            Rewrite<double>(from, to, properties);
    }

    static void Rewrite<T>(string from, string to, WriterProperties properties)
        where T : unmanaged
    {
        using var reader = new ParquetFileReader(from);
        using var writer = new ParquetFileWriter(to, [.. Enumerable.Range(1, DecodeCase.Columns).Select(i => new Column<T>($"c{i}"))], properties);
        for (int g = 0; g < reader.FileMetaData.NumRowGroups; g++)
        {
            using RowGroupReader source = reader.RowGroup(g);
            using RowGroupWriter target = writer.AppendRowGroup();
            for (int i = 0; i < DecodeCase.Columns; i++)
            {
                using LogicalColumnReader<T?> values = source.Column(i).LogicalReader<T?>();
                using LogicalColumnWriter<T> column = target.NextColumn().LogicalWriter<T>();
                column.WriteBatch([.. values.ReadAll((int)source.MetaData.NumRows).Select(v => v!.Value)]);
            }
        }

        writer.Close();
    }

    static Compression Codec(string name) => name switch
    {
        "uncompressed" => Compression.Uncompressed,
        "lz4_raw" => Compression.Lz4,
        _ => Enum.Parse<Compression>(name, ignoreCase: true),
    };

    void Execute(string sql)
    {
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
