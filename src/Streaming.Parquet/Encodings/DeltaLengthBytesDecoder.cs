namespace Streaming.Parquet.Encodings;

/// <summary>Byte arrays as delta-coded lengths, then all bytes (parquet-format, Encodings.md, "Delta-length byte array").</summary>
sealed unsafe class DeltaLengthBytesDecoder(NumberFormat format) : BytesDecoder(format)
{
    DeltaLengthBytes bytes;

    /// <summary>Starts with a page's values.</summary>
    /// <exception cref="ParquetException">Their lengths are broken.</exception>
    public void Start(byte* source, int length) => bytes.Start(source, length);

    protected override ReadOnlySpan<byte> Next() => bytes.Next();
}

/// <summary>The layout itself, which <see cref="DeltaBytesDecoder"/> uses for its suffixes too.</summary>
unsafe struct DeltaLengthBytes
{
    DeltaReader lengths;
    byte* next;
    byte* end;

    /// <summary>Starts with lengths and bytes.</summary>
    /// <exception cref="ParquetException">The lengths are broken.</exception>
    public void Start(byte* source, int length)
    {
        lengths.Start(source, length);
        next = lengths.FindEnd();
        end = source + length;
    }

    /// <summary>The next value: a view into the page.</summary>
    /// <exception cref="ParquetException">There is none, or it is longer than what is left.</exception>
    public ReadOnlySpan<byte> Next()
    {
        long length;
        lengths.Read(&length, 1);
        if (length < 0 || length > end - next)
            throw new ParquetException($"a value should have {length} bytes, the page has {end - next} left.");

        var value = new ReadOnlySpan<byte>(next, (int)length);
        next += length;
        return value;
    }
}
