namespace Streaming.Parquet.Encodings;

/// <summary>Numbers of fixed width back to back (parquet-format, Encodings.md, "Plain").</summary>
sealed unsafe class PlainDecoder(NumberFormat format) : ValueDecoder
{
    byte* next;
    long left;

    /// <summary>Starts with a page's values.</summary>
    public void Start(byte* source, int length)
    {
        next = source;
        left = length / format.Width;
    }

    public override void Read(double* destination, int count)
    {
        byte* source = Take(count);
        NumberBlocks.ToDoubles(format, source, destination, count);
    }

    public override void Read(float* destination, int count, Affine map)
    {
        if (format.Kind == NumberKind.Double)
            Narrowing.Run((double*)Take(count), destination, count, map);
        else if (format.Kind == NumberKind.Float && map.IsIdentity)
            Buffer.MemoryCopy(Take(count), destination, count * 4L, count * 4L);
        else
            base.Read(destination, count, map);
    }

    public override void Read(int* destination, int count, CategoryMap map)
    {
        byte* source = Take(count);
        for (int i = 0; i < count; i++)
        {
            long value;
            NumberBlocks.ToLongs(format, source + (long)i * format.Width, &value, 1);
            destination[i] = MapInteger(map, value, format.Kind == NumberKind.UInt64);
        }
    }

    public override void Skip(int count) => Take(count);

    byte* Take(int count)
    {
        if (count > left)
            throw TooShort(count, left);

        byte* source = next;
        next += (long)count * format.Width;
        left -= count;
        return source;
    }
}
