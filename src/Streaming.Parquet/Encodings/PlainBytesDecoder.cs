using System.Buffers.Binary;

namespace Streaming.Parquet.Encodings;

/// <summary>Byte arrays, each behind its length in four bytes (parquet-format, Encodings.md, "Plain").</summary>
sealed unsafe class PlainBytesDecoder(NumberFormat format) : BytesDecoder(format)
{
    byte* next;
    byte* end;

    /// <summary>Starts with a page's values.</summary>
    public void Start(byte* source, int length)
    {
        next = source;
        end = source + length;
    }

    protected override ReadOnlySpan<byte> Next()
    {
        if (end - next < 4)
            throw TooShort(1, 0);

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(new ReadOnlySpan<byte>(next, 4));
        next += 4;
        if (length > end - next)
            throw new ParquetException($"a value should have {length} bytes, the page has {end - next} left.");

        var value = new ReadOnlySpan<byte>(next, (int)length);
        next += length;
        return value;
    }
}
