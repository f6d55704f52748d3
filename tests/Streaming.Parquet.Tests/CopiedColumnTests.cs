using Streaming.Storage;
using Codec = ParquetSharp.Compression;

namespace Streaming.Parquet.Tests;

/// <summary>Columns of Arrow's files are copied with their values, also where Parquet.Net reads others.</summary>
public sealed class CopiedColumnTests : IDisposable
{
    const int Rows = 3000;

    readonly BufferPool pool = new();

    public void Dispose() => pool.Dispose();

    [Theory]
    [InlineData(Codec.Snappy, false, false)]
    [InlineData(Codec.Zstd, true, false)]
    [InlineData(Codec.Snappy, true, true)]
    [InlineData(Codec.Lz4Hadoop, false, false)]
    [InlineData(Codec.Lz4Hadoop, false, true)]
    public async Task ReadForCopy_OfEveryType_GivesItsValues(Codec codec, bool isVersion2, bool hasDictionary)
    {
        bool?[] flags = Values(i => i % 4 == 1 ? null : (bool?)(i % 3 == 0));
        bool[] always = Values(i => i % 5 == 0);
        double?[] numbers = Values(i => i % 7 == 0 ? null : (double?)Math.Sin(i));
        long[] longs = Values(i => (long)i * i);
        sbyte?[] small = Values(i => i % 2 == 0 ? null : (sbyte?)i);
        ushort[] unsigned = Values(i => (ushort)(i * 31));
        string?[] texts = Values(i => i % 6 == 0 ? null : $"t{i % 50}");
        Half?[] halves = Values(i => i % 13 == 0 ? null : (Half?)(i * 0.1));
        byte[] bytes = ArrowFile.Write(
            new ArrowOptions(codec, isVersion2, hasDictionary),
            [Rows],
            ArrowFile.Of("flags", flags),
            ArrowFile.Of("always", always),
            ArrowFile.Of("numbers", numbers),
            ArrowFile.Of("longs", longs),
            ArrowFile.Of("small", small),
            ArrowFile.Of("unsigned", unsigned),
            ArrowFile.Of("texts", texts),
            ArrowFile.Of("halves", halves));
        foreach (int[] rows in new[] { Values(i => i), [0, 1, 2, 13, 1500, Rows - 1] })
        {
            using ParquetFile copy = await CopyAsync(bytes, rows, "flags", "always", "numbers", "longs", "small", "unsigned", "texts");
            Assert.Equal(rows.Select(r => flags[r] is { } flag ? flag ? 1 : 0 : double.NaN), Read(copy, "flags"));
            Assert.Equal(rows.Select(r => always[r] ? 1.0 : 0), Read(copy, "always"));
            Assert.Equal(rows.Select(r => numbers[r] ?? double.NaN), Read(copy, "numbers"));
            Assert.Equal(rows.Select(r => (double)longs[r]), Read(copy, "longs"));
            Assert.Equal(rows.Select(r => small[r] ?? double.NaN), Read(copy, "small"));
            Assert.Equal(rows.Select(r => (double)unsigned[r]), Read(copy, "unsigned"));
            Assert.Equal(rows.Select(r => texts[r]), ReadTexts(copy, "texts"));
        }
    }

    [Fact]
    public async Task ReadForCopy_OfFloat16_IsRefusedByName_AndOfIntegersAsDifferencesIsRight()
    {
        sbyte[] small = Values(i => (sbyte)(i * 7));
        byte[] bytes = ArrowFile.Write(
            new ArrowOptions(Encodings: new() { ["small"] = ParquetSharp.Encoding.DeltaBinaryPacked }),
            [Rows],
            ArrowFile.Of("small", small),
            ArrowFile.Of("halves", Values(i => (Half)i)));
        using ParquetFile copy = await CopyAsync(bytes, Values(i => i), "small");
        Assert.Equal(small.Select(s => (double)s), Read(copy, "small"));
        var refused = await Assert.ThrowsAsync<ParquetException>(() => CopyAsync(bytes, [0], "halves"));
        Assert.Contains("Column 'halves' of 'data': columns of type FLOAT16 can't be kept.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadForCopy_OfJson_GivesText()
    {
        string[] texts = Values(i => $"{{\"a\":{i}}}");
        ArrowColumn column = ArrowFile.Of("json", texts);
        byte[] bytes = ArrowFile.Write(
            new ArrowOptions(),
            [Rows],
            column with { Column = new ParquetSharp.Column<string>("json", ParquetSharp.LogicalType.Json()) });
        using ParquetFile copy = await CopyAsync(bytes, Values(i => i), "json");
        Assert.Equal("STRING", copy.FindColumn("json")!.TypeName);
        Assert.Equal(texts, ReadTexts(copy, "json"));
    }

    [Fact]
    public async Task ReadForCopy_OfWhatIsNotDecoded_IsRefusedWhereItWouldBeReadWrongly()
    {
        byte[] bytes = ArrowFile.Write(new ArrowOptions(Codec.Lz4Hadoop), [Rows], ArrowFile.Of("id", Values(i => new Guid(i, 0, 0, new byte[8]))));
        var refused = await Assert.ThrowsAsync<ParquetException>(() => CopyAsync(bytes, [0], "id"));
        Assert.Contains("Column 'id' of 'data': columns of type UUID can't be kept where they are compressed with LZ4", refused.Message, StringComparison.Ordinal);
    }

    static T[] Values<T>(Func<int, T> value) => [.. Enumerable.Range(0, Rows).Select(value)];

    static double[] Read(ParquetFile file, string column)
    {
        var values = new double[file.RowCount];
        using ColumnReader reader = file.OpenColumn(0, file.FindColumn(column)!);
        reader.Read(values);
        return values;
    }

    static string?[] ReadTexts(ParquetFile file, string column)
    {
        var map = new TextMap();
        var codes = new int[file.RowCount];
        using ColumnReader reader = file.OpenColumn(0, file.FindColumn(column)!);
        reader.ReadCategories(codes, map);
        return [.. codes.Select(c => c < 0 ? null : map.Texts[c])];
    }

    async Task<ParquetFile> CopyAsync(byte[] bytes, int[] rows, params string[] names)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using ParquetFile file = ParquetFile.Open(new MemorySource("data", bytes), pool);
        List<TableColumn> columns = [];
        List<TableValues> values = [];
        foreach (ParquetColumn column in names.Select(n => file.FindColumn(n)!))
        {
            columns.Add(await file.DescribeForCopyAsync(column, cancellation));
            TableValues all = await file.ReadForCopyAsync(0, column, cancellation);
            values.Add(rows.Length == all.Count ? all : all.Select(rows));
        }

        var output = new MemoryStream();
        await using (TableWriter writer = await TableWriter.CreateAsync(output, columns, cancellation: cancellation))
            await writer.WriteRowGroupAsync(rows.Length, values, cancellation);

        return ParquetFile.Open(new MemorySource("copy", output.ToArray()), pool);
    }

    sealed class TextMap : CategoryMap
    {
        public List<string> Texts { get; } = [];

        public override int Map(ReadOnlySpan<byte> utf8)
        {
            Texts.Add(System.Text.Encoding.UTF8.GetString(utf8));
            return Texts.Count - 1;
        }
    }
}
