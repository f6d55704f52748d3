using System.Runtime.CompilerServices;

namespace Streaming.Parquet.Encodings;

/// <summary>
/// Reads integers stored as bit-packed differences (parquet-format, Encodings.md, "Delta Encoding"):
/// <code>
/// header  block size | miniblocks per block | count | first value
/// block   smallest difference | one width per miniblock | miniblocks of (difference - smallest)
/// </code>
/// Arithmetic wraps, as the format wants. Stops and goes on after any value.
/// </summary>
unsafe struct DeltaReader
{
    // Differences that are unpacked at a time; the format makes every miniblock a multiple of it.
    const int Group = 32;

    byte* next;
    byte* end;
    long perMiniblock;
    int miniblocks;

    // The block at hand.
    byte* widths;
    int miniblock;
    long smallest;

    // The miniblock at hand: packed differences, how many are consumed.
    byte* packed;
    long packedBits;
    long consumed;
    int width;

    long value;
    bool isFirstPending;

    /// <summary>Values that have not been read.</summary>
    public long Left { get; private set; }

    /// <summary>Starts with a page's values, or a part of them.</summary>
    /// <exception cref="ParquetException">The header is broken.</exception>
    public void Start(byte* source, int length)
    {
        next = source;
        end = source + length;
        ulong blockSize = ReadVarint();
        ulong count = ReadVarint();
        Left = (long)Math.Min(ReadVarint(), long.MaxValue);
        value = ReadZigzag();
        if (blockSize is 0 or > int.MaxValue || count is 0 or > int.MaxValue || blockSize % count != 0 || blockSize / count % Group != 0)
            throw new ParquetException($"delta-coded blocks of {blockSize} values in {count} miniblocks are not possible.");

        miniblocks = (int)count;
        perMiniblock = (long)(blockSize / count);
        miniblock = miniblocks;
        consumed = perMiniblock;
        isFirstPending = true;
    }

    /// <summary>Reads values.</summary>
    /// <exception cref="ParquetException">There are fewer, or they are broken.</exception>
    public void Read(long* destination, int count)
    {
        if (count > Left)
            throw new ParquetException($"the page should hold {count} more values, {Left} delta-coded ones are left.");

        Left -= count;
        if (isFirstPending && count > 0)
        {
            isFirstPending = false;
            *destination++ = value;
            count--;
        }

        while (count > 0)
        {
            if (consumed == perMiniblock)
                NextMiniblock();

            int n = (int)Math.Min(Math.Min(count, Group - (consumed & (Group - 1))), perMiniblock - consumed);
            AddDifferences(destination, n);
            destination += n;
            count -= n;
        }
    }

    /// <summary>Passes over values.</summary>
    public void Skip(int count)
    {
        long* block = stackalloc long[Group];
        for (; count > 0; count -= Group)
            Read(block, Math.Min(count, Group));
    }

    /// <summary>Where the bytes behind the last value begin; for a reader from which nothing has been read.</summary>
    public readonly byte* FindEnd()
    {
        DeltaReader walker = this;
        for (long left = Left - 1; left > 0; left -= perMiniblock)
            walker.NextMiniblock();

        return walker.next;
    }

    void AddDifferences(long* destination, int count)
    {
        if ((consumed + count) * width > packedBits)
            throw new ParquetException("the page's delta-coded values end in the middle of a miniblock.");

        uint* group = stackalloc uint[Group];
        bool isNarrow = width <= BitUnpacker.MaxVectorWidth && (consumed & 7) == 0;
        if (isNarrow)
            BitUnpacker.Unpack(packed + consumed / 8 * width, width, group, count);

        long last = value;
        for (int i = 0; i < count; i++)
        {
            ulong difference = isNarrow ? group[i] : Unpack64(packed, (consumed + i) * width, width);
            last = unchecked(last + smallest + (long)difference);
            destination[i] = last;
        }

        value = last;
        consumed += count;
    }

    void NextMiniblock()
    {
        if (miniblock == miniblocks)
        {
            smallest = ReadZigzag();
            if (end - next < miniblocks)
                throw new ParquetException("the page's delta-coded values end before a block's widths do.");

            widths = next;
            next += miniblocks;
            miniblock = 0;
        }

        width = widths[miniblock++];
        if (width > 64)
            throw new ParquetException($"delta-coded values have {width} bits; at most 64 are possible.");

        // The last miniblock may be cut short behind its last value.
        long bytes = Math.Min(perMiniblock / 8 * width, end - next);
        packed = next;
        packedBits = bytes * 8;
        next += bytes;
        consumed = 0;
    }

    // The value that starts at a bit, of up to 64 bits; reads 9 bytes.
    static ulong Unpack64(byte* source, long bit, int width)
    {
        if (width == 0)
            return 0;

        byte* p = source + (bit >> 3);
        int shift = (int)(bit & 7);
        ulong bits = Unsafe.ReadUnaligned<ulong>(p) >> shift;
        if (shift + width > 64)
            bits |= (ulong)p[8] << (64 - shift);

        return bits & (ulong.MaxValue >> (64 - width));
    }

    ulong ReadVarint()
    {
        ulong result = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            if (next >= end)
                break;

            byte b = *next++;
            result |= (ulong)(b & 127) << shift;
            if (b < 128)
                return result;
        }

        throw new ParquetException("a header of delta-coded values is broken.");
    }

    long ReadZigzag()
    {
        ulong v = ReadVarint();
        return (long)(v >> 1) ^ -(long)(v & 1);
    }
}
