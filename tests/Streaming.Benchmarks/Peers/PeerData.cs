using System.Globalization;
using DuckDB.NET.Data;

namespace Streaming.Benchmarks.Peers;

/// <summary>
/// A set of rows in all the forms that peers read, in a folder of its own, made once. Features are standardised and rounded to six decimals
/// in the file itself, as most peers need that and none shall spend its time on it; one row of ten is held out.
/// </summary>
/// <param name="Title">Its name in tables.</param>
/// <param name="Folder">Where the forms are.</param>
/// <param name="Features">Names of the feature columns, which come first; then <see cref="Label"/>, then <see cref="Target"/>.</param>
sealed record PeerData(string Title, string Folder, IReadOnlyList<string> Features)
{
    /// <summary>The column of classes, true or false.</summary>
    public const string Label = "label";

    /// <summary>The column of numbers to be learned.</summary>
    public const string Target = "y";

    // More tell nothing new of a model.
    const int MostHeldOut = 200_000;

    public string Training => Path.Combine(Folder, "train.parquet");

    public string HeldOut => Path.Combine(Folder, "held_out.parquet");

    public string Csv => Path.Combine(Folder, "train.csv");

    /// <summary>ML.NET's own format.</summary>
    public string Binary => Path.Combine(Folder, "train.idv");

    /// <summary>Rows to learn from.</summary>
    public long Rows => (long)Convert.ToDouble(Query($"SELECT count(*) FROM '{Training}'")[0], CultureInfo.InvariantCulture);

    /// <summary>The set that another process has made.</summary>
    public static PeerData At(string title, string folder)
    {
        using var file = new ParquetSharp.ParquetFileReader(new PeerData(title, folder, []).Training);
        int columns = file.FileMetaData.NumColumns;
        return new PeerData(title, folder, [.. Enumerable.Range(0, columns - 2).Select(c => file.FileMetaData.Schema.Column(c).Name)]);
    }

    /// <summary>Rows that look like real ones, in eight clusters, three factors behind all columns.</summary>
    /// <param name="rows">Rows to learn from, about.</param>
    public static PeerData Synthetic(long rows)
    {
        const string Normal = "sqrt(-2*ln(1-random()))*cos(6.283185307179586*random())";
        string path = BenchmarkData.Real((rows + 8) / 9 * 10, "DOUBLE", "snappy");
        string[] features = [.. Enumerable.Range(1, 28).Select(i => $"c{i}")];
        string columns = string.Join(", ", features.Select((name, j) => Mixed(name, j + 1)));
        return Make("synthetic", $"synthetic {rows}", features, $"""
            SELECT *, y + {Normal} > 0.3 AS {Label}
            FROM (SELECT *, c1 + c4 - 0.2 * c8 + 0.5 * c11 + 0.1 * c7 + {Normal} AS y
            FROM (SELECT {columns}
            FROM (SELECT *, {Normal} AS z0, {Normal} AS z1, {Normal} AS z2, floor(random() * 8) AS z FROM '{path}')))
            """);
    }

    /// <summary>The flights of the repository's samples.</summary>
    public static PeerData Flights()
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root != null && !Directory.Exists(Path.Combine(root.FullName, "samples", "data", "flights")))
            root = root.Parent;

        if (root == null)
            throw new DirectoryNotFoundException($"Wanted samples/data/flights above {AppContext.BaseDirectory}, found none: run the benchmarks from a clone.");

        string files = Path.Combine(root.FullName, "samples", "data", "flights", "*.parquet");
        return Make(
            "flights",
            "flights",
            ["distance", "minute_of_day", "day_of_week", "day_of_year"],
            $"SELECT distance, minute_of_day, day_of_week, day_of_year, CAST(delay AS DOUBLE) AS y, late AS {Label} FROM '{files}'");
    }

    // A column of BenchmarkData, moved by its factor and by the cluster, with as many decimals as leave it about as many different values.
    static string Mixed(string name, int number)
    {
        (double deviation, int decimals) = (number % 7) switch
        {
            0 => (5.8, 0),
            1 => (1.0, 1),
            2 => (2.2, 1),
            3 => (60.0, 0),
            4 => (1.0, 4),
            5 => (1.0, 6),
            _ => (2.9, 1),
        };
        return string.Create(
            CultureInfo.InvariantCulture, $"round({name} + {deviation} * (0.8 * z{number % 3} + 1.2 * sin(1.7 * {number} * (z + 1))), {decimals}) AS {name}");
    }

    static PeerData Make(string title, string name, string[] features, string sql)
    {
        string folder = Path.Combine(BenchmarkData.Folder, $"peers {name}".Replace(' ', '_'));
        var data = new PeerData(title, folder, features);
        if (Directory.Exists(folder))
            return data;

        string partial = folder + ".partial";
        Directory.CreateDirectory(partial);
        (data with { Folder = partial }).Write(sql);
        Directory.Move(partial, folder);
        return data;
    }

    void Write(string sql)
    {
        // One thread and a seed: the same rows in the same order wherever this runs.
        string raw = Path.Combine(Folder, "raw.parquet");
        Query($"SET threads = 1; SELECT setseed(0.43); COPY ({sql}) TO '{raw}' (FORMAT parquet)");
        string[] moments = [.. Features.Select(f => $"avg({f}), stddev_pop({f})")];
        object[] found = Query($"SELECT {string.Join(", ", moments)}, count(*) FROM '{raw}'");

        // From the first to the last, as files may be in the order of time.
        long heldOut = Convert.ToInt64(found[^1], CultureInfo.InvariantCulture) / 10, step = (heldOut + MostHeldOut - 1) / MostHeldOut;
        string columns = string.Join(", ", Features.Select((f, j) =>
            string.Create(CultureInfo.InvariantCulture, $"round(({f} - {found[2 * j]}) / {found[2 * j + 1]}, 6) AS {f}")));
        string rows = $"SELECT {columns}, {Label}, {Target} FROM read_parquet('{raw}', file_row_number = true) WHERE file_row_number % 10";
        Query($"""
            SET threads = 1;
            COPY ({rows} <> 9) TO '{Training}' (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 122880);
            COPY ({rows} = 9 AND file_row_number // 10 % {Math.Max(step, 1)} = 0) TO '{HeldOut}' (FORMAT parquet, COMPRESSION snappy);
            COPY (SELECT * REPLACE (CAST({Label} AS INTEGER) AS {Label}) FROM '{Training}') TO '{Csv}' (FORMAT csv)
            """);
        File.Delete(raw);
        WriteArrays();
        MlNetPeer.WriteBinary(this);
    }

    void WriteArrays()
    {
        long count = Rows;
        using var doubles = new NumpyFile<double>(Path.Combine(Folder, "x_float64.npy"), count, Features.Count);
        using var singles = new NumpyFile<float>(Path.Combine(Folder, "x_float32.npy"), count, Features.Count);
        using var labels = new NumpyFile<double>(Path.Combine(Folder, $"{Label}.npy"), count, 1);
        using var targets = new NumpyFile<double>(Path.Combine(Folder, $"{Target}.npy"), count, 1);
        foreach (double[][] block in StoredColumns.RowGroups(Training))
        {
            doubles.Add(block, 0);
            singles.Add(block, 0);
            labels.Add(block, Features.Count);
            targets.Add(block, Features.Count + 1);
        }
    }

    // The first row of the last statement that gives rows.
    static object[] Query(string sql)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = sql;
        using DuckDBDataReader reader = command.ExecuteReader();
        object[] row = [];
        do
        {
            while (reader.Read())
            {
                row = new object[reader.FieldCount];
                reader.GetValues(row);
            }
        }
        while (reader.NextResult());
        return row;
    }
}
