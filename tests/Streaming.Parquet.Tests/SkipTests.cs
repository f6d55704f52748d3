using CsCheck;
using Streaming.Parquet.Format;
using Streaming.Parquet.Pages;
using Streaming.Storage;
using Codec = ParquetSharp.Compression;

namespace Streaming.Parquet.Tests;

/// <summary>Passing over rows, with and without a page index: the rows behind are the right ones, and what lies between is not read.</summary>
public sealed class SkipTests
{
    const int Rows = 30_000;
    const int VectorLength = 5;

    static readonly double[] Required = [.. Enumerable.Range(0, Rows).Select(i => (double)(i * 7919L % 100_003))];
    static readonly double?[] Optional = [.. Enumerable.Range(0, Rows).Select(i => i % 7 == 2 || i / 3000 == 4 ? null : (double?)i)];
    static readonly string?[] Texts = [.. Enumerable.Range(0, Rows).Select(i => i % 11 == 3 ? null : $"text {i % 500}")];
    static readonly double[] Few = [.. Enumerable.Range(0, Rows).Select(i => (double)(i / 50))];
    static readonly float[][] Vectors =
        [.. Enumerable.Range(0, Rows).Select(i => Enumerable.Range(0, VectorLength).Select(j => i + j * 0.125f).ToArray())];

    // Rows that are passed over and rows that are read, in turn: few, about a page, very many.
    static readonly Gen<(int Skip, int Read)[]> Steps = Gen.Select(
        Gen.OneOf(Gen.Int[0, 5], Gen.Int[0, 900], Gen.Int[0, 12_000]), Gen.OneOf(Gen.Int[1, 5], Gen.Int[1, 700])).Array[1, 12];

    public static TheoryData<Codec, bool, bool, bool> Layouts()
    {
        var data = new TheoryData<Codec, bool, bool, bool>();
        foreach (Codec codec in new[] { Codec.Uncompressed, Codec.Snappy, Codec.Zstd })
        {
            data.Add(codec, false, false, true);
            data.Add(codec, true, true, true);
            data.Add(codec, false, true, false);
            data.Add(codec, true, false, false);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Read_AfterAnySkips_GivesTheRowsBehind(Codec codec, bool isVersion2, bool hasDictionary, bool hasIndex)
    {
        byte[] bytes = WriteAll(new ArrowOptions(codec, isVersion2, hasDictionary, hasIndex));
        Steps.Sample(
            steps =>
            {
                using var pool = new BufferPool();
                using ParquetFile file = ParquetFile.Open(new MemorySource("skips.parquet", bytes), pool);
                CheckNumbers(file, "required", steps, i => Required[i]);
                CheckNumbers(file, "optional", steps, i => Optional[i] ?? double.NaN);
                CheckNumbers(file, "few", steps, i => Few[i]);
                CheckTexts(file, steps);
                CheckVectors(file, steps);
                Assert.Equal(0, pool.RentedBytes);
            },
            iter: 30);
    }

    [Theory]
    [InlineData(false, 4096)]
    [InlineData(true, 4096)]
    [InlineData(true, 400_000)]
    public void Skip_WithAnIndex_ReadsTheWantedPageAlone(bool hasDictionary, long pageBytes)
    {
        double[] values = [.. Enumerable.Range(0, 300_000).Select(i => hasDictionary ? i % 20_000 : i * 0.5)];
        byte[] bytes = ArrowFile.Write(
            new ArrowOptions(HasDictionary: hasDictionary, PageBytes: pageBytes), [values.Length], ArrowFile.Of("x", values));
        using var pool = new BufferPool();
        using ParquetFile file = ParquetFile.Open(new MemorySource("x.parquet", bytes), pool);
        ChunkMetadata chunk = file.RowGroups[0].Chunks[0].Metadata;
        OffsetIndex index = PageIndexes.ReadOffsets(file.Source, pool, chunk, values.Length)!;
        Assert.True(index.PageCount > 5);
        long before = file.Source.BytesRead;
        using ColumnReader reader = file.OpenColumn(0, file.Columns[0]);
        reader.Skip(211_111);
        var found = new double[3];
        reader.Read(found);
        Assert.Equal(values[211_111..211_114], found);

        int page = index.PageOf(211_111);
        long dictionary = index.FirstStart - chunk.Start;
        long wanted = chunk.OffsetIndex.Length + dictionary + index.StartOf(page + 1) - index.StartOf(page);
        Assert.Equal(wanted, file.Source.BytesRead - before);
        Assert.True(hasDictionary ? dictionary > 1000 : dictionary == 0);
    }

    [Theory]
    [InlineData(20_000)]
    [InlineData(500_000)]
    public void Skip_WithoutAnIndex_ReadsTheHeadersOfPassedPagesAlone(long pageBytes)
    {
        double[] values = [.. Enumerable.Range(0, 2_000_000).Select(i => i * 0.5)];
        var options = new ArrowOptions(Codec.Uncompressed, HasIndex: false, PageBytes: pageBytes);
        byte[] bytes = ArrowFile.Write(options, [values.Length], ArrowFile.Of("x", values));
        using var pool = new BufferPool();
        using ParquetFile file = ParquetFile.Open(new MemorySource("x.parquet", bytes), pool);
        long before = file.Source.BytesRead;
        using ColumnReader reader = file.OpenColumn(0, file.Columns[0]);
        reader.Skip(1_999_000);
        Assert.InRange(file.Source.BytesRead - before, 1, file.RowGroups[0].CompressedBytes / 10);
        var found = new double[1000];
        reader.Read(found);
        Assert.Equal(values[1_999_000..], found);
    }

    [Fact]
    public void Skip_ToTheEnd_LeavesNothing()
    {
        byte[] bytes = WriteAll(new ArrowOptions());
        using var pool = new BufferPool();
        using ParquetFile file = ParquetFile.Open(new MemorySource("x.parquet", bytes), pool);
        foreach (ParquetColumn column in file.Columns)
        {
            using ColumnReader reader = file.OpenColumn(0, column);
            reader.Skip(reader.RowsLeft);
            Assert.Equal(0, reader.RowsLeft);
        }
    }

    // A list that is longer than the last one read goes on behind it, however far away the next wanted row is.
    [Fact]
    public void Skip_BehindAListThatIsLonger_SaysSo()
    {
        float[][] vectors = [.. Vectors.Select((v, i) => i == 17 ? [.. v, 1f] : v)];
        byte[] bytes = ArrowFile.Write(new ArrowOptions(), [Rows], ArrowFile.Of("v", vectors));
        using var pool = new BufferPool();
        using ParquetFile file = ParquetFile.Open(new MemorySource("x.parquet", bytes), pool);
        using ColumnReader reader = file.OpenColumn(0, file.Columns[0]);
        reader.ReadVectors(new float[18 * VectorLength], 18, VectorLength, 18);
        var e = Assert.Throws<VectorLengthException>(() => reader.Skip(20_000));
        Assert.Equal((17, VectorLength, 6), (e.Row, e.Wanted, e.Found));
    }

    static byte[] WriteAll(ArrowOptions options) => ArrowFile.Write(
        options,
        [Rows],
        ArrowFile.Of("required", Required),
        ArrowFile.Of("optional", Optional),
        ArrowFile.Of("few", Few),
        ArrowFile.Of("texts", Texts),
        ArrowFile.Of("vectors", Vectors));

    static void CheckNumbers(ParquetFile file, string name, (int Skip, int Read)[] steps, Func<int, double> expected)
    {
        using ColumnReader reader = file.OpenColumn(0, file.FindColumn(name)!);
        foreach ((int first, int count) in Walk(reader, steps))
        {
            var found = new double[count];
            reader.Read(found);
            Assert.Equal(Enumerable.Range(first, count).Select(expected), found);
        }
    }

    static void CheckTexts(ParquetFile file, (int Skip, int Read)[] steps)
    {
        using ColumnReader reader = file.OpenColumn(0, file.FindColumn("texts")!);
        foreach ((int first, int count) in Walk(reader, steps))
        {
            var found = new int[count];
            reader.ReadCategories(found, new NumberMap());
            Assert.Equal(Enumerable.Range(first, count).Select(i => Texts[i] == null ? -1 : i % 500), found);
        }
    }

    static void CheckVectors(ParquetFile file, (int Skip, int Read)[] steps)
    {
        using ColumnReader reader = file.OpenColumn(0, file.Columns[^1]);
        foreach ((int first, int count) in Walk(reader, steps))
        {
            var found = new float[count * VectorLength];
            reader.ReadVectors(found, count, VectorLength, count);
            for (int i = 0; i < found.Length; i++)
                Assert.Equal(Vectors[first + i % count][i / count], found[i]);
        }
    }

    // The rows that the steps read, the reader standing before them.
    static IEnumerable<(int First, int Count)> Walk(ColumnReader reader, (int Skip, int Read)[] steps)
    {
        foreach ((int skip, int read) in steps)
        {
            reader.Skip(Math.Min(skip, reader.RowsLeft));
            int count = (int)Math.Min(read, reader.RowsLeft);
            yield return (Rows - (int)reader.RowsLeft, count);
        }
    }

    sealed class NumberMap : CategoryMap
    {
        public override int Map(ReadOnlySpan<byte> utf8) => int.Parse(utf8["text ".Length..], System.Globalization.CultureInfo.InvariantCulture);
    }
}
