using Streaming.Storage;

namespace Streaming.Parquet.Tests;

/// <summary>Every type, codec, page version and pattern of nulls, written by DuckDB and read in odd-sized pieces.</summary>
public sealed class ColumnReaderTests : IDisposable
{
    const int Rows = 5000;

    // Name, SQL of a value from i, and whether DuckDB's value goes through a text (categories) or a number.
    static readonly (string Name, string Sql)[] Numbers =
    [
        ("b", "i % 3 = 0"),
        ("i8", "(i % 200 - 100)::TINYINT"),
        ("i16", "(i * 37 % 60000 - 30000)::SMALLINT"),
        ("i32", "(i * 7919 - 1000000)::INTEGER"),
        ("i64", "(i::BIGINT * 1000003 - 70000)"),
        ("u8", "(i % 256)::UTINYINT"),
        ("u32", "(4294967295 - i)::UINTEGER"),
        ("u64", "(9223372036854775000::UBIGINT + i::UBIGINT * 1024)"),
        ("f", "(i / 7)::FLOAT"),
        ("d", "i / 3.0::DOUBLE"),
        ("few", "(i % 23)::DOUBLE"),
        ("hundred", "(i % 100)::FLOAT"),
        ("many", "(i % 700)::DOUBLE"),
        ("dec9", "(i / 8)::DECIMAL(9,3)"),
        ("dec18", "(i / 8)::DECIMAL(18,3)"),
        ("dec38", "(i / 8)::DECIMAL(38,3)"),
        ("nothing", "NULL::DOUBLE"),
        ("infinite", "CASE WHEN i % 900 = 7 THEN 'inf'::DOUBLE WHEN i % 1100 = 7 THEN 'nan'::DOUBLE ELSE i / 3.0 END"),
        ("fewInfinite", "CASE i % 23 WHEN 7 THEN '-inf'::FLOAT WHEN 9 THEN 'nan'::FLOAT ELSE (i % 23)::FLOAT END"),
    ];

    // Null where: nowhere, now and then, mostly, in long runs.
    static readonly string[] NullPatterns = ["false", "i % 7 = 2", "i % 11 <> 3", "i / 100 % 2 = 1"];

    readonly DuckDb duck = new();

    public static TheoryData<string, string> Writers()
    {
        var data = new TheoryData<string, string>();
        foreach (string codec in new[] { "uncompressed", "snappy", "zstd", "gzip", "lz4_raw", "brotli" })
        {
            data.Add(codec, "V1");
            data.Add(codec, "V2");
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Writers))]
    public void Read_EveryNumericType_GivesDuckDbsValues(string codec, string version)
    {
        foreach (string isNull in NullPatterns)
        {
            string columns = string.Join(", ", Numbers.Select(c => $"CASE WHEN {isNull} THEN NULL ELSE {c.Sql} END AS {c.Name}"));
            string path = duck.Write($"SELECT {columns} FROM range({Rows}) t(i)", $"COMPRESSION {codec}, PARQUET_VERSION {version}, ROW_GROUP_SIZE 2048");
            string casts = string.Join(", ", Numbers.Select(c => $"{c.Name}::DOUBLE"));
            List<object?[]> expected = duck.Query($"SELECT {casts} FROM '{path}'");

            using var pool = new BufferPool();
            using (ParquetFile file = DuckDb.Open(path, pool))
            {
                Assert.Equal(Rows, file.RowCount);
                for (int c = 0; c < Numbers.Length; c++)
                    CheckNumbers(file, file.Columns[c], [.. expected.Select(row => row[c] is null ? double.NaN : (double)row[c]!)]);
            }

            Assert.Equal(0, pool.RentedBytes);
        }
    }

    [Theory]
    [MemberData(nameof(Writers))]
    public void ReadCategories_TextsIntegersAndBooleans_GivesCodesByTheMap(string codec, string version)
    {
        foreach (string isNull in NullPatterns)
        {
            string path = duck.Write(
                $"""
                SELECT CASE WHEN {isNull} THEN NULL ELSE 'category ' || i % 40 END AS few, CASE WHEN {isNull} THEN NULL ELSE 'ä' || i END AS many,
                CASE WHEN {isNull} THEN NULL ELSE i % 12 - 3 END AS i, CASE WHEN {isNull} THEN NULL ELSE i % 2 = 0 END AS b,
                CASE WHEN {isNull} THEN NULL ELSE 18446744073709551615 - i % 9 END::UBIGINT AS u, CASE WHEN {isNull} THEN NULL ELSE i * 1000 END AS plain FROM range({Rows}) t(i)
                """,
                $"COMPRESSION {codec}, PARQUET_VERSION {version}, ROW_GROUP_SIZE 2048");
            List<object?[]> expected = duck.Query($"SELECT few, many, i::VARCHAR, b::VARCHAR, u::VARCHAR, plain::VARCHAR FROM '{path}'");
            using var pool = new BufferPool();
            using ParquetFile file = DuckDb.Open(path, pool);
            for (int c = 0; c < file.Columns.Count; c++)
                CheckCategories(file, file.Columns[c], [.. expected.Select(row => (string?)row[c])]);
        }
    }

    [Theory]
    [InlineData("snappy", "V1")]
    [InlineData("snappy", "V2")]
    [InlineData("uncompressed", "V1")]
    [InlineData("uncompressed", "V2")]
    [InlineData("zstd", "V1")]
    public void Read_LargePages_GivesDuckDbsValues(string codec, string version)
    {
        // Row groups of 60,000 different values: plain pages of 240 to 960 KB, used piece by piece where the codec allows.
        string path = duck.Write(
            "SELECT (i * 7919 % 120011)::DOUBLE / 7 AS d, CASE WHEN i % 13 = 5 THEN NULL ELSE i / 3 END::DOUBLE AS n, (i * 31 + 7)::INTEGER AS i, (i * 0.37)::FLOAT AS f, (i / 8)::DECIMAL(38,3) AS dec FROM range(120000) t(i)",
            $"COMPRESSION {codec}, PARQUET_VERSION {version}, ROW_GROUP_SIZE 60000");
        List<object?[]> expected = duck.Query($"SELECT COLUMNS(*)::DOUBLE FROM '{path}'");
        using var pool = new BufferPool();
        using (ParquetFile file = DuckDb.Open(path, pool))
        {
            for (int c = 0; c < file.Columns.Count; c++)
                CheckNumbers(file, file.Columns[c], [.. expected.Select(row => row[c] is null ? double.NaN : (double)row[c]!)]);
        }

        Assert.Equal(0, pool.RentedBytes);
    }

    [Fact]
    public void Skip_AnywhereInTheChunk_GoesOnAtTheRightRow()
    {
        string path = duck.Write($"SELECT CASE WHEN i % 5 = 1 THEN NULL ELSE i END AS a, i::DOUBLE AS b, i % 10 AS c FROM range({Rows}) t(i)", "ROW_GROUP_SIZE 5000");
        using var pool = new BufferPool();
        using ParquetFile file = DuckDb.Open(path, pool);
        foreach (ParquetColumn column in file.Columns)
        {
            double[] all = new double[Rows];
            using (ColumnReader reader = file.OpenColumn(0, column))
                reader.Read(all);

            foreach ((int before, int skip) in new[] { (0, 1), (1, 63), (100, 1), (3, 2000), (0, 4999), (2500, 2500) })
            {
                using ColumnReader reader = file.OpenColumn(0, column);
                reader.Read(new double[before]);
                reader.Skip(skip);
                double[] rest = new double[Rows - before - skip];
                reader.Read(rest);
                Assert.Equal(all[(before + skip)..], rest);
                Assert.Equal(0, reader.RowsLeft);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Writers))]
    public void EstimateReaderBytes_OfEveryType_IsNotPassed(string codec, string version)
    {
        string columns = string.Join(", ", Numbers.Select(c => $"CASE WHEN i % 7 = 2 THEN NULL ELSE {c.Sql} END AS {c.Name}"));
        string path = duck.Write($"SELECT {columns}, 'category ' || i % 40 AS few, 'ä' || i AS plenty FROM range(40000) t(i)", $"COMPRESSION {codec}, PARQUET_VERSION {version}");
        foreach (bool asDouble in new[] { false, true })
        {
            for (int c = 0; c < Numbers.Length + 2; c++)
            {
                using var pool = new BufferPool();
                using ParquetFile file = DuckDb.Open(path, pool);
                ParquetColumn column = file.Columns[c];
                long before = pool.PeakBytes;
                using (ColumnReader reader = file.OpenColumn(0, column))
                {
                    while (reader.RowsLeft > 0)
                    {
                        int n = (int)Math.Min(1000, reader.RowsLeft);
                        if (column.Kind == ColumnKind.Text)
                            reader.ReadCategories(new int[n], new ListMap());
                        else if (asDouble)
                            reader.Read(new double[n]);
                        else
                            reader.Read(new float[n], 1, 2);
                    }
                }

                Assert.InRange(pool.PeakBytes - before, 0, file.EstimateReaderBytes(0, column, asDouble).Total);
            }
        }
    }

    [Fact]
    public void Read_WithOffset_KeepsTheDigitsOfLargeValues()
    {
        string path = duck.Write($"SELECT 1600000000000000 + i AS t FROM range({Rows}) t(i)", "COMPRESSION zstd");
        using var pool = new BufferPool();
        using ParquetFile file = DuckDb.Open(path, pool);
        using ColumnReader reader = file.OpenColumn(0, file.Columns[0]);
        float[] rows = new float[Rows];
        reader.Read(rows, 1600000000000000, 0.5);
        Assert.Equal(Enumerable.Range(0, Rows).Select(i => i * 0.5f), rows);
    }

    [Fact]
    public void Read_MoreRowsThanLeft_IsRefusedWithBothNumbers()
    {
        string path = duck.Write("SELECT i FROM range(10) t(i)", "COMPRESSION snappy");
        using var pool = new BufferPool();
        using ParquetFile file = DuckDb.Open(path, pool);
        using ColumnReader reader = file.OpenColumn(0, file.Columns[0]);
        reader.Skip(4);
        var e = Assert.Throws<ArgumentException>(() => reader.Read(new float[7]));
        Assert.Equal("Wanted 7 rows of column 'i', row group 0 has 6 left.", e.Message);
    }

    [Fact]
    public void OpenColumn_OfAListOfTexts_IsUnsupportedWithTheReason()
    {
        string path = duck.Write("SELECT ['a', 'b'] AS l, [[i]] AS ll, {'x': i, 'y': NULL::DOUBLE} AS s FROM range(10) t(i)", "COMPRESSION snappy");
        using var pool = new BufferPool();
        using ParquetFile file = DuckDb.Open(path, pool);
        Assert.Equal(["l", "ll.list.element.list.element", "s.x", "s.y"], file.Columns.Select(c => c.Name));
        var e = Assert.Throws<ParquetException>(() => file.OpenColumn(0, file.Columns[0]));
        Assert.True(e.IsUnsupported);
        Assert.Equal($"Column 'l', row group 0 of '{path}': the column can't be read: it is a list of texts.", e.Message);
        Assert.True(Assert.Throws<ParquetException>(() => file.OpenColumn(0, file.Columns[1])).IsUnsupported);

        CheckNumbers(file, file.FindColumn("s.x")!, [.. Enumerable.Range(0, 10).Select(i => (double)i)]);
        CheckNumbers(file, file.FindColumn("s.y")!, [.. Enumerable.Repeat(double.NaN, 10)]);
    }

    public void Dispose() => duck.Dispose();

    static void CheckNumbers(ParquetFile file, ParquetColumn column, double[] expected)
    {
        int[] pieces = [1, 1024, 3, 700, 64];
        int row = 0;
        for (int g = 0; g < file.RowGroups.Count; g++)
        {
            using ColumnReader doubles = file.OpenColumn(g, column);
            using ColumnReader floats = file.OpenColumn(g, column);
            using ColumnReader mapped = file.OpenColumn(g, column);
            for (int i = 0; doubles.RowsLeft > 0; i++)
            {
                int n = (int)Math.Min(pieces[i % pieces.Length], doubles.RowsLeft);
                double[] d = new double[n];
                float[] f = new float[n];
                float[] m = new float[n];
                doubles.Read(d);
                bool areFinite = floats.Read(f, 0, 1);
                mapped.Read(m, -3.5, 0.1);
                double[] wanted = expected[row..(row + n)];
                Assert.True(wanted.AsSpan().SequenceEqual(d), $"{column.Name}, rows {row} to {row + n}");
                Assert.Equal(wanted.Select(x => (float)x), f);
                Assert.Equal(wanted.Select(x => (float)((x + 3.5) * 0.1)), m);
                row += n;

                // A dictionary that has others counts for all of its codes.
                Assert.False(areFinite && !f.All(float.IsFinite));
                Assert.True(areFinite || !f.All(float.IsFinite) || expected.Any(double.IsInfinity));
            }
        }

        Assert.Equal(expected.Length, row);
    }

    static void CheckCategories(ParquetFile file, ParquetColumn column, string?[] expected)
    {
        var map = new ListMap();
        int[] pieces = [5, 1024, 1, 333];
        int row = 0;
        for (int g = 0; g < file.RowGroups.Count; g++)
        {
            using ColumnReader reader = file.OpenColumn(g, column);
            for (int i = 0; reader.RowsLeft > 0; i++)
            {
                int[] codes = new int[Math.Min(pieces[i % pieces.Length], reader.RowsLeft)];
                reader.ReadCategories(codes, map);
                Assert.Equal(expected[row..(row + codes.Length)], codes.Select(c => c < 0 ? null : map.Texts[c]));
                row += codes.Length;
            }
        }

        Assert.Equal(expected.Length, row);
    }

    sealed class ListMap : CategoryMap
    {
        readonly Dictionary<string, int> codes = [];

        public List<string> Texts { get; } = [];

        public override int Map(ReadOnlySpan<byte> utf8)
        {
            string text = System.Text.Encoding.UTF8.GetString(utf8);
            if (!codes.TryGetValue(text, out int code))
            {
                codes.Add(text, code = Texts.Count);
                Texts.Add(text);
            }

            return code;
        }
    }
}
