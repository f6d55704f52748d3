using Parquet;
using Parquet.Schema;
using Streaming.Storage;

namespace Streaming.Parquet.Tests;

/// <summary>Which values of a table are null.</summary>
enum NullPattern
{
    /// <summary>The schema allows none.</summary>
    Required,

    /// <summary>The schema allows them, but there is none.</summary>
    None,

    /// <summary>One in twenty, anywhere.</summary>
    Some,

    /// <summary>Hundreds at a time.</summary>
    Runs,

    /// <summary>All.</summary>
    All,
}

/// <summary>A table of known values of every basic type, made from its numbers alone, which other programs write and we read.</summary>
sealed class WriterTable
{
    readonly bool[] isNull;
    readonly bool isRequired;
    readonly double[] doubles;
    readonly float[] floats;
    readonly int[] ints;
    readonly long[] longs;
    readonly bool[] bools;
    readonly string[] texts;
    readonly string description;
    readonly int seed;

    public WriterTable(int rows, int distinct, NullPattern nulls, int seed)
    {
        this.seed = seed;
        description = $"{rows} rows, {distinct} different values, nulls {nulls}, seed {seed}";
        isRequired = nulls == NullPattern.Required;
        var random = new Random(seed);
        isNull = [.. Enumerable.Range(0, rows).Select(i => nulls switch
        {
            NullPattern.Some => random.Next(20) == 0,
            NullPattern.Runs => (i / 300 + seed) % 3 == 0,
            NullPattern.All => true,
            _ => false,
        })];

        // Of very many different values the integers rise, so that differences of all widths occur.
        long[] values = [.. Enumerable.Range(0, rows).Select(i => distinct < int.MaxValue ? random.Next(distinct) : i * 37L + random.Next(1 << (i / 512 % 24)))];
        doubles = [.. values.Select(v => distinct < int.MaxValue ? v / 8.0 - 3 : BitConverter.Int64BitsToDouble(random.NextInt64() & 0x7fef_ffff_ffff_ffff))];
        floats = [.. values.Select(v => (v / 8f) - 3)];
        ints = [.. values.Select(v => (int)(v - 500))];
        longs = [.. values.Select(v => v * 1_000_000_007 - 5)];
        bools = [.. values.Select((v, i) => (v + (i / 100)) % 2 == 0)];
        texts = [.. values.Select(v => v % 7 == 0 ? "" : $"text {v} of some")];
    }

    int Rows => isNull.Length;

    public override string ToString() => description;

    /// <summary>Written by Arrow.</summary>
    public byte[] WriteArrow(ArrowOptions options, int groupRows) => ArrowFile.Write(
        options, [.. Groups(groupRows).Select(g => g.Count)], Arrow("d", doubles), Arrow("f", floats), Arrow("i", ints), Arrow("l", longs), Arrow("b", bools),
        ArrowFile.Of("t", [.. texts.Select((t, i) => isNull[i] ? null : t)]));

    /// <summary>Written by Parquet.Net.</summary>
    public async Task<byte[]> WriteParquetNetAsync(ParquetOptions options, int groupRows)
    {
        DataField[] fields =
        [
            Field<double>("d"), Field<float>("f"), Field<int>("i"), Field<long>("l"), Field<bool>("b"), new DataField("t", typeof(string), isNullable: true),
        ];
        using var stream = new MemoryStream();
        await using (ParquetWriter writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), stream, options))
        {
            foreach ((int first, int count) in Groups(groupRows))
            {
                using ParquetRowGroupWriter group = writer.CreateRowGroup();
                await WriteAsync(group, fields[0], doubles, first, count);
                await WriteAsync(group, fields[1], floats, first, count);
                await WriteAsync(group, fields[2], ints, first, count);
                await WriteAsync(group, fields[3], longs, first, count);
                await WriteAsync(group, fields[4], bools, first, count);
                await group.WriteAsync(fields[5], (IReadOnlyCollection<string>)[.. Enumerable.Range(first, count).Select(i => isNull[i] ? null! : texts[i])]);
                group.CompleteValidate();
            }
        }

        return stream.ToArray();
    }

    /// <summary>Reads a file in pieces of all sizes and compares every value.</summary>
    public void Check(byte[] bytes, string options)
    {
        using var pool = new BufferPool();
        using ParquetFile file = ParquetFile.Open(new MemorySource($"{description}; {options}", bytes), pool);
        Assert.Equal(Rows, file.RowCount);
        CheckNumbers(file, "d", i => doubles[i]);
        CheckNumbers(file, "f", i => floats[i]);
        CheckNumbers(file, "i", i => ints[i]);
        CheckNumbers(file, "l", i => longs[i]);
        CheckNumbers(file, "b", i => bools[i] ? 1 : 0);
        CheckTexts(file);
        Assert.Equal(0, pool.RentedBytes);
    }

    void CheckNumbers(ParquetFile file, string name, Func<int, double> expected) => ForEachPiece(file, name, (reader, first, count) =>
    {
        double[] found = new double[count];
        float[] narrow = new float[count];
        bool isNarrow = first % 2 == 1;
        if (isNarrow)
            reader.Read(narrow);
        else
            reader.Read(found);

        for (int i = 0; i < count; i++)
        {
            double wanted = isNull[first + i] ? double.NaN : expected(first + i);
            if (isNarrow ? !narrow[i].Equals((float)wanted) : !found[i].Equals(wanted))
                Assert.Fail($"{file.Name}: column {name}, row {first + i} is {(isNarrow ? narrow[i] : found[i]):r}; it should be {wanted:r}.");
        }
    });

    void CheckTexts(ParquetFile file)
    {
        var map = new TextMap();
        ForEachPiece(file, "t", (reader, first, count) =>
        {
            int[] codes = new int[count];
            reader.ReadCategories(codes, map);
            for (int i = 0; i < count; i++)
                Assert.Equal(isNull[first + i] ? null : texts[first + i], codes[i] < 0 ? null : map.Texts[codes[i]]);
        });
    }

    void ForEachPiece(ParquetFile file, string name, Action<ColumnReader, int, int> check)
    {
        ParquetColumn column = file.FindColumn(name)!;
        var random = new Random(seed);
        int row = 0;
        for (int g = 0; g < file.RowGroups.Count; g++)
        {
            using ColumnReader reader = file.OpenColumn(g, column);
            while (reader.RowsLeft > 0)
            {
                int count = (int)Math.Min(reader.RowsLeft, random.Next(3) == 0 ? random.Next(1, 20) : random.Next(1, 3000));
                check(reader, row, count);
                row += count;
            }
        }
    }

    ArrowColumn Arrow<T>(string name, T[] values)
        where T : struct => isRequired ? ArrowFile.Of(name, values) : ArrowFile.Of(name, Optional(values, 0, Rows));

    DataField Field<T>(string name) => new(name, typeof(T), isNullable: !isRequired);

    async Task WriteAsync<T>(ParquetRowGroupWriter group, DataField field, T[] values, int first, int count)
        where T : struct
    {
        if (isRequired)
            await group.WriteAsync<T>(field, values.AsMemory(first, count), null, null);
        else
            await group.WriteAsync<T>(field, Optional(values, first, count), null, null);
    }

    T?[] Optional<T>(T[] values, int first, int count)
        where T : struct => [.. Enumerable.Range(first, count).Select(i => isNull[i] ? default(T?) : values[i])];

    IEnumerable<(int First, int Count)> Groups(int groupRows)
    {
        for (int first = 0; first < Rows; first += Math.Min(groupRows, Rows))
            yield return (first, Math.Min(groupRows, Rows - first));
    }

    sealed class TextMap : CategoryMap
    {
        readonly Dictionary<string, int> codes = [];

        public List<string> Texts { get; } = [];

        public override int Map(ReadOnlySpan<byte> utf8)
        {
            string text = System.Text.Encoding.UTF8.GetString(utf8);
            if (!codes.TryGetValue(text, out int code))
            {
                codes.Add(text, code = Texts.Count);
                Texts.Add(text);
            }

            return code;
        }
    }
}
