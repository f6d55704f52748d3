using ParquetSharp;
using Streaming.Storage;

namespace Streaming.Parquet.Tests;

/// <summary>Small chunks that lie close together are fetched by one request, and read as they would be one by one.</summary>
public sealed class JoinedRangeTests : IDisposable
{
    readonly DuckDb duck = new();

    public void Dispose() => duck.Dispose();

    [Theory]
    [InlineData("snappy", 100, 1000, 1)]
    [InlineData("uncompressed", 100, 1000, 1)]
    [InlineData("uncompressed", 100, 5000, 2)] // 2 MiB are the most that is fetched at once.
    [InlineData("uncompressed", 3, 100_000, 3)] // Large chunks are read for themselves.
    public void OpenColumns_OfSmallChunks_AsksOnce(string codec, int columns, int rows, int requests)
    {
        using ParquetFile file = Write(codec, columns, rows, out BufferPool pool);
        long asked = file.Source.Requests;
        ColumnReader[] readers = file.OpenColumns(0, file.Columns);
        Assert.Equal(asked, file.Source.Requests);
        var together = new double[rows];
        var alone = new double[rows];
        for (int c = 0; c < columns; c++)
        {
            readers[c].Read(together);
            using ParquetFile other = DuckDb.Open(file.Name, pool);
            using ColumnReader reader = other.OpenColumn(0, other.Columns[c]);
            reader.Read(alone);
            Assert.Equal(alone, together);
        }

        Assert.InRange(file.Source.Requests - asked, requests, columns == 3 ? 12 : requests);
        foreach (ColumnReader reader in readers)
            reader.Dispose();

        Assert.Equal(0, pool.RentedBytes);
    }

    [Fact]
    public void OpenColumns_WithAWideGapBetweenThem_AsksForEitherSide()
    {
        using ParquetFile file = Write("zstd", 100, 1000, out BufferPool pool);
        long asked = file.Source.Requests;
        long read = file.Source.BytesRead;
        ColumnReader[] readers = file.OpenColumns(0, [file.Columns[99], file.Columns[1], file.Columns[98], file.Columns[0]]);
        foreach (ColumnReader reader in readers)
        {
            reader.Read(new float[1000]);
            reader.Dispose();
        }

        Assert.Equal(2, file.Source.Requests - asked);
        Assert.InRange(file.Source.BytesRead - read, 1, file.RowGroups[0].CompressedBytes / 20);
        Assert.Equal(0, pool.RentedBytes);
    }

    [Fact]
    public void Read_OnManyThreads_GivesTheSameAndAsksOnce()
    {
        using ParquetFile file = Write("snappy", 60, 1000, out BufferPool pool);
        for (int round = 0; round < 50; round++)
        {
            long asked = file.Source.Requests;
            ColumnReader[] readers = file.OpenColumns(0, file.Columns);
            Parallel.For(0, readers.Length, c =>
            {
                var values = new double[1000];
                readers[c].Read(values);
                Assert.Equal(Enumerable.Range(0, 1000).Select(i => (i * 7919 + c) % 100_003 / 7.0), values);
                readers[c].Dispose();
            });
            Assert.Equal(1, file.Source.Requests - asked);
            Assert.Equal(0, pool.RentedBytes);
        }
    }

    /// <summary>Of many columns the compressed bytes would be a third of what is held.</summary>
    [Fact]
    public void Read_OfTheLastColumnsOnlyPage_GivesTheCompressedBytesBack()
    {
        string columns = string.Join(", ", Enumerable.Range(0, 50).Select(c => $"i * 1000 + {c} AS c{c}"));
        using var pool = new BufferPool();
        using ParquetFile file = DuckDb.Open(duck.Write($"SELECT {columns} FROM range(1000) t(i)", "COMPRESSION snappy"), pool);
        ColumnReader[] readers = file.OpenColumns(0, file.Columns);
        foreach (ColumnReader reader in readers[..^1])
            reader.Read(new double[1]);

        long before = pool.RentedBytes;
        readers[^1].Read(new double[1]);
        Assert.InRange(before - pool.RentedBytes, file.RowGroups[0].CompressedBytes / 2, file.RowGroups[0].CompressedBytes * 2);
        foreach (ColumnReader reader in readers)
        {
            reader.Read(new double[999]);
            reader.Dispose();
        }

        Assert.Equal(0, pool.RentedBytes);
    }

    /// <summary>Columns wait for each other between tiles: of each there is its page then, and not its compressed bytes beside it.</summary>
    [Theory]
    [InlineData(true, 1)]
    [InlineData(true, 7)]
    [InlineData(false, 1)]
    [InlineData(false, 7)]
    public void Read_OfColumnsWithOnePageEach_HoldsThePagesAlone(bool isByDuckDb, int repetitions)
    {
        const int Columns = 40, Rows = 10_000, Tile = 1000;
        const long PageBytes = Rows * sizeof(double);
        double[] values = [.. Enumerable.Range(0, Rows).Select(i => Math.Sqrt(i / repetitions))];
        string path = isByDuckDb ? WriteByDuckDb(Columns, Rows, repetitions) : WriteByArrow(Columns, values);
        ReaderBytes planned = Plan(path);

        // More than was planned would be refused.
        using var pool = new BufferPool(planned.Total);
        using ParquetFile file = DuckDb.Open(path, pool);
        ColumnReader[] readers = file.OpenColumns(0, file.Columns);
        var tile = new double[Tile];
        for (int start = 0; start < Rows; start += Tile)
        {
            foreach (ColumnReader reader in readers)
            {
                reader.Read(tile);
                Assert.Equal(values[start..(start + Tile)], tile);
            }

            Assert.InRange(pool.RentedBytes, Columns * PageBytes, Math.Min(planned.Held, (long)(Columns * PageBytes * 1.1)));
        }

        foreach (ColumnReader reader in readers)
            reader.Dispose();

        Assert.Equal(0, pool.RentedBytes);
    }

    static ReaderBytes Plan(string path)
    {
        using var pool = new BufferPool();
        using ParquetFile file = DuckDb.Open(path, pool);
        return file.EstimateReaderBytes(0, [.. file.Columns.Select(c => (c, false))]);
    }

    string WriteByDuckDb(int columns, int rows, int repetitions)
    {
        string query = string.Join(", ", Enumerable.Range(0, columns).Select(c => $"sqrt(i // {repetitions}) AS c{c}"));
        return duck.Write($"SELECT {query} FROM range({rows}) t(i)", "COMPRESSION snappy, DICTIONARY_SIZE_LIMIT 1");
    }

    string WriteByArrow(int columns, double[] values)
    {
        string path = duck.NewPath();
        using WriterPropertiesBuilder builder = new WriterPropertiesBuilder().Compression(ParquetSharp.Compression.Snappy).DisableDictionary();
        using WriterProperties properties = builder.Build();
        using var writer = new ParquetFileWriter(path, [.. Enumerable.Range(0, columns).Select(c => new Column<double>($"c{c}"))], properties);
        using RowGroupWriter group = writer.AppendRowGroup();
        for (int c = 0; c < columns; c++)
        {
            using LogicalColumnWriter<double> column = group.NextColumn().LogicalWriter<double>();
            column.WriteBatch(values);
        }

        writer.Close();
        return path;
    }

    [Fact]
    public void OpenColumns_OneOfThemUnreadable_LeavesNothingOpen()
    {
        string path = duck.Write("SELECT i AS a, {'x': [[i]]} AS nested, i AS b FROM range(10) t(i)", "COMPRESSION snappy");
        using var pool = new BufferPool();
        using ParquetFile file = DuckDb.Open(path, pool);
        Assert.Throws<ParquetException>(() => file.OpenColumns(0, file.Columns));
        Assert.Equal(0, pool.RentedBytes);
    }

    [Theory]
    [InlineData("snappy", 100, 1000)]
    [InlineData("zstd", 40, 8000)]
    [InlineData("uncompressed", 7, 30_000)]
    public void EstimateReaderBytes_OfColumnsOpenedTogether_IsNotPassed(string codec, int columns, int rows)
    {
        using ParquetFile file = Write(codec, columns, rows, out BufferPool pool);

        // Every other column, so that the range has gaps.
        List<ParquetColumn> some = [.. file.Columns.Where((_, i) => i % 2 == 0)];
        using var own = new BufferPool();
        using ParquetFile same = DuckDb.Open(file.Name, own);
        ColumnReader[] readers = same.OpenColumns(0, [.. some.Select(c => same.Columns[c.Index])]);
        foreach (ColumnReader reader in readers)
            reader.Read(new float[rows]);

        Assert.InRange(own.RentedBytes, 1, file.EstimateReaderBytes(0, [.. some.Select(c => (c, false))]).Total);
        foreach (ColumnReader reader in readers)
            reader.Dispose();

        Assert.Equal(0, own.RentedBytes);
        Assert.Equal(0, pool.RentedBytes);
    }

    [Theory]
    [InlineData("snappy", 100, 1000, 0)]
    [InlineData("zstd", 40, 8000, 0)]
    [InlineData("gzip", 5, 60_000, 0)] // Up to 1 MiB is read at once.
    [InlineData("uncompressed", 7, 30_000, 0)]
    [InlineData("uncompressed", 5, 122_880, 0.25)] // Larger chunks are read piece by piece.
    [InlineData("snappy", 5, 122_880, 0.25)]
    [InlineData("lz4_raw", 5, 400_000, 0.25)]
    [InlineData("gzip", 5, 400_000, 0.25)]
    public void EstimateRequests_IsWhatReadersAskFor(string codec, int columns, int rows, double tolerance)
    {
        using ParquetFile file = Write(codec, columns, rows, out _);
        ReadRequests expected = file.EstimateRequests(0, file.Columns);
        (long asked, long read) = (file.Source.Requests, file.Source.BytesRead);
        ColumnReader[] readers = file.OpenColumns(0, file.Columns);
        for (int done = 0; done < file.RowGroups[0].RowCount; done += 1000)
        {
            foreach (ColumnReader reader in readers)
                reader.Read(new float[Math.Min(1000, reader.RowsLeft)]);
        }

        Assert.Equal(expected.Bytes, file.Source.BytesRead - read);
        Assert.InRange(file.Source.Requests - asked, (long)(expected.Count * (1 - tolerance)), (long)Math.Ceiling(expected.Count * (1 + tolerance)));
        foreach (ColumnReader reader in readers)
            reader.Dispose();
    }

    [Theory]
    [InlineData("uncompressed")]
    [InlineData("snappy")]
    [InlineData("lz4_raw")]
    public void OpenColumn_Alone_ReadsTheSameInFewerPieces(string codec)
    {
        using ParquetFile file = Write(codec, columns: 1, rows: 400_000, out BufferPool pool);
        (float[] besides, long many, long least) = ReadAll(isAlone: false);
        (float[] alone, long few, long most) = ReadAll(isAlone: true);
        Assert.Equal(besides, alone);
        Assert.Equal(Enumerable.Range(0, 400_000).Select(i => (float)(i * 7919L % 100003 / 7.0)), alone);
        Assert.InRange(2 * few, 1, many);

        // Nothing more than a window of 1 MiB in place of one of 256 KiB.
        Assert.InRange(most, least, least + 1024 * 1024);

        (float[] Values, long Requests, long Bytes) ReadAll(bool isAlone)
        {
            long before = file.Source.Requests;
            var values = new float[400_000];
            using ColumnReader reader = file.OpenColumn(0, file.Columns[0], isAlone: isAlone);
            reader.Read(values.AsSpan(0, 10));
            long rented = pool.RentedBytes;
            for (int done = 10; done < values.Length; done += 1999)
                reader.Read(values.AsSpan(done, Math.Min(1999, values.Length - done)));

            return (values, file.Source.Requests - before, rented);
        }
    }

    [Fact]
    public void OpenColumns_OfNearlyAll_AsksForReadAhead()
    {
        using ParquetFile file = Write("uncompressed", 20, 5000, out BufferPool pool);
        var source = new WatchedSource(File.ReadAllBytes(file.Name));
        using ParquetFile watched = ParquetFile.Open(source, pool);
        foreach ((int columns, bool isReadThrough) in new[] { (20, true), (19, true), (10, false), (1, false) })
        {
            source.Holds.Clear();
            foreach (ColumnReader reader in watched.OpenColumns(0, [.. watched.Columns.Take(columns)]))
                reader.Dispose();

            // The first one opens a file; the readers only keep it open.
            Assert.Equal([isReadThrough, .. Enumerable.Repeat(false, columns)], source.Holds);
        }
    }

    ParquetFile Write(string codec, int columns, int rows, out BufferPool pool)
    {
        string query = string.Join(", ", Enumerable.Range(0, columns).Select(c => $"((i * 7919 + {c}) % 100003 / 7.0)::DOUBLE AS c{c}"));
        string path = duck.Write($"SELECT {query} FROM range({rows}) t(i)", $"COMPRESSION {codec}, DICTIONARY_SIZE_LIMIT 1, ROW_GROUP_SIZE 400000");
        pool = new BufferPool();
        return DuckDb.Open(path, pool);
    }

    /// <summary>Notes how it is opened.</summary>
    sealed class WatchedSource(byte[] bytes) : ByteRangeSource("watched", bytes.Length)
    {
        public List<bool> Holds { get; } = [];

        public override IDisposable Hold(bool isReadThrough = false)
        {
            Holds.Add(isReadThrough);
            return Stream.Null;
        }

        protected override void ReadCore(long offset, Span<byte> destination) =>
            bytes.AsSpan((int)offset, destination.Length).CopyTo(destination);
    }
}
