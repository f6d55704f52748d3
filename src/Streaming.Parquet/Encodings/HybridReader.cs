using System.Runtime.CompilerServices;

namespace Streaming.Parquet.Encodings;

/// <summary>
/// Reads levels, dictionary codes and booleans: runs of one value mixed with bit-packed groups of eight (parquet-format,
/// Encodings.md, "Run Length Encoding / Bit-Packing Hybrid"). May stop and go on after any value.
/// </summary>
unsafe struct HybridReader
{
    byte* next;
    byte* end;
    int width;

    // The run at hand: one value, or bit-packed values of which some are consumed.
    long left;
    bool packed;
    uint value;
    byte* packedStart;
    long packedDone;

    /// <summary>Starts with runs and groups.</summary>
    /// <param name="source">First byte; 64 bytes behind the last must be readable.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="bitWidth">Bits of a value.</param>
    /// <exception cref="ParquetException">The width is beyond 32.</exception>
    public void Start(byte* source, int length, int bitWidth)
    {
        if (bitWidth > 32)
            throw new ParquetException($"codes are said to have {bitWidth} bits; at most 32 are possible.");

        next = source;
        end = source + length;
        width = bitWidth;
        left = 0;
    }

    /// <summary>Starts with bit-packed values only.</summary>
    public void StartPacked(byte* source, int length, int bitWidth)
    {
        Start(source, length, bitWidth);
        BeginPacked(long.MaxValue);
        next = end;
    }

    /// <summary>
    /// When the run at hand repeats one value, consumes up to <paramref name="count"/> of it, and says how many; 0 when the
    /// run is bit-packed or shorter than <paramref name="minimum"/>.
    /// </summary>
    public int ReadRepeated(int count, int minimum, out uint repeated)
    {
        EnsureRun();
        repeated = value;
        if (packed || left < minimum)
            return 0;

        int n = (int)Math.Min(count, left);
        left -= n;
        return n;
    }

    /// <summary>Reads values; gives the largest.</summary>
    public uint Read(uint* destination, int count)
    {
        uint largest = 0;
        while (count > 0)
        {
            int n = NextPiece(count, toBoundary: true, out byte* source, out long bit);
            uint most = value;
            if (!packed)
                new Span<uint>(destination, n).Fill(value);
            else if (bit == 0)
                most = BitUnpacker.Unpack(source, width, destination, n);
            else
                most = BitUnpacker.UnpackScalar(source, bit, width, destination, n);

            largest = Math.Max(largest, most);
            destination += n;
            count -= n;
        }

        return largest;
    }

    /// <summary>Reads codes and gives their entries in a table fit for <see cref="BitLookup"/>.</summary>
    /// <exception cref="ParquetException">A code is not in the table, or the codes end.</exception>
    public void Lookup(uint* table, uint entries, uint* destination, int count)
    {
        while (count > 0)
        {
            int n = NextPiece(count, toBoundary: true, out byte* source, out long bit);
            bool inRange = value < entries;
            if (packed)
            {
                inRange = bit == 0
                    ? BitLookup.Run(source, width, table, entries, destination, n)
                    : BitLookup.RunScalar(source, bit, width, table, entries, destination, n);
            }
            else if (inRange)
            {
                new Span<uint>(destination, n).Fill(table[value]);
            }

            if (!inRange)
                throw new ParquetException($"a dictionary code is beyond the dictionary's {entries} entries.");

            destination += n;
            count -= n;
        }
    }

    /// <summary>
    /// Reads levels as bits, set where a level equals <paramref name="present"/>, and counts those; -1 when a level is below
    /// <paramref name="least"/>. The words must be clear.
    /// </summary>
    /// <exception cref="ParquetException">A level is above it, or the levels end.</exception>
    public int ReadMask(ulong* mask, int count, uint present, uint least = 0)
    {
        if (width == 1 && least == 0)
            return ReadBits(mask, count);

        int set = 0;
        for (int done = 0; done < count;)
        {
            // Pieces end where a word of the mask ends, so each touches one word.
            int n = NextPiece(Math.Min(count - done, 64 - (done & 63)), toBoundary: false, out byte* source, out long bit);
            ulong all = n == 64 ? ulong.MaxValue : (1UL << n) - 1;
            ulong bits;
            uint lowest;
            if (!packed)
            {
                CheckLevel(value, present);
                bits = value == present ? all : 0;
                lowest = value;
            }
            else
            {
                bits = 0;
                lowest = present;
                for (int i = 0; i < n; i++)
                {
                    uint level = BitUnpacker.One(source, bit + (long)i * width, width);
                    CheckLevel(level, present);
                    lowest = Math.Min(lowest, level);
                    bits |= (level == present ? 1UL : 0) << i;
                }
            }

            if (lowest < least)
                return -1;

            mask[done >> 6] |= bits << (done & 63);
            set += System.Numerics.BitOperations.PopCount(bits);
            done += n;
        }

        return set;
    }

    // The same for levels of one bit, which nearly all columns with nulls have: where nulls are strewn, runs are short and many.
    int ReadBits(ulong* mask, int count)
    {
        var target = new MaskWriter(mask);
        while (count > 0)
        {
            if (left == 0)
                count -= ReadWholeRuns(ref target, count);

            if (count == 0)
                break;

            int n = NextPiece(count, toBoundary: false, out byte* source, out long bit);
            CheckLevel(value, 1);
            count -= n;
            for (; n > 0; n -= 64, source += 8)
            {
                int size = Math.Min(64, n);
                target.Add((packed ? Bits(source, bit) : 0 - (ulong)value) & (ulong.MaxValue >> (64 - size)), size);
            }
        }

        return target.Complete();
    }

    // The runs and groups of usual size that are wanted whole and lie in the page whole. Gives the number of their levels.
    int ReadWholeRuns(ref MaskWriter mask, int count)
    {
        MaskWriter target = mask;
        byte* at = next;
        int wanted = count;
        while (wanted > 0 && end - at >= 2 && *at < 128)
        {
            int length = *at >> 1;
            if ((*at & 1) == 0)
            {
                ulong level = at[1];
                if (level > 1 || length > wanted)
                    break;

                target.Add((0 - level) & ((1UL << length) - 1), length);
                wanted -= length;
                at += 2;
                continue;
            }

            if (8 * length > wanted || length >= end - at)
                break;

            wanted -= 8 * length;
            at++;
            for (; length >= 8; length -= 8, at += 8)
                target.Add(Unsafe.ReadUnaligned<ulong>(at), 64);

            if (length > 0)
                target.Add(Unsafe.ReadUnaligned<ulong>(at) & ((1UL << (8 * length)) - 1), 8 * length);

            at += length;
        }

        next = at;
        mask = target;
        return count - wanted;
    }

    /// <summary>Passes over values.</summary>
    public void Skip(int count)
    {
        while (count > 0)
            count -= NextPiece(count, toBoundary: false, out _, out _);
    }

    /// <summary>Refuses a level that the schema does not have.</summary>
    public static void CheckLevel(uint level, uint max)
    {
        if (level > max)
            throw new ParquetException($"a level is {level}; the schema allows at most {max}.");
    }

    static ulong Bits(byte* source, long bit)
    {
        byte* p = source + (bit >> 3);
        int shift = (int)(bit & 7);
        return (Unsafe.ReadUnaligned<ulong>(p) >> shift) | ((ulong)p[8] << 1 << (63 - shift));
    }

    // Consumes up to count values of the run at hand. For packed ones it says where they start: in which byte, and at which
    // bit from there. Every eighth value starts at a byte; on request a piece that starts elsewhere ends there.
    int NextPiece(int count, bool toBoundary, out byte* source, out long bit)
    {
        EnsureRun();
        int n = (int)Math.Min(count, left);
        source = null;
        bit = 0;
        if (packed)
        {
            int misaligned = (int)(packedDone & 7);
            source = packedStart + packedDone / 8 * width;
            bit = (long)misaligned * width;
            if (misaligned != 0 && toBoundary)
                n = Math.Min(n, 8 - misaligned);

            packedDone += n;
        }

        left -= n;
        return n;
    }

    void EnsureRun()
    {
        while (left == 0)
            BeginRun();
    }

    void BeginRun()
    {
        ulong header = next < end && *next < 128 ? *next++ : ReadHeader();
        if ((header & 1) != 0)
        {
            BeginPacked((long)(header >> 1) * 8);
            next += Math.Min(end - next, (long)(header >> 1) * width);
        }
        else
        {
            packed = false;
            left = (long)(header >> 1);
            int bytes = (width + 7) / 8;
            if (end - next < bytes)
                throw new ParquetException("the page's levels or codes end in the middle of a run.");

            value = 0;
            for (int i = 0; i < bytes; i++)
                value |= (uint)*next++ << (8 * i);
        }
    }

    ulong ReadHeader()
    {
        ulong header = 0;
        int shift = 0;
        byte b;
        do
        {
            if (next >= end || shift > 35)
                throw new ParquetException("the page's levels or codes end before its values do.");

            b = *next++;
            header |= (ulong)(b & 127) << shift;
            shift += 7;
        }
        while (b >= 128);

        return header;
    }

    // The last group may be cut short by the end of the page: only what is there counts. Divided only then, as runs are short and many.
    void BeginPacked(long count)
    {
        packed = true;
        value = 0;
        packedStart = next;
        packedDone = 0;
        left = count / 8 * width <= end - next ? count : (end - next) * 8 / width;
    }
}
