using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Streaming.Parquet.Encodings;

namespace Streaming.Parquet;

/// <summary>
/// What the values of a column are, found by reading them: footers may leave statistics out, and may be wrong. Sums are
/// compensated, so that they do not depend on how many values there are.
/// </summary>
public sealed partial class ColumnStatistics
{
    // Rows that are read at a time; a multiple of the lanes, so that a value's lane depends on its row alone.
    const int BlockRows = 4096;

    CompensatedSum sum;
    double min = double.PositiveInfinity;
    double max = double.NegativeInfinity;

    /// <summary>Values, nulls included: rows, or of a column of lists all their elements, of which everything else tells then.</summary>
    public long Count { get; private set; }

    /// <summary>Nulls.</summary>
    public long NullCount { get; private set; }

    /// <summary>Values that are there and not a number.</summary>
    public long NanCount { get; private set; }

    /// <summary>Infinite values, of either sign.</summary>
    public long InfiniteCount { get; private set; }

    /// <summary>Smallest finite number; null where there is none.</summary>
    public double? Min => min <= max ? min : null;

    /// <summary>Largest finite number; null where there is none.</summary>
    public double? Max => min <= max ? max : null;

    /// <summary>Sum of the finite numbers; null where there is none.</summary>
    public double? Sum => min <= max ? sum.Value : null;

    /// <summary>Bytes of all texts, in UTF-8.</summary>
    public long TextBytes { get; private set; }

    /// <summary>Reads a column of a row group.</summary>
    /// <exception cref="ParquetException">The column can't be read, or the file is broken.</exception>
    public static ColumnStatistics Read(ParquetFile file, int rowGroup, ParquetColumn column, CancellationToken cancellation = default)
    {
        var statistics = new ColumnStatistics();
        using ColumnReader reader = file.OpenColumn(rowGroup, column, isAlone: true);
        statistics.Count = reader.RowsLeft;
        if (column.Kind == ColumnKind.Vector)
            statistics.AddVectors(file, rowGroup, column, reader, cancellation);
        else if (column.Kind == ColumnKind.Text)
            statistics.AddText(reader, cancellation);
        else
            statistics.AddNumbers(reader, cancellation);

        // Nulls and NaN are both read as NaN. Only where there are such, and both are possible, is it worth another look.
        if (statistics.NanCount > 0 && column.MaxDefinitionLevel > column.ElementLevel)
        {
            statistics.NullCount = StoredBits.Of(column) is { } bits
                ? CountMissing(file, rowGroup, bits, cancellation)
                : statistics.NanCount;
            statistics.NanCount -= statistics.NullCount;
        }

        // Counts of units since 1970 are beyond that range as well, but nobody needs their sum to the last one.
        bool isRounded = column.IsInteger && column.Unit is null && Math.Max(-statistics.min, statistics.max) >= RoundingMap.FirstRounded;
        if (isRounded)
            statistics.sum.Add(SumOfRoundings(file, rowGroup, column, cancellation));

        return statistics;
    }

    /// <summary>Adds what was found in rows that follow.</summary>
    public void Add(ColumnStatistics other)
    {
        Count += other.Count;
        NullCount += other.NullCount;
        NanCount += other.NanCount;
        InfiniteCount += other.InfiniteCount;
        TextBytes += other.TextBytes;
        ListCount += other.ListCount;
        NullListCount += other.NullListCount;
        EmptyListCount += other.EmptyListCount;
        min = Math.Min(min, other.min);
        max = Math.Max(max, other.max);
        sum.Add(other.sum);
    }

    /// <summary>The same of values in another unit.</summary>
    /// <param name="convert">Makes one of the other; linear, and 0 of 0.</param>
    public ColumnStatistics In(Func<double, double> convert)
    {
        var result = new ColumnStatistics();
        result.Add(this);
        (result.min, result.max, result.sum) = (convert(min), convert(max), sum.In(convert));
        return result;
    }

    static long CountMissing(ParquetFile file, int rowGroup, ParquetColumn bits, CancellationToken cancellation)
    {
        var found = new ColumnStatistics();
        using ColumnReader reader = file.OpenColumn(rowGroup, bits);
        if (bits.Kind == ColumnKind.Vector)
            found.AddVectors(file, rowGroup, bits, reader, cancellation);
        else
            found.AddNumbers(reader, cancellation);

        return found.NanCount;
    }

    // What whole numbers lose when they are read as doubles.
    static double SumOfRoundings(ParquetFile file, int rowGroup, ParquetColumn column, CancellationToken cancellation)
    {
        var roundings = new RoundingMap(column.Format.Kind == NumberKind.UInt64);
        using ColumnReader reader = file.OpenColumn(rowGroup, column);
        var block = new int[(int)Math.Min(reader.RowsLeft, BlockRows)];
        long sum = 0;
        while (reader.RowsLeft > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            Span<int> codes = block.AsSpan(0, (int)Math.Min(reader.RowsLeft, BlockRows));
            reader.ReadCategories(codes, roundings);
            foreach (int code in codes)
                sum += code < 0 ? 0 : code - RoundingMap.Bias;
        }

        return sum;
    }

    void AddText(ColumnReader reader, CancellationToken cancellation)
    {
        var lengths = new LengthMap();
        var block = new int[(int)Math.Min(reader.RowsLeft, BlockRows)];
        while (reader.RowsLeft > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            Span<int> codes = block.AsSpan(0, (int)Math.Min(reader.RowsLeft, BlockRows));
            reader.ReadCategories(codes, lengths);
            foreach (int length in codes)
            {
                if (length < 0)
                    NullCount++;
                else
                    TextBytes += length;
            }
        }
    }

    void AddNumbers(ColumnReader reader, CancellationToken cancellation)
    {
        var lanes = new Lanes();
        int lanesPerBlock = (int)((Math.Min(reader.RowsLeft, BlockRows) + Lanes.Count - 1) / Lanes.Count);
        var block = new double[lanesPerBlock * Lanes.Count];
        while (reader.RowsLeft > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            int rows = (int)Math.Min(reader.RowsLeft, block.Length);
            reader.Read(block.AsSpan(0, rows));

            // What is behind the last row must neither count nor add.
            block.AsSpan(rows).Fill(double.NaN);
            lanes.Add(block);
            lanes.NanCount -= block.Length - rows;
        }

        Take(lanes);
    }

    void Take(in Lanes lanes)
    {
        NanCount = lanes.NanCount;
        InfiniteCount = lanes.InfiniteCount;
        (min, max) = (lanes.Min, lanes.Max);
        sum = lanes.Sum();
    }

    // A text's code is its length: nothing has to be remembered, however many different texts there are.
    sealed class LengthMap : CategoryMap
    {
        public override int Map(ReadOnlySpan<byte> utf8) => utf8.Length;
    }

    // A sum and what its roundings have lost (Knuth's two-sum).
    struct CompensatedSum
    {
        double total;
        double lost;

        // Beyond the range of double the sum is infinite, and what was lost has no meaning.
        public readonly double Value => double.IsFinite(total) ? total + lost : total;

        public void Add(double value)
        {
            double next = total + value;
            double part = next - total;
            lost += (total - (next - part)) + (value - part);
            total = next;
        }

        public void Add(CompensatedSum other)
        {
            Add(other.total);
            Add(other.lost);
        }

        public readonly CompensatedSum In(Func<double, double> convert) => new() { total = convert(total), lost = convert(lost) };
    }

    // Eight accumulators side by side, on every processor.
    struct Lanes
    {
        public const int Count = 8;

        public long NanCount;
        public long InfiniteCount;

        Vector512<double> total;
        Vector512<double> lost;
        Vector512<double> min = Vector512.Create(double.PositiveInfinity);
        Vector512<double> max = Vector512.Create(double.NegativeInfinity);

        public Lanes()
        {
        }

        public readonly double Min => Fold(min, Math.Min);

        public readonly double Max => Fold(max, Math.Max);

        // On copies that stay in registers.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Add(ReadOnlySpan<double> values)
        {
            (Vector512<double> sum, Vector512<double> rest, Vector512<double> least, Vector512<double> most) = (total, lost, min, max);
            int numbers = 0, finite = 0;
            for (int i = 0; i < values.Length; i += Count)
            {
                Vector512<double> value = Vector512.Create(values.Slice(i, Count));
                Vector512<double> isNumber = Vector512.Equals(value, value);

                // Infinity less itself is no number.
                Vector512<double> isFinite = Vector512.Equals(value - value, Vector512<double>.Zero);
                numbers += BitOperations.PopCount((uint)isNumber.ExtractMostSignificantBits());
                finite += BitOperations.PopCount((uint)isFinite.ExtractMostSignificantBits());
                least = Vector512.ConditionalSelect(isFinite & Vector512.LessThan(value, least), value, least);
                most = Vector512.ConditionalSelect(isFinite & Vector512.GreaterThan(value, most), value, most);
                value &= isFinite;
                Vector512<double> next = sum + value;
                Vector512<double> part = next - sum;
                rest += (sum - (next - part)) + (value - part);
                sum = next;
            }

            NanCount += values.Length - numbers;
            InfiniteCount += numbers - finite;
            (total, lost, min, max) = (sum, rest, least, most);
        }

        public readonly CompensatedSum Sum()
        {
            var sum = new CompensatedSum();
            for (int i = 0; i < Count; i++)
            {
                sum.Add(total[i]);
                sum.Add(lost[i]);
            }

            return sum;
        }

        static double Fold(Vector512<double> lanes, Func<double, double, double> fold)
        {
            double result = lanes[0];
            for (int i = 1; i < Count; i++)
                result = fold(result, lanes[i]);

            return result;
        }
    }
}
