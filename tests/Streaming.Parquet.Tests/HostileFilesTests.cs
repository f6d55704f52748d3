using System.Buffers.Binary;
using System.Diagnostics;
using Streaming.Storage;

namespace Streaming.Parquet.Tests;

/// <summary>
/// Files that were changed, cut or put together at random: each must end in values or in a <see cref="ParquetException"/>
/// that names file, row group, column and page; never in another exception, in a hang, or in memory that such a small file
/// has no claim to. Every case is made from its number alone. STREAMING_FUZZ multiplies the number of cases.
/// </summary>
public sealed class HostileFilesTests : IDisposable
{
    const int CasesPerFile = 250;
    const int CasesPerCorpusFile = 30;
    const int RowsRead = 100_000;

    // No test file, however changed, has a right to more: they are all under 400 KB.
    const long MemoryLimit = 64L << 20;

    const int VectorLength = 7;

    static readonly double[] VectorOffsets = [1, 2, 3, 4, 5, 6, 7];

    static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(10);

    static readonly int Multiplier = int.Parse(Environment.GetEnvironmentVariable("STREAMING_FUZZ") ?? "1", System.Globalization.CultureInfo.InvariantCulture);

    readonly DuckDb duck = new();

    public static TheoryData<string, string> Writers()
    {
        var data = new TheoryData<string, string>();
        foreach (string codec in new[] { "uncompressed", "snappy", "zstd", "gzip", "lz4_raw", "brotli" })
        {
            data.Add(codec, "V1");
            data.Add(codec, "V2");
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Writers))]
    public void Read_ChangedFile_GivesValuesOrAParquetException(string codec, string version)
    {
        ChangeAndRead(Original(codec, version), codec.Length);
    }

    [Theory]
    [InlineData("snappy", "V1")]
    [InlineData("snappy", "V2")]
    [InlineData("uncompressed", "V1")]
    public void Read_ChangedFileWithLargePages_GivesValuesOrAParquetException(string codec, string version) => ChangeAndRead(
        File.ReadAllBytes(duck.Write(
            "SELECT (i * 7919 % 40009)::DOUBLE AS d, CASE WHEN i % 13 = 5 THEN NULL ELSE (i * 31 % 50021)::DOUBLE END AS n FROM range(20000) t(i)",
            $"COMPRESSION {codec}, PARQUET_VERSION {version}, DICTIONARY_SIZE_LIMIT 1")),
        seed: 3);

    [Theory]
    [MemberData(nameof(Writers))]
    public void Read_ChangedFileOfVectors_GivesValuesOrAParquetException(string codec, string version) => ChangeAndRead(
        File.ReadAllBytes(duck.Write(
            """
            SELECT [i, i + 1, NULL, i % 7, 5, 6, 7]::FLOAT[] AS v, list_transform(range(7), x -> i * 31 + x)::INTEGER[7] AS a,
            list_transform(range(7), x -> (i * 7 + x) % 5 = 0) AS b, list_transform(range(7), x -> ((i * 7919 + x) % 100003)::DOUBLE) AS d FROM range(2500) t(i)
            """,
            $"COMPRESSION {codec}, PARQUET_VERSION {version}, ROW_GROUP_SIZE 2048")),
        seed: codec.Length + 11);

    [Theory]
    [InlineData("snappy", "V1")]
    [InlineData("snappy", "V2")]
    [InlineData("uncompressed", "V1")]
    public void Read_ChangedFileOfVectorsInLargePages_GivesValuesOrAParquetException(string codec, string version) => ChangeAndRead(
        File.ReadAllBytes(duck.Write(
            "SELECT list_transform(range(7), x -> ((i * 7919 + x) % 100003)::DOUBLE) AS d FROM range(4000) t(i)",
            $"COMPRESSION {codec}, PARQUET_VERSION {version}, DICTIONARY_SIZE_LIMIT 1")),
        seed: 5);

    [Theory]
    [InlineData(ParquetSharp.Compression.Snappy, false, false)]
    [InlineData(ParquetSharp.Compression.Snappy, true, true)]
    [InlineData(ParquetSharp.Compression.Lz4, true, false)]
    [InlineData(ParquetSharp.Compression.Zstd, false, true)]
    public void Read_ChangedFileWithPageIndexes_GivesValuesOrAParquetException(ParquetSharp.Compression codec, bool isVersion2, bool hasDictionary) => ChangeAndRead(
        ArrowFile.Write(
            new ArrowOptions(codec, isVersion2, hasDictionary),
            [2000, 1500],
            ArrowFile.Of("i", [.. Enumerable.Range(0, 3500)]),
            ArrowFile.Of<double?>("d", [.. Enumerable.Range(0, 3500).Select(i => i % 11 == 3 ? default(double?) : i % 100 / 3.0)]),
            ArrowFile.Of("t", [.. Enumerable.Range(0, 3500).Select(i => i / 400 == 2 ? null : $"text {i / 7}")]),
            ArrowFile.Of("v", [.. Enumerable.Range(0, 3500).Select(i => Enumerable.Range(i, VectorLength).Select(x => (float)x).ToArray())])),
        seed: 7);

    static void ChangeAndRead(byte[] original, int seed)
    {
        int cases = CasesPerFile * Multiplier;
        int refused = 0;
        for (int i = 0; i < cases; i++)
        {
            byte[] changed = Change(original, new Random(i * 31 + seed));
            var watch = Stopwatch.StartNew();
            try
            {
                if (!TryReadAll(changed, "hostile.parquet"))
                    refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"Case {i}: {e}");
            }

            Assert.True(watch.Elapsed < TimeLimit, $"Case {i} took {watch.Elapsed}.");
        }

        Assert.True(refused > cases / 4, $"Only {refused} of {cases} changed files were refused.");
    }

    [Fact]
    public void Read_ChangedCorpusFile_GivesValuesOrAParquetException()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "data");
        int seed = 0;
        foreach (string path in Directory.EnumerateFiles(folder, "*.par*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            byte[] original = File.ReadAllBytes(path);
            for (int i = 0; i < CasesPerCorpusFile * Multiplier; i++)
            {
                try
                {
                    TryReadAll(Change(original, new Random(seed++)), "hostile.parquet");
                }
                catch (Exception e)
                {
                    Assert.Fail($"Case {i} of {Path.GetFileName(path)}: {e}");
                }
            }
        }
    }

    [Fact]
    public void Open_FileOfEveryLength_IsRefusedUnlessWhole()
    {
        byte[] original = Original("snappy", "V1");
        for (int length = 0; length < original.Length; length += length < 64 ? 1 : 97)
            Assert.False(TryReadAll(original[..length], "short.parquet"));

        Assert.True(TryReadAll(original, "whole.parquet"));
    }

    [Theory]
    [InlineData("", "'x': Not a Parquet file: it has 0 bytes.")]
    [InlineData("PAR1", "'x': Not a Parquet file: it has 4 bytes.")]
    [InlineData("PAR1 and some text", "'x': Not a Parquet file, or one that was cut short: it should end in PAR1 and ends in the bytes 74657874.")]
    [InlineData("PAR1....\u0000\u0000\u0000\u0000PARE", "'x': The footer is encrypted (the file ends in PARE); encryption is not supported.")]
    [InlineData("PAR1\u007f\u007f\u0000\u0000PAR1", "'x': The footer should be 32639 bytes long, the file has 12.")]
    [InlineData("PAR1\u0000\u0000\u0000\u0000PAR1", "'x': The footer is broken at its byte 0: the bytes end in the middle of a structure.")]
    public void Open_NoParquetFile_SaysWhatWasFound(string content, string message)
    {
        using var pool = new BufferPool();
        var e = Assert.Throws<ParquetException>(() => ParquetFile.Open(new MemorySource("x", System.Text.Encoding.Latin1.GetBytes(content)), pool));
        Assert.Equal(message, e.Message);
        Assert.Equal(0, pool.RentedBytes);
    }

    public void Dispose() => duck.Dispose();

    byte[] Original(string codec, string version) => File.ReadAllBytes(duck.Write(
        """
        SELECT CASE WHEN i % 7 = 2 THEN NULL ELSE i END AS i, i / 3.0::DOUBLE AS d, (i % 9)::FLOAT AS few, CASE WHEN i % 5 <> 2 THEN NULL ELSE i % 2 = 0 END AS b,
        'text ' || i AS t, CASE WHEN i % 3 = 0 THEN NULL ELSE 'k' || i % 6 END AS k, (i / 8)::DECIMAL(30,2) AS dec, TIMESTAMP '2020-01-01' + to_seconds(i * i) AS ts FROM range(4500) t(i)
        """,
        $"COMPRESSION {codec}, PARQUET_VERSION {version}, ROW_GROUP_SIZE 2048"));

    // Changes bytes anywhere or in the footer, cuts the file, or replaces a piece by another piece of it.
    static byte[] Change(byte[] original, Random random)
    {
        byte[] bytes = [.. original];
        int footer = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(bytes.Length - 8));
        int footerStart = Math.Clamp(bytes.Length - 8 - footer, 6, bytes.Length - 8);
        switch (random.Next(6))
        {
            case 0 or 1:
                for (int n = random.Next(1, 9); n > 0; n--)
                    ChangeByte(bytes, random.Next(4, footerStart), random);
                break;
            case 2 or 3:
                for (int n = random.Next(1, 4); n > 0; n--)
                    ChangeByte(bytes, random.Next(footerStart, bytes.Length), random);
                break;
            case 4:
                int length = random.Next(1, Math.Min(200, bytes.Length));
                bytes.AsSpan(random.Next(0, bytes.Length - length), length).CopyTo(bytes.AsSpan(random.Next(0, bytes.Length - length), length));
                break;
            case 5:
                // The footer stays, bytes before it are missing: all offsets are wrong.
                int cut = random.Next(1, footerStart - 4);
                int at = random.Next(4, footerStart - cut + 1);
                bytes = [.. bytes[..at], .. bytes[(at + cut)..]];
                break;
        }

        return bytes;
    }

    static void ChangeByte(byte[] bytes, int position, Random random) => bytes[position] = random.Next(3) switch
    {
        0 => (byte)random.Next(256),
        1 => (byte)(bytes[position] ^ (1 << random.Next(8))),
        _ => random.Next(2) == 0 ? (byte)0xff : (byte)0,
    };

    static bool TryReadAll(byte[] bytes, string name)
    {
        using var pool = new BufferPool(MemoryLimit);
        bool isWhole = true;
        try
        {
            using ParquetFile file = ParquetFile.Open(new MemorySource(name, bytes), pool);
            for (int g = 0; g < Math.Min(file.RowGroups.Count, 4); g++)
            {
                foreach (ParquetColumn column in file.Columns)
                    isWhole &= TryReadColumn(file, g, column);
            }
        }
        catch (ParquetException e)
        {
            Assert.StartsWith($"'{name}'", e.Message);
            isWhole = false;
        }

        Assert.Equal(0, pool.RentedBytes);
        return isWhole;
    }

    static bool TryReadColumn(ParquetFile file, int group, ParquetColumn column)
    {
        try
        {
            TrySkip(file, group, column);
            if (column.Kind == ColumnKind.Vector)
                ReadEntries(file, group, column);

            using ColumnReader reader = file.OpenColumn(group, column);
            float[] rows = new float[1000];
            float[] vectors = new float[1000 * VectorLength];
            int[] codes = new int[1000];
            var map = new LengthMap();
            for (int i = 0; i < RowsRead / rows.Length && reader.RowsLeft > 0; i++)
            {
                int n = (int)Math.Min(reader.RowsLeft, rows.Length);
                if (column.Kind == ColumnKind.Vector && i % 3 == 2)
                    reader.ReadVectorLengths(codes.AsSpan(0, n));
                else if (column.Kind == ColumnKind.Vector)
                    reader.ReadVectors(vectors, n, VectorLength, 1000, VectorOffsets);
                else if (column.Kind == ColumnKind.Text || (column.IsInteger && i % 2 == 1))
                    reader.ReadCategories(codes.AsSpan(0, n), map);
                else
                    reader.Read(rows.AsSpan(0, n), 1, 2);
            }

            return true;
        }
        catch (ParquetException e)
        {
            Assert.StartsWith($"Column '{column.Name}', row group {group}", e.Message);
            Assert.Contains($" of '{file.Name}': ", e.Message);
            return false;
        }
    }

    // Skipping goes by the page index where there is one, reading does not.
    static void TrySkip(ParquetFile file, int group, ParquetColumn column)
    {
        if (file.ReadPages(group, column) is { } pages)
            Assert.All(pages, p => Assert.InRange(p.FirstRow, 0, file.RowGroups[group].RowCount));

        using ColumnReader reader = file.OpenColumn(group, column);
        int[] codes = new int[50];
        while (reader.RowsLeft > codes.Length && reader.RowsLeft < RowsRead)
        {
            if (column.Kind == ColumnKind.Vector)
                reader.ReadVectorLengths(codes);
            else if (column.Kind == ColumnKind.Text)
                reader.ReadCategories(codes, new LengthMap());
            else
                reader.Read(new float[codes.Length]);

            reader.Skip(Math.Min(reader.RowsLeft, 700));
        }
    }

    // Lists as they are stored, with pauses at the ends of rows.
    static void ReadEntries(ParquetFile file, int group, ParquetColumn column)
    {
        using ColumnReader reader = file.OpenColumn(group, column);
        int[] definitions = new int[400];
        int[] repetitions = new int[400];
        double[] numbers = new double[400];
        for (long read = 0; reader.RowsLeft > 0 && read < RowsRead;)
        {
            int rows = (int)Math.Min(reader.RowsLeft, 150);
            int entries = reader.ReadEntries(ref rows, definitions, repetitions, numbers, out int present);
            Assert.InRange(present, 0, entries);
            Assert.Equal(rows, repetitions.AsSpan(0, entries).Count(0));
            read += entries;
        }
    }

    sealed class LengthMap : CategoryMap
    {
        public override int Map(ReadOnlySpan<byte> utf8) => utf8.Length;
    }
}
