using Streaming.Parquet.Format;
using Streaming.Storage;

namespace Streaming.Parquet.Tests.Format;

public sealed class ColumnIndexTests
{
    static readonly OffsetIndex Pages = OffsetIndex.Parse(
        CompactBytes.Struct(CompactBytes.List(1, 12, [Place(4, 0), Place(20, 10), Place(30, 25)])), 4, 100, 40);

    // Writers call the type of booleans 1 or 2, and false 0 or 2.
    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 0)]
    public void Parse_HonestIndex_TellsBounds(byte type, byte no)
    {
        ColumnIndex index = ColumnIndex.Parse(
            CompactBytes.Struct(
                CompactBytes.List(1, type, [[no], [1], [no]]),
                Binaries(2, [1], [], [3]),
                Binaries(3, [5], [], [7]),
                CompactBytes.Int32(4, 0),
                Longs(5, 0, 15, 2)),
            Pages);
        Assert.Equal([false, true, false], Enumerable.Range(0, 3).Select(index.IsNullPage));
        Assert.Equal([[1], null, [3]], Enumerable.Range(0, 3).Select(index.MinOf));
        Assert.Equal([[5], null, [7]], Enumerable.Range(0, 3).Select(index.MaxOf));
        Assert.Equal([0, 15, 2], Enumerable.Range(0, 3).Select(index.NullCountOf));
    }

    public static TheoryData<byte[], string> Lies()
    {
        (int, byte, byte[]) nulls = CompactBytes.List(1, 1, [[2], [1], [2]]);
        (int, byte, byte[]) min = Binaries(2, [1], [], [3]);
        (int, byte, byte[]) max = Binaries(3, [5], [], [7]);
        return new()
        {
            { [], "the bytes end in the middle of a structure" },
            { CompactBytes.Struct(), "it should tell of 3 pages: 0 null pages, 0 minima, 0 maxima, 0 null counts" },
            { CompactBytes.Struct(nulls, min), "it should tell of 3 pages: 3 null pages, 3 minima, 0 maxima, 0 null counts" },
            { CompactBytes.Struct(nulls, min, Binaries(3, [1])), "field 3 should tell of 3 pages and tells of 1" },
            { CompactBytes.Struct(CompactBytes.List(1, 1, [[2], [1]]), min, max), "field 1 should tell of 3 pages and tells of 2" },
            { CompactBytes.Struct(nulls, CompactBytes.List(2, 8, [], 1_000_000_000), max), "a list of 1000000000 elements is announced" },
            { CompactBytes.Struct(nulls, CompactBytes.List(2, 8, [[0xff, 0xff, 3], [0], [0]])), "a binary of 65535 bytes is announced" },
            { CompactBytes.Struct(nulls, min, max, Longs(5, 0, 15)), "field 5 should tell of 3 pages and tells of 2" },
            { CompactBytes.Struct(nulls, min, max, Longs(5, 11, 15, 0)), "page 0 has 11 nulls in 10 rows" },
            { CompactBytes.Struct(nulls, min, max, Longs(5, -1, 15, 0)), "page 0 has -1 nulls in 10 rows" },
            { CompactBytes.Struct(nulls, min, max, Longs(5, 0, 3, 0)), "page 1 has 3 nulls in 15 rows, all of them null" },
        };
    }

    [Theory]
    [MemberData(nameof(Lies))]
    public void Parse_IndexThatLies_IsRefused(byte[] bytes, string fault)
    {
        var e = Assert.Throws<ParquetException>(() => ColumnIndex.Parse(bytes, Pages));
        Assert.Contains(fault, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadPages_OfIndexesChangedAnyhow_GivesPagesOrAParquetException()
    {
        double?[] values = [.. Enumerable.Range(0, 20_000).Select(i => i % 3000 < 900 ? null : (double?)i)];
        string[] texts = [.. values.Select(v => $"{v}")];
        byte[] honest = ArrowFile.Write(new ArrowOptions(), [values.Length], ArrowFile.Of("x", values), ArrowFile.Of("t", texts));
        int refused = 0;
        for (int i = 0; i < 3000; i++)
        {
            var random = new Random(i);
            byte[] bytes = [.. honest];
            using var pool = new BufferPool(limit: 1 << 20);
            using ParquetFile file = ParquetFile.Open(new MemorySource("fuzz.parquet", bytes), pool);
            ChunkMetadata chunk = file.RowGroups[0].Chunks[i % 2].Metadata;
            ByteRange index = i % 5 == 0 ? chunk.OffsetIndex : chunk.ColumnIndex;
            for (int n = random.Next(1, 6); n > 0; n--)
                bytes[index.Offset + random.Next(index.Length)] = (byte)random.Next(256);

            try
            {
                IReadOnlyList<PageInfo> pages = file.ReadPages(0, file.Columns[i % 2])!;
                Assert.Equal(values.Length, pages.Sum(p => p.ValueCount));
                Assert.All(pages, p => Assert.InRange(p.NullCount ?? 0, 0, p.ValueCount));
            }
            catch (ParquetException e)
            {
                Assert.StartsWith($"Column '{file.Columns[i % 2].Name}', row group 0 of 'fuzz.parquet': ", e.Message, StringComparison.Ordinal);
                refused++;
            }

            Assert.Equal(0, pool.RentedBytes);
        }

        Assert.InRange(refused, 500, 2999);
    }

    // What the indexes of other programs' files tell must be true of the values that are read.
    [Fact]
    public void ReadPages_OfTheCorpus_AgreesWithTheValues()
    {
        int pages = 0;
        int nullPages = 0;
        string folder = Path.Combine(AppContext.BaseDirectory, "data");
        foreach (string path in Directory.EnumerateFiles(folder, "*.parquet", SearchOption.AllDirectories).Where(p => !p.Contains("corrupt")))
        {
            using var pool = new BufferPool();
            ParquetFile file;
            try
            {
                file = DuckDb.Open(path, pool);
            }
            catch (ParquetException)
            {
                // Some of the corpus are no readable files, which is a matter of other tests.
                continue;
            }

            using (file)
            {
                for (int g = 0; g < file.RowGroups.Count; g++)
                {
                    foreach (ParquetColumn column in file.Columns.Where(c => c.Kind is ColumnKind.Number or ColumnKind.Boolean))
                    {
                        foreach (PageInfo page in file.ReadPages(g, column) ?? [])
                        {
                            Check(file, g, column, page);
                            pages++;
                            nullPages += page.NullCount == page.ValueCount ? 1 : 0;
                        }
                    }
                }
            }
        }

        Assert.True(pages >= 50, $"Only {pages} pages.");
        Assert.True(nullPages >= 3, $"Only {nullPages} pages of nulls.");
    }

    static void Check(ParquetFile file, int group, ParquetColumn column, PageInfo page)
    {
        using ColumnReader reader = file.OpenColumn(group, column);
        reader.Skip(page.FirstRow);
        var values = new double[page.ValueCount];
        reader.Read(values);
        double[] there = [.. values.Where(v => !double.IsNaN(v))];
        bool mayBeNaN = column.PhysicalType is PhysicalType.Float or PhysicalType.Double || column.TypeName == "FLOAT16";
        if (page.NullCount is { } nulls)
            Assert.InRange(values.Length - there.Length, nulls, mayBeNaN ? values.Length : nulls);

        if (page is { Min: { } min, Max: { } max } && min <= max && there.Length > 0)
            Assert.Equal((min, max), (there.Min(), there.Max()));
    }

    static byte[] Place(long start, long row) =>
        CompactBytes.Struct(CompactBytes.Int64(1, start), CompactBytes.Int32(2, 1), CompactBytes.Int64(3, row));

    static (int Id, byte Type, byte[] Value) Binaries(int id, params byte[][] values) =>
        CompactBytes.List(id, 8, [.. values.Select(CompactBytes.Binary)]);

    static (int Id, byte Type, byte[] Value) Longs(int id, params long[] values) =>
        CompactBytes.List(id, 6, [.. values.Select(CompactBytes.Zigzag)]);
}
