using System.Numerics;

namespace Streaming.Parquet.Tests.Conformance;

/// <summary>What our reader finds in a column, read in odd-sized pieces and in three ways that must agree.</summary>
sealed class ColumnScan
{
    static readonly int[] Pieces = [1, 7, 1024, 333, 64, 2048, 5];

    public long Count { get; private set; }
    public long Missing { get; private set; }
    public double Sum { get; private set; }
    public BigInteger IntegerSum { get; private set; }
    public double Min { get; private set; } = double.PositiveInfinity;
    public double Max { get; private set; } = double.NegativeInfinity;
    public long TextBytes { get; private set; }
    public int Distinct { get; private set; }
    public long Lists { get; private set; }
    public long NullLists { get; private set; }
    public long EmptyLists { get; private set; }

    public static ColumnScan Run(ParquetFile file, ParquetColumn column)
    {
        var scan = new ColumnScan();
        var map = new CollectingMap();
        for (int g = 0; g < file.RowGroups.Count; g++)
        {
            if (column.Kind == ColumnKind.Text)
                scan.ReadText(file, g, column, map);
            else if (column.Kind == ColumnKind.Vector)
                scan.ReadLists(file, g, column);
            else
                scan.ReadNumbers(file, g, column);
        }

        scan.Distinct = map.Texts.Count;
        return scan;
    }

    void ReadNumbers(ParquetFile file, int group, ParquetColumn column)
    {
        using ColumnReader asDouble = file.OpenColumn(group, column);
        using ColumnReader asFloat = file.OpenColumn(group, column);
        using ColumnReader mapped = file.OpenColumn(group, column);
        double[] doubles = new double[2048];
        float[] floats = new float[2048];
        float[] mappedFloats = new float[2048];
        for (int i = 0; asDouble.RowsLeft > 0; i++)
        {
            int n = (int)Math.Min(Pieces[i % Pieces.Length], asDouble.RowsLeft);
            asDouble.Read(doubles.AsSpan(0, n));
            asFloat.Read(floats.AsSpan(0, n), 0, 1);
            mapped.Read(mappedFloats.AsSpan(0, n), 12.5, 0.75);
            for (int k = 0; k < n; k++)
            {
                Assert.Equal((float)doubles[k], floats[k]);
                Assert.Equal((float)((doubles[k] - 12.5) * 0.75), mappedFloats[k]);
                Add(doubles[k]);
            }
        }

        Assert.Equal(0, asFloat.RowsLeft);
    }

    // Lists of any length, row by row: one reader says how long, the others read as many elements.
    void ReadLists(ParquetFile file, int group, ParquetColumn column)
    {
        using ColumnReader lengths = file.OpenColumn(group, column);
        using ColumnReader asDouble = file.OpenColumn(group, column);
        using ColumnReader mapped = file.OpenColumn(group, column);
        using ColumnReader stored = file.OpenColumn(group, column);
        int[] length = new int[1];
        while (lengths.RowsLeft > 0)
        {
            lengths.ReadVectorLengths(length);
            int n = length[0];
            List<double>? list = ReadStored(stored, column);
            Assert.Equal(n, list?.Count ?? -1);
            Lists++;
            NullLists += n < 0 ? 1 : 0;
            EmptyLists += n == 0 ? 1 : 0;
            if (n <= 0)
            {
                asDouble.Skip(1);
                mapped.Skip(1);
                continue;
            }

            double[] doubles = new double[n];
            float[] floats = new float[n];
            asDouble.ReadVectors(doubles, 1, n, 1);
            mapped.ReadVectors(floats, 1, n, 1, [.. Enumerable.Repeat(12.5, n)], [.. Enumerable.Repeat(0.75, n)]);
            for (int k = 0; k < n; k++)
            {
                Assert.Equal((float)((doubles[k] - 12.5) * 0.75), floats[k]);
                Add(doubles[k]);
            }

            Assert.Equal(doubles, list!);
        }

        Assert.Equal(0, asDouble.RowsLeft);
        Assert.Equal(0, stored.RowsLeft);
    }

    // The next list as levels tell of it, in small pieces; nulls are NaN.
    static List<double>? ReadStored(ColumnReader reader, ParquetColumn column)
    {
        int[] definitions = new int[5];
        int[] repetitions = new int[5];
        double[] numbers = new double[5];
        List<double>? list = null;
        for (int rows = 1; reader.ReadEntries(ref rows, definitions, repetitions, numbers, out int present) is > 0 and int entries; rows = 0)
        {
            Assert.Equal(rows, repetitions.AsSpan(0, entries).Count(0));
            Assert.Equal(present, definitions.AsSpan(0, entries).Count(column.MaxDefinitionLevel));
            int number = 0;
            foreach (int level in definitions.AsSpan(0, entries))
            {
                if (level >= column.ElementLevel - 1)
                    list ??= [];

                if (level >= column.ElementLevel)
                    list!.Add(level == column.MaxDefinitionLevel ? numbers[number++] : double.NaN);
            }
        }

        return list;
    }

    void Add(double value)
    {
        Count++;
        if (double.IsNaN(value))
        {
            Missing++;
            return;
        }

        if (!double.IsFinite(value))
            return;

        Sum += value;
        Min = Math.Min(Min, value);
        Max = Math.Max(Max, value);
        if (value == Math.Floor(value))
            IntegerSum += new BigInteger(value);
    }

    void ReadText(ParquetFile file, int group, ParquetColumn column, CollectingMap map)
    {
        using ColumnReader reader = file.OpenColumn(group, column);
        int[] codes = new int[2048];
        for (int i = 0; reader.RowsLeft > 0; i++)
        {
            int n = (int)Math.Min(Pieces[i % Pieces.Length], reader.RowsLeft);
            reader.ReadCategories(codes.AsSpan(0, n), map);
            foreach (int code in codes.AsSpan(0, n))
            {
                Count++;
                if (code < 0)
                    Missing++;
                else
                    TextBytes += map.Lengths[code];
            }
        }
    }

    sealed class CollectingMap : CategoryMap
    {
        public Dictionary<string, int> Texts { get; } = [];

        public List<int> Lengths { get; } = [];

        public override int Map(ReadOnlySpan<byte> utf8)
        {
            string key = Convert.ToHexString(utf8);
            if (!Texts.TryGetValue(key, out int code))
            {
                Texts.Add(key, code = Texts.Count);
                Lengths.Add(utf8.Length);
            }

            return code;
        }
    }
}
