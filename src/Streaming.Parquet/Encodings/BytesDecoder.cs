namespace Streaming.Parquet.Encodings;

/// <summary>Decodes values that are bytes of any length: text, or decimals with the high byte first.</summary>
abstract unsafe class BytesDecoder(NumberFormat format) : ValueDecoder
{
    /// <summary>The next value; valid until the one after it is asked for.</summary>
    /// <exception cref="ParquetException">The page ends, or is broken.</exception>
    protected abstract ReadOnlySpan<byte> Next();

    public sealed override void Read(double* destination, int count)
    {
        for (int i = 0; i < count; i++)
            destination[i] = NumberScalar.ToDouble(format, NextOfWidth());
    }

    public sealed override void Read(int* destination, int count, CategoryMap map)
    {
        for (int i = 0; i < count; i++)
            destination[i] = MapText(map, NextOfWidth(), format);
    }

    public override void Skip(int count)
    {
        for (int i = 0; i < count; i++)
            Next();
    }

    ReadOnlySpan<byte> NextOfWidth()
    {
        ReadOnlySpan<byte> value = Next();
        return format.Width == 0 || value.Length == format.Width
            ? value
            : throw new ParquetException($"a value should have {format.Width} bytes and has {value.Length}.");
    }
}
