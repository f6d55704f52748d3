using Streaming.Storage;

namespace Streaming.Parquet.Tests;

public sealed class ParquetFileTests : IDisposable
{
    readonly DuckDb duck = new();

    [Fact]
    public void Open_DuckDbFile_DescribesItsColumnsAndChunks()
    {
        string path = duck.Write("SELECT i AS a, CASE WHEN i % 4 = 0 THEN NULL ELSE i / 2 END AS b, 'x' || i AS t FROM range(5000) t(i)", "COMPRESSION zstd, ROW_GROUP_SIZE 2048");
        using var pool = new BufferPool();
        using ParquetFile file = DuckDb.Open(path, pool);
        Assert.StartsWith("DuckDB", file.CreatedBy);
        Assert.Equal((path, 5000, 3), (file.Name, file.RowCount, file.RowGroups.Count));
        Assert.Equal(["a INT64", "b DOUBLE", "t STRING"], file.Columns.Select(c => c.ToString()));
        Assert.Same(file.Columns[1], file.FindColumn("b"));
        Assert.Null(file.FindColumn("B"));

        RowGroupInfo group = file.RowGroups[1];
        Assert.Equal(2048, group.RowCount);
        Assert.Equal(group.Chunks.Sum(c => c.CompressedBytes), group.CompressedBytes);
        Assert.All(group.Chunks, c => Assert.Equal(CompressionCodec.Zstd, c.Codec));
        Assert.Equal((2048.0, 4095.0, 0L), (group.Chunks[0].Min, group.Chunks[0].Max, group.Chunks[0].NullCount));
        Assert.Equal((1024.5, 2047.5, 512L), (group.Chunks[1].Min, group.Chunks[1].Max, group.Chunks[1].NullCount));
        Assert.Null(group.Chunks[2].Min);
    }

    [Fact]
    public void Open_LikeAnotherFile_SharesItsColumnsWhereTheSchemasAgree()
    {
        using var pool = new BufferPool();
        using ParquetFile first = DuckDb.Open(duck.Write("SELECT 1 AS a, 'x' AS b", "COMPRESSION snappy"), pool);
        using ParquetFile same = Open("SELECT i::INTEGER AS a, 'y' AS b FROM range(3) t(i)");
        using ParquetFile wider = Open("SELECT 1 AS a, 'x' AS b, 2 AS c");
        using ParquetFile other = Open("SELECT 1::DOUBLE AS a, 'x' AS b");
        Assert.Same(first.Columns, same.Columns);
        Assert.Equal((3L, 2.0), (same.RowCount, same.RowGroups[0].Chunks[0].Max));
        Assert.True(same.FooterBytes < first.FooterBytes);
        Assert.Equal(["a INT32", "b STRING", "c INT32"], wider.Columns.Select(c => c.ToString()));
        Assert.Equal(["a DOUBLE", "b STRING"], other.Columns.Select(c => c.ToString()));

        ParquetFile Open(string query) =>
            ParquetFile.Open(LocalFileSource.Open(duck.Write(query, "COMPRESSION snappy")), pool, first);
    }

    [Fact]
    public void Open_SmallFile_TakesOneRead()
    {
        string path = duck.Write("SELECT i AS a FROM range(100000) t(i)", "COMPRESSION snappy");
        using var pool = new BufferPool();
        using ParquetFile file = DuckDb.Open(path, pool);
        Assert.Equal(1, file.Source.Requests);
        Assert.Equal(0, pool.RentedBytes);
    }

    [Fact]
    public void Open_FooterLargerThanOneRead_IsReadWhole()
    {
        string path = duck.Write($"SELECT {string.Join(", ", Enumerable.Range(0, 2000).Select(i => $"{i} AS column_with_a_long_name_{i}"))}", "COMPRESSION snappy");
        using var pool = new BufferPool();
        using ParquetFile file = DuckDb.Open(path, pool);
        Assert.Equal(2000, file.Columns.Count);
        Assert.Equal(2, file.Source.Requests);
    }

    [Fact]
    public async Task OpenColumn_OnSeveralThreads_GivesEachItsValues()
    {
        string path = duck.Write("SELECT i::DOUBLE AS a, (i % 50)::DOUBLE AS b, i * 3 AS c FROM range(50000) t(i)", "COMPRESSION zstd, ROW_GROUP_SIZE 4096");
        using var pool = new BufferPool();
        using (ParquetFile file = DuckDb.Open(path, pool))
        {
            double[] sums = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Sum(file))));
            Assert.All(sums, s => Assert.Equal(4.0 * 50000 * 49999 / 2 + 50000 / 50 * (49 * 50 / 2), s));
        }

        Assert.Equal(0, pool.RentedBytes);
    }

    [Fact]
    public void Dispose_OfAReaderInTheMiddle_GivesAllMemoryBack()
    {
        string path = duck.Write("SELECT i::DOUBLE AS a, (i % 50)::DOUBLE AS b, 'x' || i AS t FROM range(100000) t(i)", "COMPRESSION snappy");
        using var pool = new BufferPool();
        using ParquetFile file = DuckDb.Open(path, pool);
        foreach (ParquetColumn column in file.Columns)
        {
            ColumnReader reader = file.OpenColumn(0, column);
            reader.Skip(1000);
            if (column.Kind == ColumnKind.Number)
                reader.Read(new float[10]);

            Assert.NotEqual(0, pool.RentedBytes);
            reader.Dispose();
            Assert.Equal(0, pool.RentedBytes);
        }
    }

    [Fact]
    public void Read_WithoutEnoughMemory_ThrowsAndGivesAllMemoryBack()
    {
        string path = duck.Write("SELECT (i * 7919 % 100003)::DOUBLE AS a FROM range(100000) t(i)", "COMPRESSION zstd");
        using var pool = new BufferPool(200_000);
        using ParquetFile file = DuckDb.Open(path, pool);
        using (ColumnReader reader = file.OpenColumn(0, file.Columns[0]))
            Assert.Throws<MemoryBudgetException>(() => reader.Read(new float[10]));

        Assert.Equal(0, pool.RentedBytes);
    }

    public void Dispose() => duck.Dispose();

    static double Sum(ParquetFile file)
    {
        double sum = 0;
        double[] rows = new double[1000];
        for (int g = 0; g < file.RowGroups.Count; g++)
        {
            foreach (ParquetColumn column in file.Columns)
            {
                using ColumnReader reader = file.OpenColumn(g, column);
                while (reader.RowsLeft > 0)
                {
                    Span<double> piece = rows.AsSpan(0, (int)Math.Min(rows.Length, reader.RowsLeft));
                    reader.Read(piece);
                    foreach (double x in piece)
                        sum += x;
                }
            }
        }

        return sum;
    }
}
