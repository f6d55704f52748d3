using Streaming.Parquet.Encodings;

namespace Streaming.Parquet;

/// <summary>Where decoded values go. A struct, so that the loop that feeds it exists once per kind, without virtual calls.</summary>
unsafe interface IRowSink
{
    /// <summary>Values that are there, to rows that follow one another.</summary>
    void Read(ValueDecoder values, int row, int count);

    /// <summary>Rows without values.</summary>
    void Fill(int row, int count);

    /// <summary>Spreads values that were read at a row over the rows that the mask has bits for.</summary>
    void Expand(int row, ulong* mask, int rows, int present);
}

/// <summary>Numbers through an affine map; NaN where there is none.</summary>
unsafe struct FloatSink(float* destination, Affine map) : IRowSink
{
    /// <summary>Whether all that went there is known to be finite.</summary>
    public bool IsFinite { get; private set; } = true;

    public void Read(ValueDecoder values, int row, int count) => IsFinite &= values.Read(destination + row, count, map);

    public void Fill(int row, int count)
    {
        IsFinite = false;
        new Span<float>(destination + row, count).Fill(float.NaN);
    }

    public void Expand(int row, ulong* mask, int rows, int present)
    {
        IsFinite = false;
        Expansion.Run((uint*)destination + row, mask, rows, present, BitConverter.SingleToUInt32Bits(float.NaN));
    }
}

/// <summary>Numbers; NaN where there is none.</summary>
readonly unsafe struct DoubleSink(double* destination) : IRowSink
{
    public void Read(ValueDecoder values, int row, int count) => values.Read(destination + row, count);

    public void Fill(int row, int count) => new Span<double>(destination + row, count).Fill(double.NaN);

    public void Expand(int row, ulong* mask, int rows, int present) =>
        Expansion.Run((ulong*)destination + row, mask, rows, present, BitConverter.DoubleToUInt64Bits(double.NaN));
}

/// <summary>Codes of categories; -1 where there is none.</summary>
readonly unsafe struct CodeSink(int* destination, CategoryMap map) : IRowSink
{
    public void Read(ValueDecoder values, int row, int count) => values.Read(destination + row, count, map);

    public void Fill(int row, int count) => new Span<int>(destination + row, count).Fill(-1);

    public void Expand(int row, ulong* mask, int rows, int present) =>
        Expansion.Run((uint*)destination + row, mask, rows, present, uint.MaxValue);
}

/// <summary>Nowhere: values that are passed over.</summary>
readonly unsafe struct SkipSink : IRowSink
{
    public void Read(ValueDecoder values, int row, int count) => values.Skip(count);

    public void Fill(int row, int count)
    {
    }

    public void Expand(int row, ulong* mask, int rows, int present)
    {
    }
}
