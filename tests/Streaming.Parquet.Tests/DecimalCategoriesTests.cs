using System.Globalization;
using System.Numerics;
using Streaming.Parquet.Encodings;
using Streaming.Storage;

namespace Streaming.Parquet.Tests;

/// <summary>Decimals read as categories are told by all their digits, however they are stored.</summary>
public sealed class DecimalCategoriesTests : IDisposable
{
    const int Rows = 5000;

    readonly DuckDb duck = new();

    public void Dispose() => duck.Dispose();

    [Theory]
    [InlineData("V1")]
    [InlineData("V2")]
    public void ReadCategories_OfDecimals_ShowsTheUnscaledValues(string version)
    {
        string[] values =
        [
            "(i * 7 - 900)::DECIMAL(9,3) / 8", "(i - 2500)::DECIMAL(18,3) * 100000000000 + 0.123", "(i % 50)::DECIMAL(18,2) - 7.5",
            "'12345678901234567890123456789012345.678'::DECIMAL(38,3) - i * 0.001", "'-99999999999999999999'::DECIMAL(38,3) + (i % 9) * 0.001",
        ];
        string[] types = ["DECIMAL(9,3)", "DECIMAL(18,3)", "DECIMAL(18,2)", "DECIMAL(38,3)", "DECIMAL(38,3)"];
        string columns = string.Join(", ", values.Select((v, c) => $"CASE WHEN i % 11 = 3 THEN NULL ELSE ({v})::{types[c]} END AS c{c}"));
        string path = duck.Write($"SELECT {columns} FROM range({Rows}) t(i)", $"PARQUET_VERSION {version}, ROW_GROUP_SIZE 2048");
        List<object?[]> expected = duck.Query($"SELECT {string.Join(", ", values.Select((_, c) => $"replace(c{c}::VARCHAR, '.', '')"))} FROM '{path}'");
        using var pool = new BufferPool();
        using ParquetFile file = DuckDb.Open(path, pool);
        for (int c = 0; c < values.Length; c++)
        {
            var map = new UnscaledMap();
            int[] codes = new int[Rows];
            for (int g = 0, row = 0; g < file.RowGroups.Count; row += (int)file.RowGroups[g++].RowCount)
            {
                using ColumnReader reader = file.OpenColumn(g, file.Columns[c]);
                reader.ReadCategories(codes.AsSpan(row, (int)reader.RowsLeft), map);
            }

            Assert.Equal(
                expected.Select(r => r[c] is string text ? BigInteger.Parse(text, CultureInfo.InvariantCulture) : (BigInteger?)null),
                codes.Select(code => code < 0 ? null : (BigInteger?)map.Values[code]));
        }
    }

    // Layouts that DuckDB does not write.
    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(20)]
    public unsafe void Read_OfSplitStreams_ShowsTheUnscaledValues(int width)
    {
        var kind = width switch { 4 => NumberKind.Int32, 8 => NumberKind.Int64, _ => NumberKind.BigEndian };
        byte[] stored = new byte[width * Rows];
        new Random(3).NextBytes(stored);
        byte[] split = [.. Enumerable.Range(0, stored.Length).Select(i => stored[i % Rows * width + i / Rows])];
        var map = new UnscaledMap();
        int[] codes = new int[Rows];
        var decoder = new ByteStreamSplitDecoder(new NumberFormat(kind, width, 100));
        fixed (byte* source = split)
        fixed (int* target = codes)
        {
            decoder.Start(source, split.Length);
            decoder.Read(target, Rows, map);
        }

        Assert.Equal(
            stored.Chunk(width).Select(bytes => new BigInteger(bytes, isUnsigned: false, isBigEndian: kind == NumberKind.BigEndian)),
            codes.Select(code => map.Values[code]));
    }

    sealed class UnscaledMap : CategoryMap
    {
        readonly Dictionary<BigInteger, int> codes = [];

        public List<BigInteger> Values { get; } = [];

        public override int Map(ReadOnlySpan<byte> utf8)
        {
            var value = new BigInteger(utf8, isUnsigned: false, isBigEndian: true);
            if (!codes.TryGetValue(value, out int code))
            {
                codes.Add(value, code = Values.Count);
                Values.Add(value);
            }

            return code;
        }
    }
}
