namespace Streaming.Parquet.Tests.Format;

/// <summary>Writes the Thrift compact protocol: structures that no honest writer would write, among others.</summary>
sealed class CompactBytes
{
    readonly List<byte> bytes = [];

    /// <summary>The fields of a struct, each from its number on, and its end.</summary>
    public static byte[] Struct(params (int Id, byte Type, byte[] Value)[] fields)
    {
        var writer = new CompactBytes();
        int last = 0;
        foreach ((int id, byte type, byte[] value) in fields)
        {
            writer.bytes.Add((byte)(id - last << 4 | type));
            writer.bytes.AddRange(value);
            last = id;
        }

        writer.bytes.Add(0);
        return [.. writer.bytes];
    }

    /// <summary>A field of an integer of 64 bits.</summary>
    public static (int Id, byte Type, byte[] Value) Int64(int id, long value) => (id, 6, Zigzag(value));

    /// <summary>A field of an integer of 32 bits.</summary>
    public static (int Id, byte Type, byte[] Value) Int32(int id, int value) => (id, 5, Zigzag(value));

    /// <summary>A field of a list.</summary>
    /// <param name="id">Number of the field.</param>
    /// <param name="element">Type of the elements: 1 booleans, 6 integers, 8 bytes, 12 structs.</param>
    /// <param name="elements">The elements.</param>
    /// <param name="count">How many are announced; -1 for as many as there are.</param>
    public static (int Id, byte Type, byte[] Value) List(int id, byte element, IReadOnlyList<byte[]> elements, long count = -1) =>
        (id, 9, [(byte)(0xf0 | element), .. Varint((ulong)(count < 0 ? elements.Count : count)), .. elements.SelectMany(e => e)]);

    /// <summary>An integer.</summary>
    public static byte[] Zigzag(long value) => Varint((ulong)(value << 1 ^ value >> 63));

    /// <summary>Bytes behind their length.</summary>
    public static byte[] Binary(byte[] value) => [.. Varint((ulong)value.Length), .. value];

    static byte[] Varint(ulong value)
    {
        List<byte> bytes = [];
        for (; value > 127; value >>= 7)
            bytes.Add((byte)(value | 128));

        return [.. bytes, (byte)value];
    }
}
