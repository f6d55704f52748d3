using Streaming.Parquet;

namespace Streaming.Learning.Data;

/// <summary>Reads the rows of a column in one row group from first to last, stored or not. For one thread.</summary>
sealed class ColumnCursor : IDisposable
{
    readonly ColumnReader? reader;
    readonly (ColumnUnit From, ColumnUnit To)? change;
    readonly double number;
    readonly byte[]? text;

    // Numbers in another unit than the file's, before they are scaled.
    double[] changed = [];

    /// <summary>Opens a column that is stored.</summary>
    /// <param name="reader">Reads it.</param>
    /// <param name="change">The unit of its numbers, and the one to read them in; null: as they are.</param>
    public ColumnCursor(ColumnReader reader, (ColumnUnit From, ColumnUnit To)? change = null)
    {
        this.reader = reader;
        this.change = change;
    }

    /// <summary>Opens a column that has one value in all rows.</summary>
    public ColumnCursor(DatasetColumn column)
    {
        number = column.ConstantNumber;
        text = column.Constant == null ? null : System.Text.Encoding.UTF8.GetBytes(column.Constant);
    }

    /// <summary>Reads the next rows as (float)((x - offset) * factor), computed in double; null is NaN.</summary>
    /// <returns>True when all of them are finite numbers; false when one may be none.</returns>
    public bool Read(Span<float> destination, double offset, double factor)
    {
        if (reader != null)
            return change == null ? reader.Read(destination, offset, factor) : ReadChanged(destination, offset, factor);

        float value = (float)((number - offset) * factor);
        destination.Fill(value);
        return float.IsFinite(value);
    }

    /// <summary>Reads the next rows; null is NaN.</summary>
    public void Read(Span<double> destination)
    {
        if (reader == null)
        {
            destination.Fill(number);
            return;
        }

        reader.Read(destination);
        if (change is not var (from, to))
            return;

        foreach (ref double value in destination)
            value = from.Convert(value, to);
    }

    bool ReadChanged(Span<float> destination, double offset, double factor)
    {
        if (changed.Length < destination.Length)
            changed = new double[destination.Length];

        Span<double> values = changed.AsSpan(0, destination.Length);
        Read(values);
        bool areFinite = true;
        for (int i = 0; i < values.Length; i++)
        {
            destination[i] = (float)((values[i] - offset) * factor);
            areFinite &= float.IsFinite(destination[i]);
        }

        return areFinite;
    }

    /// <summary>Reads the next rows as the codes that <paramref name="map"/> gives; null is -1.</summary>
    public void ReadCategories(Span<int> destination, CategoryMap map)
    {
        if (reader != null)
            reader.ReadCategories(destination, map);
        else
            destination.Fill(text == null ? -1 : map.Map(text));
    }

    /// <summary>Reads the next rows of a column of lists, which is stored, through the maps of its elements.</summary>
    /// <exception cref="VectorLengthException">A list has another length.</exception>
    public void ReadVectors(
        Span<float> destination,
        int rows,
        int length,
        int stride,
        ReadOnlySpan<double> offsets,
        ReadOnlySpan<double> factors,
        ReadOnlySpan<int> picked) => reader!.ReadVectors(destination, rows, length, stride, offsets, factors, picked);

    /// <summary>Reads the next rows of a column of lists likewise, as they are.</summary>
    /// <exception cref="VectorLengthException">A list has another length.</exception>
    public void ReadVectors(Span<double> destination, int rows, int length, int stride, ReadOnlySpan<int> picked) =>
        reader!.ReadVectors(destination, rows, length, stride, picked);

    /// <summary>How many elements the next row of a column of lists that is stored has; -1 for no list. Passes over the row.</summary>
    public int ReadVectorLength()
    {
        Span<int> length = stackalloc int[1];
        reader!.ReadVectorLengths(length);
        return length[0];
    }

    /// <summary>Passes over rows; pages that hold no other are not decompressed.</summary>
    public void Skip(long rows) => reader?.Skip(rows);

    /// <summary>Gives all memory back to the pool.</summary>
    public void Dispose() => reader?.Dispose();
}
