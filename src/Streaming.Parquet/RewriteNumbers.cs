using Streaming.Parquet.Encodings;

namespace Streaming.Parquet;

/// <summary>
/// A column of values that are read as numbers. Nulls and NaN look alike to the reader, and whole numbers beyond 2^53 are rounded; where a
/// block has such, a second reader that follows the first one tells more.
/// </summary>
sealed class RewriteNumbers<T>(ParquetFile file, ParquetColumn source, TableColumn target, Func<RewriteNumber, T> convert, int capacity)
    : RewriteColumn(file, source, target)
    where T : struct
{
    const int BlockRows = 4096;

    readonly T[] present = source.MaxDefinitionLevel > 0 ? [] : new T[capacity];
    readonly T?[] orNull = source.MaxDefinitionLevel > 0 ? new T?[capacity] : [];
    readonly double[] block = new double[BlockRows];
    readonly double[] bits = new double[BlockRows];
    readonly int[] roundings = new int[BlockRows];
    readonly ParquetColumn? bitsColumn = source.MaxDefinitionLevel > 0 ? StoredBits.Of(source) : null;

    // Times are whole numbers too.
    readonly bool canRound = source.IsInteger && source.Format.Kind is NumberKind.Int64 or NumberKind.UInt64 or NumberKind.Int96;
    readonly RoundingMap map = new(source.Format.Kind == NumberKind.UInt64);

    ColumnReader? reader;
    ColumnReader? second;
    int group;

    public override void Open(int rowGroup)
    {
        Dispose();
        group = rowGroup;
        reader = File.OpenColumn(rowGroup, Source);
    }

    public override void Read(int first, int rows)
    {
        for (int done = 0; done < rows;)
        {
            int n = Math.Min(BlockRows, rows - done);
            ReadBlock(first + done, n);
            done += n;
        }
    }

    public override TableValues Take(int rows) =>
        IsNullable ? TableValues.OfNullable<T>(orNull.AsMemory(0, rows)) : TableValues.Of<T>(present.AsMemory(0, rows));

    public override void Dispose()
    {
        reader?.Dispose();
        second?.Dispose();
        reader = second = null;
    }

    void ReadBlock(int first, int n)
    {
        Span<double> values = block.AsSpan(0, n);
        long left = reader!.RowsLeft;
        reader.Read(values);
        bool hasBits = false;
        bool isRounded = false;
        if (bitsColumn != null && HasNan(values))
        {
            Follow(bitsColumn, left).Read(bits.AsSpan(0, n));
            hasBits = true;
        }
        else if (canRound && HasRounded(values))
        {
            Follow(Source, left).ReadCategories(roundings.AsSpan(0, n), map);
            isRounded = true;
        }

        for (int i = 0; i < n; i++)
        {
            double value = values[i];
            bool isNull = IsNullable && double.IsNaN(hasBits ? bits[i] : value);
            if (isNull)
            {
                orNull[first + i] = null;
                continue;
            }

            T converted = convert(new RewriteNumber(value, isRounded ? roundings[i] - RoundingMap.Bias : 0));
            if (IsNullable)
                orNull[first + i] = converted;
            else
                present[first + i] = converted;
        }
    }

    // The second reader, moved to the same rows.
    ColumnReader Follow(ParquetColumn column, long left)
    {
        second ??= File.OpenColumn(group, column);
        second.Skip(second.RowsLeft - left);
        return second;
    }

    static bool HasNan(ReadOnlySpan<double> values)
    {
        foreach (double value in values)
        {
            if (double.IsNaN(value))
                return true;
        }

        return false;
    }

    static bool HasRounded(ReadOnlySpan<double> values)
    {
        foreach (double value in values)
        {
            if (Math.Abs(value) >= RoundingMap.FirstRounded)
                return true;
        }

        return false;
    }
}
