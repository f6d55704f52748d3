using CsCheck;
using Parquet;
using Codec = ParquetSharp.Compression;
using PhysicalEncoding = ParquetSharp.Encoding;

namespace Streaming.Parquet.Tests;

/// <summary>
/// What Arrow C++ (ParquetSharp 25.0.1.2), DuckDB (DuckDB.NET 1.5.6.1) and Parquet.Net 6.1.0 write over every codec, encoding, nullability
/// and page size is read as the values that were given to them.
/// </summary>
public sealed class WriterPropertyTests : IDisposable
{
    const int Iterations = 60;

    static readonly PhysicalEncoding[] FloatingEncodings = [PhysicalEncoding.Plain, PhysicalEncoding.ByteStreamSplit];
    static readonly PhysicalEncoding[] IntegerEncodings = [PhysicalEncoding.Plain, PhysicalEncoding.DeltaBinaryPacked, PhysicalEncoding.ByteStreamSplit];
    static readonly PhysicalEncoding[] BooleanEncodings = [PhysicalEncoding.Plain, PhysicalEncoding.Rle];
    static readonly PhysicalEncoding[] TextEncodings = [PhysicalEncoding.Plain, PhysicalEncoding.DeltaLengthByteArray, PhysicalEncoding.DeltaByteArray];

    // Rows, of any number around the sizes that matter; few or many different values; which are null.
    static readonly Gen<WriterTable> Tables = Gen.Select(
        Gen.OneOf(Gen.Int[1, 40], Gen.Int[1000, 1100], Gen.Int[5000, 40_000]),
        Gen.OneOf(1, 2, 20, 1000, int.MaxValue),
        Gen.Enum<NullPattern>(),
        Gen.Int[0, 1_000_000],
        (rows, distinct, nulls, seed) => new WriterTable(rows, distinct, nulls, seed));

    static readonly Gen<(ArrowOptions Options, int Group)> ArrowLayouts = Gen.Select(
        Gen.OneOf(Codec.Uncompressed, Codec.Snappy, Codec.Gzip, Codec.Brotli, Codec.Zstd, Codec.Lz4, Codec.Lz4Hadoop),
        Gen.Bool,
        Gen.Bool,
        Gen.Bool,
        Gen.OneOf(100, 4096, 200_000, 1 << 20),
        Gen.Int[0, 5],
        Gen.OneOf(700, 10_000, 100_000),
        (codec, isVersion2, hasDictionary, hasChecksums, pageBytes, encoding, group) => (
            new ArrowOptions(codec, isVersion2, hasDictionary, HasIndex: false, pageBytes, HasChecksums: hasChecksums, Encodings: new()
            {
                ["d"] = FloatingEncodings[encoding % 2],
                ["f"] = FloatingEncodings[encoding % 2],
                ["i"] = IntegerEncodings[encoding % 3],
                ["l"] = IntegerEncodings[encoding % 3],
                ["b"] = BooleanEncodings[encoding % 2],
                ["t"] = TextEncodings[encoding % 3],
            }),
            group));

    readonly DuckDb duck = new();

    [Fact]
    public void Read_WhatArrowWrote_GivesItsValues() => Gen.Select(Tables, ArrowLayouts).Sample(
        (table, layout) => table.Check(table.WriteArrow(layout.Options, layout.Group), $"{layout.Options}"),
        iter: Iterations);

    [Fact]
    public void Read_WhatDuckDbWrote_GivesItsValues() => Gen.Select(
        Tables,
        Gen.OneOf("uncompressed", "snappy", "gzip", "brotli", "zstd", "lz4_raw"),
        Gen.OneOf("V1", "V2"),
        Gen.OneOf(1, 100, 1_000_000),
        Gen.OneOf(2048, 122_880)).Sample(
        (table, codec, version, dictionary, group) =>
        {
            string given = duck.NewPath();
            File.WriteAllBytes(given, table.WriteArrow(new ArrowOptions(Codec.Uncompressed, HasIndex: false), int.MaxValue));
            string options = $"COMPRESSION {codec}, PARQUET_VERSION {version}, DICTIONARY_SIZE_LIMIT {dictionary}, ROW_GROUP_SIZE {group}";
            string path = duck.Write($"SELECT * FROM '{given}'", options);
            table.Check(File.ReadAllBytes(path), options);
            File.Delete(given);
            File.Delete(path);
        },
        iter: Iterations,
        threads: 1);

    [Fact]
    public async Task Read_WhatParquetNetWrote_GivesItsValues() => await Gen.Select(
        Tables,
        Gen.OneOf(
            CompressionMethod.None, CompressionMethod.Snappy, CompressionMethod.Gzip, CompressionMethod.Brotli, CompressionMethod.Zstd, CompressionMethod.Lz4Raw),
        Gen.OneOf(0.0, 1.0),
        Gen.OneOf(700, 100_000)).SampleAsync(
        async (table, codec, threshold, group) =>
        {
            // Their smallest size, which is Parquet.Net's default, takes LZ4 and Brotli very long.
            var options = new ParquetOptions
            {
                CompressionMethod = codec,
                CompressionLevel = System.IO.Compression.CompressionLevel.Fastest,
                DictionaryEncodingThreshold = threshold,
            };
            table.Check(await table.WriteParquetNetAsync(options, group), $"Parquet.Net, {codec}, dictionaries from {threshold}");
        },
        iter: Iterations);

    public void Dispose() => duck.Dispose();
}
