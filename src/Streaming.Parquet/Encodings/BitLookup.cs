using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Streaming.Parquet.Encodings;

/// <summary>
/// Unpacks dictionary codes and replaces each by its entry of 32 bits, in one step. Dictionaries of up to 128 entries are
/// held in registers (AVX-512: permutations of two registers, then choices by the code's higher bits); of larger ones a block
/// of codes is unpacked, checked and replaced. The table must be readable up to <see cref="MinTableEntries"/> entries. Codes are
/// checked: none is used to address memory before it has been compared with the number of entries.
/// </summary>
static unsafe class BitLookup
{
    /// <summary>Entries that a table must have room for, so that it can be loaded into registers.</summary>
    public const int MinTableEntries = 128;

    // Codes that are unpacked and replaced at a time: few enough to stay in the first-level cache.
    const int BlockLength = 1024;

    /// <summary>Replaces <paramref name="count"/> codes that start at a byte; false when one is not in the table.</summary>
    public static bool Run(byte* source, int width, uint* table, uint entries, uint* destination, int count)
    {
        if (!BitUnpacker.Has512 || width is 0 or > BitUnpacker.MaxVectorWidth || entries > MinTableEntries)
            return RunBlocks(source, width, table, entries, destination, count);

        int done = count < 16 ? 0 : count & ~7;
        bool inRange = entries <= 32
            ? Run32(source, width, table, entries, destination, done)
            : Run128(source, width, table, entries, destination, done);
        return inRange && RunScalar(source, (long)done * width, width, table, entries, destination + done, count - done);
    }

    /// <summary>The scalar twin; may start at any bit.</summary>
    public static bool RunScalar(byte* source, long bit, int width, uint* table, uint entries, uint* destination, int count)
    {
        for (int i = 0; i < count; i++, bit += width)
        {
            uint code = BitUnpacker.One(source, bit, width);
            if (code >= entries)
                return false;

            destination[i] = table[code];
        }

        return true;
    }

    // A permutation uses the low bits of a code only, so a code that is too large reads a wrong entry, but no foreign
    // memory: one comparison at the end is enough. The count is a multiple of eight: where it is none of sixteen, the last step starts eight
    // codes early, at a byte too, and does those again.
    static bool Run32(byte* source, int width, uint* table, uint entries, uint* destination, int count)
    {
        var step = new BitUnpacker.Step512(width);
        Vector512<uint> t0 = Vector512.Load(table);
        Vector512<uint> t1 = Vector512.Load(table + 16);
        Vector512<uint> max = Vector512<uint>.Zero;
        for (int i = 0; i < count; i += 16)
        {
            i = Math.Min(i, count - 16);
            Vector512<uint> codes = step.Next(source + (long)i * width / 8);
            max = Vector512.Max(max, codes);
            Avx512F.PermuteVar16x32x2(t0, codes, t1).Store(destination + i);
        }

        return count == 0 || Vector512.LessThanAll(max, Vector512.Create(entries));
    }

    static bool Run128(byte* source, int width, uint* table, uint entries, uint* destination, int count)
    {
        var step = new BitUnpacker.Step512(width);
        Vector512<uint> t0 = Vector512.Load(table);
        Vector512<uint> t1 = Vector512.Load(table + 16);
        Vector512<uint> t2 = Vector512.Load(table + 32);
        Vector512<uint> t3 = Vector512.Load(table + 48);
        Vector512<uint> t4 = Vector512.Load(table + 64);
        Vector512<uint> t5 = Vector512.Load(table + 80);
        Vector512<uint> t6 = Vector512.Load(table + 96);
        Vector512<uint> t7 = Vector512.Load(table + 112);
        Vector512<uint> bit5 = Vector512.Create(32u);
        Vector512<uint> bit6 = Vector512.Create(64u);
        Vector512<uint> max = Vector512<uint>.Zero;
        for (int i = 0; i < count; i += 16)
        {
            i = Math.Min(i, count - 16);
            Vector512<uint> codes = step.Next(source + (long)i * width / 8);
            max = Vector512.Max(max, codes);
            Vector512<uint> low5 = Vector512.Equals(codes & bit5, Vector512<uint>.Zero);
            Vector512<uint> low6 = Vector512.Equals(codes & bit6, Vector512<uint>.Zero);
            Vector512<uint> low = Vector512.ConditionalSelect(
                low5, Avx512F.PermuteVar16x32x2(t0, codes, t1), Avx512F.PermuteVar16x32x2(t2, codes, t3));
            Vector512<uint> high = Vector512.ConditionalSelect(
                low5, Avx512F.PermuteVar16x32x2(t4, codes, t5), Avx512F.PermuteVar16x32x2(t6, codes, t7));
            Vector512.ConditionalSelect(low6, low, high).Store(destination + i);
        }

        return count == 0 || Vector512.LessThanAll(max, Vector512.Create(entries));
    }

    static bool RunBlocks(byte* source, int width, uint* table, uint entries, uint* destination, int count)
    {
        for (int n; count > 0; count -= n, destination += n, source += BlockLength / 8 * width)
        {
            n = Math.Min(count, BlockLength);
            BitUnpacker.Unpack(source, width, destination, n);
            if (!AreBelow(entries, destination, n))
                return false;

            Replace(table, destination, n);
        }

        return true;
    }

    static bool AreBelow(uint entries, uint* codes, int count)
    {
        Vector512<uint> max = Vector512<uint>.Zero;
        int i = 0;
        for (; i + 16 <= count; i += 16)
            max = Vector512.Max(max, Vector512.Load(codes + i));

        bool result = i == 0 || Vector512.LessThanAll(max, Vector512.Create(entries));
        for (; i < count; i++)
            result &= codes[i] < entries;

        return result;
    }

    // Two codes per load and two entries per store: that takes three quarters of the time that gathering takes on Zen 5.
    static void Replace(uint* table, uint* codes, int count)
    {
        int i = 0;
        for (; i + 8 <= count; i += 8)
        {
            var pairs = (ulong*)(codes + i);
            ulong a = pairs[0];
            ulong b = pairs[1];
            ulong c = pairs[2];
            ulong d = pairs[3];
            pairs[0] = table[(uint)a] | ((ulong)table[a >> 32] << 32);
            pairs[1] = table[(uint)b] | ((ulong)table[b >> 32] << 32);
            pairs[2] = table[(uint)c] | ((ulong)table[c >> 32] << 32);
            pairs[3] = table[(uint)d] | ((ulong)table[d >> 32] << 32);
        }

        for (; i < count; i++)
            codes[i] = table[codes[i]];
    }
}
