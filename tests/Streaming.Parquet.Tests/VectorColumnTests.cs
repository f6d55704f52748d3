using Streaming.Storage;

namespace Streaming.Parquet.Tests;

/// <summary>Lists of one length, read as columns of their elements, against the same numbers as DuckDB reads them.</summary>
public sealed class VectorColumnTests : IDisposable
{
    const int Rows = 3000;
    const int Length = 9;

    // SQL of element x of row i.
    static readonly (string Name, string Type, string Sql)[] Elements =
    [
        ("f", "FLOAT", "(i * 31 + x * 7) / 3"),
        ("d", "DOUBLE", "(i * 9 + x) / 7"),
        ("few", "DOUBLE", "(i + x) % 5"),
        ("i32", "INTEGER", "i * 7919 + x - 1000000"),
        ("i64", "BIGINT", "i * 1000003 + x"),
        ("u8", "UTINYINT", "(i + x) % 250"),
        ("b", "BOOLEAN", "(i + x) % 3 = 0"),
        ("dec", "DECIMAL(18,3)", "(i + x) / 8"),
    ];

    readonly DuckDb duck = new();

    public static TheoryData<string, string> Writers() => new()
    {
        { "uncompressed", "V1" }, { "uncompressed", "V2" }, { "snappy", "V1" }, { "snappy", "V2" }, { "zstd", "V1" }, { "zstd", "V2" },
    };

    [Theory]
    [MemberData(nameof(Writers))]
    public void ReadVectors_ListsAndArraysOfEveryType_GivesDuckDbsValues(string codec, string version)
    {
        // No nulls, some, whole rows of them.
        foreach (string isNull in new[] { "false", "(i * 9 + x) % 7 = 2", "i % 50 < 20", "(i + x) % 11 <> 3" })
        {
            string columns = string.Join(", ", Elements.SelectMany(e => new[]
            {
                $"list_transform(range({Length}), lambda x: CASE WHEN {isNull} THEN NULL ELSE ({e.Sql})::{e.Type} END)::{e.Type}[] AS {e.Name}",
                $"list_transform(range({Length}), lambda x: CASE WHEN {isNull} THEN NULL ELSE ({e.Sql})::{e.Type} END)::{e.Type}[{Length}] AS {e.Name}_array",
            }));
            string path = duck.Write($"SELECT {columns} FROM range({Rows}) t(i)", $"COMPRESSION {codec}, PARQUET_VERSION {version}, ROW_GROUP_SIZE 2048");
            using var pool = new BufferPool();
            using (ParquetFile file = DuckDb.Open(path, pool))
            {
                Assert.All(file.Columns, c => Assert.Equal(ColumnKind.Vector, c.Kind));
                foreach (ParquetColumn column in file.Columns)
                    Check(file, column, Length, Expected(path, column.Name, Length));
            }

            Assert.Equal(0, pool.RentedBytes);
        }
    }

    [Theory]
    [InlineData("uncompressed", "V1", 784)]
    [InlineData("snappy", "V1", 784)]
    [InlineData("snappy", "V2", 784)]
    [InlineData("zstd", "V2", 784)]
    [InlineData("snappy", "V1", 1)]
    [InlineData("snappy", "V1", 16)]
    [InlineData("zstd", "V1", 63)]
    [InlineData("uncompressed", "V2", 257)]
    public void ReadVectors_OfAnyLength_GivesDuckDbsValues(string codec, string version, int length)
    {
        string path = duck.Write(
            $"SELECT list_transform(range({length}), lambda x: ((i * 7919 + x * 31) % 65537 / 7)::FLOAT) AS e, list_transform(range({length}), lambda x: (i + x) % 256)::INTEGER[{length}] AS p FROM range(300) t(i)",
            $"COMPRESSION {codec}, PARQUET_VERSION {version}");
        using var pool = new BufferPool();
        using ParquetFile file = DuckDb.Open(path, pool);
        foreach (ParquetColumn column in file.Columns)
            Check(file, column, length, Expected(path, column.Name, length));
    }

    [Theory]
    [InlineData("[1, 2]", 17, 2)]
    [InlineData("[1, 2, 3, 4]", 17, 4)]
    [InlineData("[]", 17, 0)]
    [InlineData("[1, 2]", 0, 2)]
    [InlineData("[1, 2, 3, 4]", 0, 4)]
    [InlineData("[1, 2]", 99, 2)]
    [InlineData("[1, 2, 3, 4, 5, 6]", 99, 6)]
    [InlineData("[]", 99, 0)]
    public void ReadVectors_RowOfAnotherLength_IsNamed(string other, int row, int found)
    {
        string path = duck.Write($"SELECT CASE WHEN i = {row} THEN {other} ELSE [i, 2, 3] END::DOUBLE[] AS v FROM range(100) t(i)", "COMPRESSION snappy");
        foreach (int piece in new[] { 1, 7, 18, 100 })
        {
            using var pool = new BufferPool();
            using (ParquetFile file = DuckDb.Open(path, pool))
            {
                using ColumnReader reader = file.OpenColumn(0, file.Columns[0]);
                var e = Assert.Throws<VectorLengthException>(() => ReadAll(reader, 3, piece));
                Assert.Equal((row, 3, found), (e.Row, e.Wanted, e.Found));
                string shown = found == 0 ? "an empty one" : $"one of {found}";
                Assert.Equal($"Column 'v', row group 0, page {PageOf(e)} of '{path}': row {row} of the row group should have a list of 3 elements and has {shown}.", e.Message);

                var again = Assert.Throws<ParquetException>(() => reader.ReadVectors(new float[3], 0, 3, 1));
                Assert.Equal(e.Message, again.Message);
            }

            Assert.Equal(0, pool.RentedBytes);
        }

        // The number of the page is that where the reader stood: a dictionary may stand before the data.
        static string PageOf(Exception e) => e.Message.Split("page ")[1].Split(' ')[0];
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(300)]
    public void ReadVectors_RowsThatAreNull_GivesNaNForAllTheirElements(int length)
    {
        foreach (string isNull in new[] { "i = 0", "i = 2999", "i % 7 = 3", "i < 100 or i > 2500", "i % 2 = 0", "i % 977 = 976", "true" })
        {
            string list = $"list_transform(range({length}), lambda x: CASE WHEN (i + x) % 11 = 2 THEN NULL ELSE (i * 31 + x * 7) / 3 END)::FLOAT[]";
            string path = duck.Write(
                $"SELECT CASE WHEN {isNull} THEN NULL ELSE {list} END AS floats, CASE WHEN {isNull} THEN NULL ELSE {list} END::DOUBLE[] AS doubles FROM range({Rows}) t(i)",
                "COMPRESSION snappy, ROW_GROUP_SIZE 2048");
            using var pool = new BufferPool();
            using ParquetFile file = DuckDb.Open(path, pool);
            foreach (ParquetColumn column in file.Columns)
                Check(file, column, length, Expected(path, $"coalesce({column.Name}, list_transform(range({length}), lambda x: NULL))", length));
        }
    }

    [Theory]
    [InlineData("[1, 2]", 2)]
    [InlineData("[1, 2, 3, 4]", 4)]
    [InlineData("[]", 0)]
    public void ReadVectors_RowOfAnotherLengthAmongNulls_IsNamed(string other, int found)
    {
        foreach (int row in new[] { 0, 1, 17, 98, 99 })
        {
            string path = duck.Write(
                $"SELECT CASE WHEN i = {row} THEN {other} WHEN i % 3 = 0 THEN NULL ELSE [i, 2, 3] END::DOUBLE[] AS v FROM range(100) t(i)", "COMPRESSION snappy");
            foreach (int piece in new[] { 1, 7, 100 })
            {
                using var pool = new BufferPool();
                using ParquetFile file = DuckDb.Open(path, pool);
                using ColumnReader reader = file.OpenColumn(0, file.Columns[0]);
                var e = Assert.Throws<VectorLengthException>(() => ReadAll(reader, 3, piece));
                Assert.Equal((row, 3, found), (e.Row, e.Wanted, e.Found));
            }
        }
    }

    [Fact]
    public void ReadVectorLengths_RaggedLists_GivesTheLengthOfEach()
    {
        string path = duck.Write(
            "SELECT CASE WHEN i % 10 = 3 THEN NULL ELSE list_transform(range(i % 7), lambda x: CASE WHEN x = 2 THEN NULL ELSE i END) END AS v FROM range(5000) t(i)",
            "COMPRESSION zstd, ROW_GROUP_SIZE 2048");
        using var pool = new BufferPool();
        using ParquetFile file = DuckDb.Open(path, pool);
        int row = 0;
        for (int g = 0; g < file.RowGroups.Count; g++)
        {
            using ColumnReader reader = file.OpenColumn(g, file.Columns[0]);
            while (reader.RowsLeft > 0)
            {
                int[] lengths = new int[Math.Min(reader.RowsLeft, 77)];
                reader.ReadVectorLengths(lengths);
                Assert.Equal(Enumerable.Range(row, lengths.Length).Select(i => i % 10 == 3 ? -1 : i % 7), lengths);
                row += lengths.Length;
            }
        }
    }

    [Theory]
    [InlineData("snappy", "V1")]
    [InlineData("zstd", "V2")]
    public void Skip_OfVectors_GoesOnAtTheRightRow(string codec, string version)
    {
        string path = duck.Write(
            $"SELECT list_transform(range(5), lambda x: CASE WHEN (i + x) % 4 = 1 THEN NULL ELSE i * 5 + x END) AS v FROM range({Rows}) t(i)",
            $"COMPRESSION {codec}, PARQUET_VERSION {version}, ROW_GROUP_SIZE {Rows}");
        using var pool = new BufferPool();
        using ParquetFile file = DuckDb.Open(path, pool);
        double[] all = new double[Rows * 5];
        using (ColumnReader reader = file.OpenColumn(0, file.Columns[0]))
            reader.ReadVectors(all, Rows, 5, Rows);

        foreach ((int before, int skip) in new[] { (0, 1), (1, 63), (100, 1), (3, 2000), (0, Rows), (2500, 499) })
        {
            using ColumnReader reader = file.OpenColumn(0, file.Columns[0]);
            reader.ReadVectors(new double[before * 5], before, 5, before);
            reader.Skip(skip);
            int left = Rows - before - skip;
            Assert.Equal(left, reader.RowsLeft);
            double[] rest = new double[left * 5];
            reader.ReadVectors(rest, left, 5, left);
            for (int j = 0; j < 5; j++)
                Assert.Equal(all[(j * Rows + before + skip)..((j + 1) * Rows)], rest[(j * left)..((j + 1) * left)]);
        }
    }

    [Theory]
    [InlineData("FLOAT", 5)]
    [InlineData("BIGINT", 5)]
    [InlineData("FLOAT", 300)]
    public void ReadVectors_OfSomeRows_PassesOverListsOfAnyLength(string type, int length)
    {
        // Rows whose number is prime to 6 have the length that is wanted.
        string path = duck.Write(
            $"SELECT CASE WHEN i % 6 in (1, 5) THEN list_transform(range({length}), lambda x: i + x) WHEN i % 6 = 2 THEN NULL ELSE range(i % 9) END::{type}[] AS v FROM range({Rows}) t(i)",
            $"COMPRESSION snappy, ROW_GROUP_SIZE {Rows}");
        int[] wanted = [.. Enumerable.Range(0, Rows).Where(i => i % 6 is 1 or 5)];
        double[] offsets = new double[length];
        foreach (int piece in new[] { 1, 2, 17, 1000 })
        {
            using var pool = new BufferPool();
            using ParquetFile file = DuckDb.Open(path, pool);
            using ColumnReader floats = file.OpenColumn(0, file.Columns[0]);
            using ColumnReader doubles = file.OpenColumn(0, file.Columns[0]);
            for (int done = 0; done < wanted.Length; done += piece)
            {
                int[] picked = wanted[done..Math.Min(done + piece, wanted.Length)];
                int gap = picked[0] - (done == 0 ? 0 : wanted[done - 1] + 1);
                floats.Skip(gap);
                doubles.Skip(gap);
                float[] f = new float[picked.Length * length];
                double[] d = new double[picked.Length * length];
                floats.ReadVectors(f, picked.Length, length, picked.Length, offsets, [], picked);
                doubles.ReadVectors(d, picked.Length, length, picked.Length, picked);
                for (int k = 0; k < d.Length; k++)
                    Assert.Equal((picked[k % picked.Length] + k / picked.Length, (float)d[k]), (d[k], f[k]));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Writers))]
    public void EstimateReaderBytes_OfVectors_IsNotPassed(string codec, string version)
    {
        string columns = string.Join(", ", Elements.Select(e => $"list_transform(range(64), lambda x: CASE WHEN (i + x) % 9 = 2 THEN NULL ELSE ({e.Sql})::{e.Type} END) AS {e.Name}"));
        string path = duck.Write($"SELECT {columns} FROM range(4000) t(i)", $"COMPRESSION {codec}, PARQUET_VERSION {version}");
        for (int c = 0; c < Elements.Length; c++)
        {
            using var pool = new BufferPool();
            using ParquetFile file = DuckDb.Open(path, pool);
            long before = pool.PeakBytes;
            using (ColumnReader reader = file.OpenColumn(0, file.Columns[c]))
                ReadAll(reader, 64, 500);

            Assert.InRange(pool.PeakBytes - before, 0, file.EstimateReaderBytes(0, file.Columns[c]).Total);
        }
    }

    [Fact]
    public void ReadVectors_WrongRequests_AreRefused()
    {
        string path = duck.Write("SELECT [i, 1] AS v, i FROM range(10) t(i)", "COMPRESSION snappy");
        using var pool = new BufferPool();
        using ParquetFile file = DuckDb.Open(path, pool);
        using ColumnReader vectors = file.OpenColumn(0, file.Columns[0]);
        using ColumnReader numbers = file.OpenColumn(0, file.Columns[1]);
        Assert.Throws<InvalidOperationException>(() => vectors.Read(new float[1]));
        Assert.Throws<InvalidOperationException>(() => vectors.Read(new double[1]));
        Assert.Throws<InvalidOperationException>(() => vectors.ReadCategories(new int[1], null!));
        Assert.Throws<InvalidOperationException>(() => numbers.ReadVectors(new float[1], 1, 1, 1));
        Assert.Throws<InvalidOperationException>(() => numbers.ReadVectorLengths(new int[1]));
        Assert.Throws<ArgumentException>(() => vectors.ReadVectors(new float[100], 11, 2, 11));
        Assert.Throws<ArgumentException>(() => vectors.ReadVectors(new float[19], 10, 2, 10));
        Assert.Throws<ArgumentException>(() => vectors.ReadVectors(new float[20], 10, 2, 10, [1.0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => vectors.ReadVectors(new float[20], 10, 2, 9));
        Assert.Throws<ArgumentOutOfRangeException>(() => vectors.ReadVectors(new float[20], 10, 0, 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => vectors.ReadVectors(new float[20], 1, ColumnReader.MaxVectorLength + 1, 1));
        Assert.Throws<ArgumentException>(() => vectors.ReadVectors(new double[20], 2, 2, 10, [1]));
        Assert.Throws<ArgumentException>(() => vectors.ReadVectors(new double[20], 2, 2, 10, [5, 5]));
        Assert.Throws<ArgumentException>(() => vectors.ReadVectors(new double[20], 2, 2, 10, [5, 15]));
        vectors.ReadVectors(new float[20], 10, 2, 10);
    }

    [Theory]
    [InlineData("hyparam+hyparquet/continued_page.parquet", "int_list", 20, 100366)]
    [InlineData("parquet-go+parquet-go/issue276_4_per_page.parquet", "int64_array", 13, 520)]
    [InlineData("aloneguid+parquet-dotnet/legacy-list.parquet", "volumes", 168, 28056)]
    [InlineData("aloneguid+parquet-dotnet/legacy-list-onearray.parquet", "impurityStats", 24, 218)]
    [InlineData("facebookincubator+velox/old_repeated_int.parquet", "repeatedInt", 3, 6)]
    [InlineData("aloneguid+parquet-dotnet/legacy_primitives_collection_arrays.parquet", "Integers", 2, 3)]
    public void ReadVectors_FilesOfOtherWriters_GivesTheirSums(string name, string columnName, int length, double sum)
    {
        // The first file's pages end in the middle of rows; the others are lists of two levels, or of three with odd names.
        using var pool = new BufferPool();
        using ParquetFile file = DuckDb.Open(Path.Combine(AppContext.BaseDirectory, "data", name), pool);
        ParquetColumn column = file.FindColumn(columnName)!;
        Assert.Equal(ColumnKind.Vector, column.Kind);
        foreach (int piece in new[] { 1, 7, 64 })
        {
            double found = 0;
            for (int g = 0; g < file.RowGroups.Count; g++)
            {
                using ColumnReader reader = file.OpenColumn(g, column);
                while (reader.RowsLeft > 0)
                {
                    int n = (int)Math.Min(piece, reader.RowsLeft);
                    float[] values = new float[n * length];
                    reader.ReadVectors(values, n, length, n);
                    found += values.Sum(v => (double)v);
                }
            }

            Assert.Equal(sum, found);
        }
    }

    [Fact]
    public async Task ReadVectors_FileOfParquetNet_GivesItsValues()
    {
        var three = new global::Parquet.Schema.ListField("three", new global::Parquet.Schema.DataField<float>("element"));
        var schema = new global::Parquet.Schema.ParquetSchema(three);
        float[] values = [.. Enumerable.Range(0, 1200).Select(i => i / 7f)];
        using var stream = new MemoryStream();
        await using (global::Parquet.ParquetWriter writer = await global::Parquet.ParquetWriter.CreateAsync(
            schema, stream, cancellationToken: TestContext.Current.CancellationToken))
        {
            using global::Parquet.ParquetRowGroupWriter group = writer.CreateRowGroup();
            global::Parquet.Schema.DataField leaf = schema.DataFields[0];
            int[] definitions = [.. Enumerable.Repeat(leaf.MaxDefinitionLevel, values.Length)];
            int[] repetitions = [.. Enumerable.Range(0, values.Length).Select(i => i % 6 == 0 ? 0 : 1)];
            await group.WriteAllPartsAsync<float>(leaf, values, definitions, repetitions, TestContext.Current.CancellationToken);
        }

        using var pool = new BufferPool();
        using ParquetFile file = ParquetFile.Open(new MemorySource("net.parquet", stream.ToArray()), pool);
        Check(file, Assert.Single(file.Columns), 6, [.. values.Select(v => (double)v)]);
    }

    public void Dispose() => duck.Dispose();

    double[] Expected(string path, string column, int length)
    {
        List<object?[]> rows = duck.Query($"SELECT unnest({column}::DOUBLE[]) FROM '{path}'");
        Assert.Equal(0, rows.Count % length);
        return [.. rows.Select(r => r[0] is null ? double.NaN : (double)r[0]!)];
    }

    static void ReadAll(ColumnReader reader, int length, int piece)
    {
        while (reader.RowsLeft > 0)
        {
            int n = (int)Math.Min(piece, reader.RowsLeft);
            reader.ReadVectors(new float[n * length], n, length, n);
        }
    }

    // Row by row in the expected order, in odd-sized pieces, all three ways.
    static void Check(ParquetFile file, ParquetColumn column, int length, double[] expected)
    {
        int[] pieces = [1, 40, 3, 700, 64];
        double[] offsets = [.. Enumerable.Range(0, length).Select(j => j * 0.3 - 1)];
        double[] factors = [.. Enumerable.Range(0, length).Select(j => 1 / (j + 1.5))];
        int row = 0;
        for (int g = 0; g < file.RowGroups.Count; g++)
        {
            using ColumnReader doubles = file.OpenColumn(g, column);
            using ColumnReader floats = file.OpenColumn(g, column);
            using ColumnReader mapped = file.OpenColumn(g, column);
            for (int i = 0; doubles.RowsLeft > 0; i++)
            {
                int n = (int)Math.Min(pieces[i % pieces.Length], doubles.RowsLeft);
                int stride = n + i % 3;
                double[] d = new double[length * stride];
                float[] f = new float[(length - 1) * stride + n];
                float[] m = new float[length * stride];
                doubles.ReadVectors(d, n, length, stride);
                floats.ReadVectors(f, n, length, stride);
                mapped.ReadVectors(m, n, length, stride, offsets, factors);
                for (int r = 0; r < n; r++)
                {
                    for (int j = 0; j < length; j++)
                    {
                        double wanted = expected[(row + r) * length + j];
                        int at = j * stride + r;
                        bool same = wanted.Equals(d[at]) && ((float)wanted).Equals(f[at]) && ((float)((wanted - offsets[j]) * factors[j])).Equals(m[at]);
                        Assert.True(same, $"{column}, row {row + r}, element {j}: wanted {wanted}, found {d[at]}, {f[at]}, {m[at]}");
                    }
                }

                row += n;
            }
        }

        Assert.Equal(expected.Length, row * length);
    }
}
