namespace Streaming.Parquet.Encodings;

/// <summary>Delta-coded integers (DELTA_BINARY_PACKED): <see cref="DeltaReader"/>'s values as stored numbers.</summary>
sealed unsafe class DeltaDecoder(NumberFormat format) : ValueDecoder
{
    // Values of 32 bits wrap at 32: their low half is what was stored.
    readonly NumberFormat wide = format with
    {
        Width = 8,
        Kind = format.Kind == NumberKind.UInt64 ? NumberKind.UInt64 : NumberKind.Int64,
    };

    DeltaReader reader;

    /// <summary>Starts with a page's values.</summary>
    /// <exception cref="ParquetException">Their header is broken.</exception>
    public void Start(byte* source, int length) => reader.Start(source, length);

    public override void Read(double* destination, int count)
    {
        long* block = stackalloc long[BlockLength];
        while (count > 0)
        {
            int n = Math.Min(count, BlockLength);
            ReadBlock(block, n);
            NumberBlocks.ToDoubles(wide, (byte*)block, destination, n);
            destination += n;
            count -= n;
        }
    }

    public override void Read(int* destination, int count, CategoryMap map)
    {
        long value;
        for (int i = 0; i < count; i++)
        {
            ReadBlock(&value, 1);
            destination[i] = MapNumber(map, (byte*)&value, wide);
        }
    }

    public override void Skip(int count) => reader.Skip(count);

    void ReadBlock(long* block, int count)
    {
        reader.Read(block, count);
        if (format.Kind == NumberKind.Int32)
        {
            for (int i = 0; i < count; i++)
                block[i] = (int)block[i];
        }
        else if (format.Kind == NumberKind.UInt32)
        {
            for (int i = 0; i < count; i++)
                block[i] = (uint)block[i];
        }
    }
}
