using Parquet;
using Parquet.Schema;
using Streaming.Storage;

namespace Streaming.Parquet.Tests;

/// <summary>The smallest and largest values that are noted in files that we write, by which readers pass over row groups.</summary>
public sealed class WriterBoundsTests : IDisposable
{
    const string Types =
        """
        SELECT i::TINYINT AS i8, i::SMALLINT AS i16, i::INTEGER AS i32, 9007199254740993 + i AS i64, i::UTINYINT AS u8, i::USMALLINT AS u16, 4294967295 - i::UINTEGER AS u32,
          18446744073709551615 - i::UBIGINT AS u64, i / 7.0::FLOAT AS f, -i / 3.0::DOUBLE AS d, (i / 8)::DECIMAL(9,2) AS dec, (i * 1000000007 - 5)::DECIMAL(18,3) AS dec18, (i / 8 - 10)::DECIMAL(38,10) AS dec38,
          DATE '2020-01-01' + i::INTEGER AS day, TIMESTAMP '2020-01-01' + to_microseconds(i * 1000003) AS ts, (TIMESTAMP '1910-01-01' + to_microseconds(i * 1000003))::TIMESTAMPTZ AS tz,
          make_timestamp_ns(1700000000123456789 + i) AS ns, (TIMESTAMP '2020-01-01' + to_milliseconds(i * 1003))::TIMESTAMP_MS AS ms, CASE WHEN i % 3 = 0 THEN NULL ELSE TIMESTAMP '2020-01-01' + to_days(i::INTEGER) END AS tn,
          'text ' || i AS s, CASE WHEN i % 5 = 0 THEN NULL ELSE 'x' || i END AS sn
        FROM range(100) t(i)
        """;

    readonly DuckDb duck = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Bounds_OfEveryType_AreTheSmallestAndTheLargest(bool isKept)
    {
        string source = duck.Write(Types, "COMPRESSION zstd");
        string target = await CopyAsync(source, isKept);
        Assert.Equal(duck.Query($"SELECT * FROM '{source}'"), duck.Query($"SELECT * FROM '{target}'"));
        string times = $"SELECT ts::VARCHAR, tz::VARCHAR, ns::VARCHAR, ms::VARCHAR FROM ";
        Assert.Equal(duck.Query($"{times}'{source}'"), duck.Query($"{times}'{target}'"));
        List<object?[]> noted = duck.Query($"SELECT path_in_schema, stats_min_value, stats_max_value, stats_null_count FROM parquet_metadata('{target}')");
        Assert.Equal(21, noted.Count);
        foreach (object?[] column in noted)
        {
            object?[] found = Assert.Single(duck.Query(
                $"SELECT '{column[0]}', min({column[0]})::VARCHAR, max({column[0]})::VARCHAR, (count(*) - count({column[0]}))::BIGINT FROM (SELECT * FROM '{source}')"));
            Assert.Equal(found, column);
        }
    }

    // The one beyond the first 65,536 characters comes after all others in UTF-8, before the second in UTF-16.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Bounds_OfTextsOfOtherOrderInUtf16_RuleOutNone(bool isKept)
    {
        string source = duck.Write("SELECT * FROM (VALUES ('b'), ('\uFF01b'), ('\U0001F600'), (NULL), ('c')) t(s)", "COMPRESSION zstd");
        string target = await CopyAsync(source, isKept);
        Assert.Equal(duck.Query($"SELECT s FROM '{source}'"), duck.Query($"SELECT s FROM '{target}'"));
        Assert.Equal([1L, 1L, 2L], duck.Query($"SELECT count(*) FILTER (s > '\uFFFF'), (SELECT count(*) FROM '{target}' WHERE s = '\U0001F600'), (SELECT count(*) FROM '{target}' WHERE s >= '\uFF01') FROM '{target}'")[0]);
        Assert.Null(BoundsOf(target));
    }

    [Fact]
    public async Task Bounds_OfTextsWithSurrogatesInOneOrder_AreNoted()
    {
        string target = await CopyAsync(duck.Write("SELECT * FROM (VALUES ('b'), ('ü'), ('\U0001F600'), ('\U0001F601'), ('\U0001F600x')) t(s)", "COMPRESSION zstd"), isKept: false);
        Assert.Equal(("b", "\U0001F601"), BoundsOf(target));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Bounds_OfLongTexts_AreLeftOut(bool isKept)
    {
        // Texts of 0 to 6 MB, the longest one noise that no codec shortens much.
        string source = duck.Write("SELECT i, CASE WHEN i % 4 = 3 THEN NULL ELSE repeat('täxt' || i, i * 100000) END AS s FROM range(10) t(i) UNION ALL SELECT 10, string_agg(md5(i::VARCHAR), '') FROM range(200000) t(i)", "COMPRESSION uncompressed");
        string target = await CopyAsync(source, isKept);
        Assert.Equal(duck.Query($"SELECT * FROM '{source}'"), duck.Query($"SELECT * FROM '{target}'"));
        Assert.InRange(new FileInfo(target).Length, 3_000_000, 6_500_000);

        using var pool = new BufferPool();
        using ParquetFile ours = DuckDb.Open(target, pool);
        using ParquetFile theirs = DuckDb.Open(source, pool);
        Assert.Null(ours.RowGroups[0].Chunks[1].ByteBounds);
        Assert.Equal(2, ours.RowGroups[0].Chunks[1].NullCount);
        Assert.Equal(TextsOf(theirs), TextsOf(ours));
    }

    [Theory]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public async Task Bounds_OfTexts_AreNotedUpToALength(int length, bool areNoted)
    {
        string target = await CopyAsync(duck.Write($"SELECT * FROM (VALUES ('a'), (repeat('b', 1000)), (repeat('c', {length}))) t(s)", "COMPRESSION zstd"), isKept: false);
        Assert.Equal(areNoted ? ("a", new string('c', length)) : null, BoundsOf(target));
    }

    // Parquet.Net by itself notes times in milliseconds, and texts in the order of UTF-16.
    [Fact]
    public async Task Bounds_ThatParquetNetNotes_AreDoubtedWhereTheyMayBeWrong()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var micros = new DateTimeDataField("t", DateTimeFormat.Timestamp, isAdjustedToUTC: false, unit: DateTimeTimeUnit.Micros, isNullable: false);
        DataField number = new DataField<long>("n"), plain = new("s", typeof(string), isNullable: true), other = new("o", typeof(string), isNullable: true);
        string path = duck.NewPath();
        await using (FileStream stream = File.Create(path))
        await using (ParquetWriter writer = await ParquetWriter.CreateAsync(new ParquetSchema(micros, number, plain, other), stream, cancellationToken: cancellation))
        {
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            await group.WriteAllPartsAsync<DateTime>(micros, new[] { new DateTime(2024, 1, 1), new DateTime(2024, 1, 2) }, null, null, cancellation);
            await group.WriteAllPartsAsync<long>(number, new[] { 3L, 7 }, null, null, cancellation);
            await group.WriteAsync(plain, (IReadOnlyCollection<string>)["a", "z"]);
            await group.WriteAsync(other, (IReadOnlyCollection<string>)["\uFF01", "\U0001F600"]);
            group.CompleteValidate();
        }

        using var pool = new BufferPool();
        using ParquetFile file = DuckDb.Open(path, pool);
        IReadOnlyList<ColumnChunkInfo> chunks = file.RowGroups[0].Chunks;
        Assert.Null(chunks[0].Min);
        Assert.Equal((3.0, 7.0), (chunks[1].Min, chunks[1].Max));
        Assert.Equal("a"u8.ToArray(), chunks[2].ByteBounds!.Value.Min);
        Assert.Null(chunks[3].ByteBounds);

        string copy = await CopyAsync(path, isKept: false);
        using ParquetFile ours = DuckDb.Open(copy, pool);
        Assert.Equal(1_704_067_200_000_000, ours.RowGroups[0].Chunks[0].Min);
    }

    public void Dispose() => duck.Dispose();

    async Task<string> CopyAsync(string source, bool isKept)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        string target = duck.NewPath();
        using var pool = new BufferPool();
        using ParquetFile file = DuckDb.Open(source, pool);
        await using FileStream stream = File.Create(target);
        if (!isKept)
        {
            await ParquetRewriter.RunAsync(file, file.Columns, stream, new RewriteOptions(1000), cancellation: cancellation);
            return target;
        }

        List<TableColumn> columns = [];
        List<TableValues> values = [];
        foreach (ParquetColumn column in file.Columns)
        {
            columns.Add(await file.DescribeForCopyAsync(column, cancellation));
            values.Add(await file.ReadForCopyAsync(0, column, cancellation));
        }

        await using TableWriter writer = await TableWriter.CreateAsync(stream, columns, cancellation: cancellation);
        await writer.WriteRowGroupAsync((int)file.RowCount, values, cancellation);
        return target;
    }

    static (string Min, string Max)? BoundsOf(string path)
    {
        using var pool = new BufferPool();
        using ParquetFile file = DuckDb.Open(path, pool);
        return file.RowGroups[0].Chunks[0].ByteBounds is var (min, max) ? (System.Text.Encoding.UTF8.GetString(min), System.Text.Encoding.UTF8.GetString(max)) : null;
    }

    static List<string?> TextsOf(ParquetFile file)
    {
        var map = new TextList();
        using ColumnReader reader = file.OpenColumn(0, file.Columns[1]);
        int[] codes = new int[file.RowCount];
        reader.ReadCategories(codes, map);
        return [.. codes.Select(c => c < 0 ? null : map.Texts[c])];
    }

    sealed class TextList : CategoryMap
    {
        public List<string> Texts { get; } = [];

        public override int Map(ReadOnlySpan<byte> utf8)
        {
            Texts.Add(System.Text.Encoding.UTF8.GetString(utf8));
            return Texts.Count - 1;
        }
    }
}
