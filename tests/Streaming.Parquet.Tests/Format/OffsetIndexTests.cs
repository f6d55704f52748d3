using System.Buffers.Binary;
using Streaming.Parquet.Format;
using Streaming.Parquet.Pages;
using Streaming.Storage;

namespace Streaming.Parquet.Tests.Format;

public sealed class OffsetIndexTests
{
    const long Start = 1000;
    const long End = 2000;
    const long Rows = 100;

    [Fact]
    public void Parse_HonestIndex_FindsPages()
    {
        OffsetIndex index = OffsetIndex.Parse(Bytes((1010, 90, 0), (1100, 0, 40), (1200, 800, 40), (1999, 1, 90)), Start, End, Rows);
        Assert.Equal((4, 1010, 1999), (index.PageCount, index.FirstStart, index.LastStart));
        Assert.Equal([0, 0, 2, 2, 3, 3], new long[] { 0, 39, 40, 89, 90, 99 }.Select(index.PageOf));
        Assert.Equal([40, 0, 50, 10], Enumerable.Range(0, 4).Select(index.RowsOf));
        Assert.Equal([-1, 0, 0, 1, 3], new long[] { 1009, 1010, 1099, 1100, 5000 }.Select(index.PageAt));
    }

    public static TheoryData<byte[], string> Lies() => new()
    {
        { [], "the bytes end in the middle of a structure" },
        { CompactBytes.Struct(), "it lists no pages" },
        { Bytes(), "it lists no pages" },
        { Bytes((999, 5, 0)), "page 0 should be 5 bytes from byte 999 on, the column chunk ends at byte 2000" },
        { Bytes((2000, 0, 0)), "page 0 should be 0 bytes from byte 2000 on, the column chunk ends at byte 2000" },
        { Bytes((1500, 501, 0)), "page 0 should be 501 bytes from byte 1500 on, the column chunk ends at byte 2000" },
        { Bytes((long.MaxValue, int.MaxValue, 0)), "page 0 should be 2147483647 bytes from byte 9223372036854775807 on" },
        { Bytes((1500, -1, 0)), "page 0 should be -1 bytes from byte 1500 on" },
        { Bytes((1010, 5, 3)), "page 0 starts with row 3" },
        { Bytes((1010, 5, 0), (1020, 5, 50), (1030, 5, 49)), "page 2 starts with row 49 of 100, the page before with row 50" },
        { Bytes((1010, 5, 0), (1020, 5, 101)), "page 1 starts with row 101 of 100" },
        { Bytes((1010, 5, 0), (1020, 5, -1)), "page 1 starts with row -1 of 100" },
        { Bytes((1010, 5, 0), (1010, 5, 10)), "page 1 starts at byte 1010, the page before at byte 1010" },
        { CompactBytes.Struct(CompactBytes.List(1, 12, [CompactBytes.Struct()])), "page 0 should be -1 bytes from byte -1 on" },
        { CompactBytes.Struct(CompactBytes.List(1, 12, [], count: 2_000_000_000)), "a list of 2000000000 elements is announced" },
        { CompactBytes.Struct(CompactBytes.List(1, 6, [CompactBytes.Zigzag(7)])), "field 1 should be a list of type 12 and is one of type 6" },
    };

    [Theory]
    [MemberData(nameof(Lies))]
    public void Parse_IndexThatLies_IsRefused(byte[] bytes, string fault)
    {
        var e = Assert.Throws<ParquetException>(() => OffsetIndex.Parse(bytes, Start, End, Rows));
        Assert.Contains(fault, e.Message, StringComparison.Ordinal);
    }

    // The index is replaced by one that is well formed, but wrong about the pages.
    [Theory]
    [InlineData("rows", "values, the offset index says")]
    [InlineData("place", "the page header is broken")]
    [InlineData("first", "the offset index says that the first data page lies at byte")]
    [InlineData("length", "the page index should be -5 bytes from byte")]
    [InlineData("end", "bytes from byte 9223372036854775807 on, the file has")]
    public void Skip_WithAnIndexThatDoesNotFitThePages_IsRefused(string lie, string fault)
    {
        double[] values = [.. Enumerable.Range(0, 30_000).Select(i => i * 0.5)];
        byte[] honest = ArrowFile.Write(new ArrowOptions(), [values.Length], ArrowFile.Of("x", values));
        using var pool = new BufferPool();
        using ParquetFile before = ParquetFile.Open(new MemorySource("honest.parquet", honest), pool);
        OffsetIndex index = PageIndexes.ReadOffsets(before.Source, pool, before.RowGroups[0].Chunks[0].Metadata, 30_000)!;
        byte[] lying = Bytes([.. Enumerable.Range(0, index.PageCount).Select(p => (lie, p) switch
        {
            ("rows", > 0) => (index.StartOf(p), 1, index.FirstRowOf(p) + p),
            ("place", > 0) => (index.StartOf(p) + 3, 1, index.FirstRowOf(p)),
            ("first", _) => (index.StartOf(Math.Min(p + 1, index.PageCount - 1)) + p / (index.PageCount - 1), 1, index.FirstRowOf(p)),
            _ => (index.StartOf(p), 1, index.FirstRowOf(p)),
        })]);
        int footer = honest.Length - 8 - BinaryPrimitives.ReadInt32LittleEndian(honest.AsSpan(honest.Length - 8));
        byte[] changed = [.. honest[..footer], .. lying, .. honest[footer..]];
        using ParquetFile file = ParquetFile.Open(new MemorySource("lie.parquet", changed), pool);
        file.RowGroups[0].Chunks[0].Metadata.OffsetIndex = lie switch
        {
            "length" => new ByteRange(footer, -5),
            "end" => new ByteRange(long.MaxValue, lying.Length),
            _ => new ByteRange(footer, lying.Length),
        };
        using ColumnReader reader = file.OpenColumn(0, file.Columns[0]);
        var e = Assert.Throws<ParquetException>(() => reader.Skip(15_000));
        Assert.StartsWith("Column 'x', row group 0, page", e.Message, StringComparison.Ordinal);
        Assert.Contains(fault, e.Message, StringComparison.Ordinal);
    }

    // Any bytes for an index: values or a fault with a name.
    [Fact]
    public void Skip_WithAnIndexChangedAnyhow_GivesValuesOrAParquetException()
    {
        double[] values = [.. Enumerable.Range(0, 30_000).Select(i => i * 0.5)];
        double[][] vectors = [.. values.Select(v => new[] { v, v + 1 })];
        byte[] honest = ArrowFile.Write(new ArrowOptions(), [values.Length], ArrowFile.Of("x", values), ArrowFile.Of("v", vectors));
        int refused = 0;
        for (int i = 0; i < 3000; i++)
        {
            var random = new Random(i);
            byte[] bytes = [.. honest];
            using var pool = new BufferPool(limit: 4 << 20);
            using ParquetFile file = ParquetFile.Open(new MemorySource("fuzz.parquet", bytes), pool);
            ParquetColumn column = file.Columns[i % 2];
            ByteRange index = file.RowGroups[0].Chunks[i % 2].Metadata.OffsetIndex;
            for (int n = random.Next(1, 6); n > 0; n--)
                bytes[index.Offset + random.Next(index.Length)] = (byte)random.Next(256);

            try
            {
                using ColumnReader reader = file.OpenColumn(0, column);
                while (reader.RowsLeft > 0)
                {
                    reader.Skip(Math.Min(random.Next(20_000), reader.RowsLeft));
                    int rows = (int)Math.Min(100, reader.RowsLeft);
                    if (column.Kind == ColumnKind.Vector)
                        reader.ReadVectors(new float[2 * rows], rows, 2, rows);
                    else
                        reader.Read(new float[rows]);
                }
            }
            catch (ParquetException e)
            {
                Assert.StartsWith($"Column '{column.Name}', row group 0, page ", e.Message, StringComparison.Ordinal);
                refused++;
            }

            Assert.Equal(0, pool.RentedBytes);
        }

        Assert.InRange(refused, 500, 2999);
    }

    static byte[] Bytes(params (long Start, int Length, long Row)[] pages) => CompactBytes.Struct(
        CompactBytes.List(1, 12, [.. pages.Select(p => CompactBytes.Struct(
            CompactBytes.Int64(1, p.Start), CompactBytes.Int32(2, p.Length), CompactBytes.Int64(3, p.Row)))]));
}
