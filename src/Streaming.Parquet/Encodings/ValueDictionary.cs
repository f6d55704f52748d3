using System.Buffers.Binary;
using Streaming.Storage;

namespace Streaming.Parquet.Encodings;

/// <summary>
/// The dictionary of one column chunk. Keeps the values as stored, and beside them, once asked for, as floats under the
/// last affine map, as doubles, and as the codes of the last category map.
/// </summary>
sealed unsafe class ValueDictionary : IDisposable
{
    // Entries that are converted at a time.
    const int BlockLength = 512;

    static readonly byte[][] BooleanTexts = ["false"u8.ToArray(), "true"u8.ToArray()];

    readonly BufferPool pool;
    readonly NumberFormat format;

    // The dictionary page, or null for the two booleans, which no file stores.
    readonly NativeBuffer? values;

    // Where each value of any length starts; the next one's start, less its four bytes of length, is its end.
    readonly NativeBuffer? starts;

    NativeBuffer? floats;
    NativeBuffer? doubles;
    NativeBuffer? codes;
    Affine floatsMap;
    bool areFloatsFinite;
    CategoryMap? codesMap;

    ValueDictionary(BufferPool pool, NumberFormat format, int count, NativeBuffer? values, NativeBuffer? starts)
    {
        this.pool = pool;
        this.format = format;
        this.values = values;
        this.starts = starts;
        Count = count;
    }

    /// <summary>Number of entries.</summary>
    public int Count { get; }

    /// <summary>False and true.</summary>
    public static ValueDictionary OfBooleans(BufferPool pool) => new(pool, new NumberFormat(NumberKind.Boolean, 0), 2, null, null);

    /// <summary>Takes over a dictionary page.</summary>
    /// <param name="pool">Where the mapped values go.</param>
    /// <param name="format">What the values are; <see cref="NumberKind.None"/> for text.</param>
    /// <param name="page">The decompressed page; owned by the result, unless this throws.</param>
    /// <param name="length">Bytes of the page.</param>
    /// <param name="count">Entries that the page header announces.</param>
    /// <exception cref="ParquetException">The page does not hold that many.</exception>
    public static ValueDictionary Load(BufferPool pool, NumberFormat format, NativeBuffer page, int length, int count)
    {
        if (format.Width != 0)
        {
            if ((long)count * format.Width > length)
            {
                throw new ParquetException(
                    $"the dictionary should have {count} entries of {format.Width} bytes, its page has {length} bytes.");
            }

            return new ValueDictionary(pool, format, count, page, null);
        }

        if (count > length / 4)
            throw new ParquetException($"the dictionary should have {count} entries, its page has {length} bytes.");

        NativeBuffer starts = pool.Rent((count + 1L) * sizeof(int), "a dictionary");
        try
        {
            FindStarts(page, length, count, (int*)starts.Pointer);
        }
        catch
        {
            starts.Dispose();
            throw;
        }

        return new ValueDictionary(pool, format, count, page, starts);
    }

    /// <summary>The entries as floats: a table fit for <see cref="BitLookup"/>.</summary>
    /// <param name="map">What happens to them.</param>
    /// <param name="areFinite">Whether all of them are finite then.</param>
    public uint* Floats(Affine map, out bool areFinite)
    {
        if (floats is null || floatsMap != map)
        {
            floats ??= RentTable();
            areFloatsFinite = true;
            double* block = stackalloc double[BlockLength];
            for (int done = 0; done < Count; done += BlockLength)
            {
                int n = Math.Min(BlockLength, Count - done);
                ToDoubles(done, block, n);
                areFloatsFinite &= Narrowing.Run(block, (float*)floats.Pointer + done, n, map);
            }

            BitLookup.Complete((uint*)floats.Pointer, Count);
            floatsMap = map;
        }

        areFinite = areFloatsFinite;
        return (uint*)floats.Pointer;
    }

    /// <summary>The entries as doubles.</summary>
    public double* Doubles()
    {
        if (doubles is null)
        {
            doubles = pool.Rent(Count * 8L, "a dictionary");
            ToDoubles(0, (double*)doubles.Pointer, Count);
        }

        return (double*)doubles.Pointer;
    }

    /// <summary>The entries' codes: a table fit for <see cref="BitLookup"/>.</summary>
    public uint* Codes(CategoryMap map)
    {
        if (codes is null || codesMap != map)
        {
            codes ??= RentTable();
            codesMap = null;
            var result = (int*)codes.Pointer;
            for (int i = 0; i < Count; i++)
                result[i] = Code(map, i);

            BitLookup.Complete((uint*)result, Count);
            codesMap = map;
        }

        return (uint*)codes.Pointer;
    }

    public void Dispose()
    {
        values?.Dispose();
        starts?.Dispose();
        floats?.Dispose();
        doubles?.Dispose();
        codes?.Dispose();
    }

    static void FindStarts(NativeBuffer page, int length, int count, int* starts)
    {
        int position = 0;
        for (int i = 0; i < count; i++)
        {
            if (length - position < 4)
                throw new ParquetException($"the dictionary should have {count} entries, its page ends after {i}.");

            uint size = BinaryPrimitives.ReadUInt32LittleEndian(new ReadOnlySpan<byte>(page.Pointer + position, 4));
            position += 4;
            if (size > length - position)
                throw new ParquetException($"dictionary entry {i} should have {size} bytes, the page has {length - position} left.");

            starts[i] = position;
            position += (int)size;
        }

        starts[count] = position + 4;
    }

    void ToDoubles(int first, double* destination, int count)
    {
        if (values is not null && format.Width != 0)
        {
            NumberBlocks.ToDoubles(format, values.Pointer + (long)first * format.Width, destination, count);
            return;
        }

        for (int i = 0; i < count; i++)
            destination[i] = values is null ? first + i : NumberScalar.ToDouble(format, Bytes(first + i));
    }

    int Code(CategoryMap map, int index)
    {
        if (values is null)
            return map.Map(BooleanTexts[index]);

        if (format.Width == 0)
            return ValueDecoder.MapText(map, Bytes(index), format);

        return ValueDecoder.MapNumber(map, values.Pointer + (long)index * format.Width, format);
    }

    ReadOnlySpan<byte> Bytes(int index)
    {
        var start = (int*)starts!.Pointer;
        return new ReadOnlySpan<byte>(values!.Pointer + start[index], start[index + 1] - 4 - start[index]);
    }

    NativeBuffer RentTable() => pool.Rent(BitLookup.TableBytes(Count), "a dictionary");
}
