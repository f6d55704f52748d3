using Streaming.Storage;

namespace Streaming.Parquet.Tests;

public sealed class TableWriterTests : IDisposable
{
    readonly DuckDb duck = new();

    [Theory]
    [InlineData(CompressionCodec.Zstd)]
    [InlineData(CompressionCodec.Snappy)]
    [InlineData(CompressionCodec.Uncompressed)]
    public async Task WriteRowGroup_EveryType_IsReadByDuckDb(CompressionCodec codec)
    {
        string path = duck.NewPath();
        TableColumn[] columns =
        [
            TableColumn.Of<double>("d"), TableColumn.Of<float>("f"), TableColumn.Of<int>("i"), TableColumn.Of<long>("l"),
            TableColumn.Of<bool>("b"), TableColumn.OfNullable<double>("dn"), TableColumn.OfNullable<int>("in"), TableColumn.OfText("t"),
        ];
        await using (FileStream stream = File.Create(path))
        {
            await using TableWriter writer = await TableWriter.CreateAsync(stream, columns, codec, TestContext.Current.CancellationToken);
            for (int g = 0; g < 2; g++)
            {
                await writer.WriteRowGroupAsync(
                    2,
                    [
                        TableValues.Of<double>(new[] { 1.5, 2.5 }), TableValues.Of<float>(new[] { 0.5f, -1f }), TableValues.Of<int>(new[] { 7, -8 }),
                        TableValues.Of<long>(new[] { 1L << 40, 3L }), TableValues.Of<bool>(new[] { true, false }),
                        TableValues.OfNullable<double>(new double?[] { null, 4.25 }), TableValues.OfNullable<int>(new int?[] { 5, null }),
                        TableValues.OfText(["a'b", null]),
                    ],
                    TestContext.Current.CancellationToken);
            }
        }

        List<object?[]> rows = duck.Query($"SELECT * FROM '{path}'");
        Assert.Equal(4, rows.Count);
        Assert.Equal([1.5, 0.5f, 7, 1L << 40, true, null, 5, "a'b"], rows[2]);
        Assert.Equal([2.5, -1f, -8, 3L, false, 4.25, null, null], rows[3]);
    }

    [Theory]
    [InlineData("b", null, "a", "b", "", "ü")]
    [InlineData("b", "\uFF01b", "\U0001F600", null, "c")]
    [InlineData("b", "ü", "\U0001F600", "\U0001F601", "\U0001F600x")]
    [InlineData(null, null)]
    [InlineData("a", "b*1000", "c")]
    [InlineData("a", "c*256", "ü*256")]
    [InlineData("a", "c*257", "b")]
    [InlineData("a*257", "b", "c")]
    public async Task WriteRowGroup_OfTextsInUtf8_GivesTheSameFileAsOfStrings(params string?[] values)
    {
        // "x*3" is "xxx".
        string?[] texts = [.. values.Select(v => v?.Split('*') is [var text, var times] ? string.Concat(Enumerable.Repeat(text, int.Parse(times))) : v)];
        byte[] expected = await WriteAsync(TableValues.OfText(texts));
        Assert.Equal(expected, await WriteAsync(TableValues.OfUtf8([.. texts.Select(t => t == null ? default(ReadOnlyMemory<byte>?) : System.Text.Encoding.UTF8.GetBytes(t).AsMemory())])));

        async Task<byte[]> WriteAsync(TableValues column)
        {
            using var stream = new MemoryStream();
            await using (TableWriter writer = await TableWriter.CreateAsync(stream, [TableColumn.OfText("t")], cancellation: TestContext.Current.CancellationToken))
                await writer.WriteRowGroupAsync(texts.Length, [column], TestContext.Current.CancellationToken);

            return stream.ToArray();
        }
    }

    [Fact]
    public async Task WriteRowGroup_KeptColumns_AreUnchangedInTypeAndValues()
    {
        const string Query =
            """
            SELECT i::TINYINT AS i8, i::SMALLINT AS i16, i::INTEGER AS i32, i::BIGINT AS i64, i::UTINYINT AS u8, i::USMALLINT AS u16, i::UINTEGER AS u32, i::UBIGINT AS u64,
              i / 7.0::FLOAT AS f, i / 3.0::DOUBLE AS d, i % 2 = 0 AS b, (i / 8)::DECIMAL(9,2) AS dec, DATE '2020-01-01' + i::INTEGER AS day,
              TIMESTAMP '2020-01-01' + to_microseconds(i * 1000003) AS ts, 'text ' || i AS s, CASE WHEN i % 3 = 0 THEN NULL ELSE i::DOUBLE END AS dn, CASE WHEN i % 5 = 0 THEN NULL ELSE 'x' || i END AS sn
            FROM range(100) t(i)
            """;
        string source = duck.Write(Query, "COMPRESSION zstd");
        string target = duck.NewPath();
        using var pool = new BufferPool();
        using (ParquetFile file = DuckDb.Open(source, pool))
        {
            CancellationToken cancellation = TestContext.Current.CancellationToken;
            List<TableColumn> columns = [];
            foreach (ParquetColumn column in file.Columns)
                columns.Add(await file.DescribeForCopyAsync(column, cancellation));

            await using FileStream stream = File.Create(target);
            await using TableWriter writer = await TableWriter.CreateAsync(stream, columns, cancellation: cancellation);
            List<TableValues> values = [];
            foreach (ParquetColumn column in file.Columns)
                values.Add(await file.ReadForCopyAsync(0, column, cancellation));

            await writer.WriteRowGroupAsync(100, values, cancellation);
        }

        Assert.Equal(
            duck.Query($"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM '{source}')"),
            duck.Query($"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM '{target}')"));
        Assert.Empty(duck.Query($"(SELECT * FROM '{source}' EXCEPT SELECT * FROM '{target}') UNION ALL (SELECT * FROM '{target}' EXCEPT SELECT * FROM '{source}')"));
    }

    public void Dispose() => duck.Dispose();
}
