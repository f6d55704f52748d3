using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Streaming.Parquet.Encodings;

/// <summary>
/// Unpacks dictionary codes and replaces each by its entry of 32 bits, in one step. Dictionaries of up to 128 entries are
/// held in registers (AVX-512: permutations of two registers, then choices by the code's higher bits); larger ones are
/// gathered. The table must be readable up to <see cref="MinTableEntries"/> entries. Codes are checked: none is used to
/// address memory before it has been compared with the number of entries.
/// </summary>
static unsafe class BitLookup
{
    /// <summary>Entries that a table must have room for, so that it can be loaded into registers.</summary>
    public const int MinTableEntries = 128;

    /// <summary>Replaces <paramref name="count"/> codes that start at a byte; false when one is not in the table.</summary>
    public static bool Run(byte* source, int width, uint* table, uint entries, uint* destination, int count)
    {
        bool inRange = true;
        int done = 0;
        if (width is > 0 and <= BitUnpacker.MaxVectorWidth)
        {
            if (BitUnpacker.Has512)
            {
                done = count & ~15;
                inRange = entries <= 32 ? Run32(source, width, table, entries, destination, done)
                    : entries <= MinTableEntries ? Run128(source, width, table, entries, destination, done)
                    : Gather512(source, width, table, entries, destination, done);
            }
            else if (BitUnpacker.Has256)
            {
                done = count & ~7;
                inRange = Gather256(source, width, table, entries, destination, done);
            }
        }

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
    // memory: one comparison at the end is enough.
    static bool Run32(byte* source, int width, uint* table, uint entries, uint* destination, int count)
    {
        var step = new BitUnpacker.Step512(width);
        Vector512<uint> t0 = Vector512.Load(table);
        Vector512<uint> t1 = Vector512.Load(table + 16);
        Vector512<uint> max = Vector512<uint>.Zero;
        for (int i = 0; i < count; i += 16, source += 2 * width)
        {
            Vector512<uint> codes = step.Next(source);
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
        for (int i = 0; i < count; i += 16, source += 2 * width)
        {
            Vector512<uint> codes = step.Next(source);
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

    static bool Gather512(byte* source, int width, uint* table, uint entries, uint* destination, int count)
    {
        var step = new BitUnpacker.Step512(width);
        Vector512<uint> limit = Vector512.Create(entries);
        for (int i = 0; i < count; i += 16, source += 2 * width)
        {
            Vector512<uint> codes = step.Next(source);
            if (!Vector512.LessThanAll(codes, limit))
                return false;

            Avx2.GatherVector256(table, codes.GetLower().AsInt32(), 4).Store(destination + i);
            Avx2.GatherVector256(table, codes.GetUpper().AsInt32(), 4).Store(destination + i + 8);
        }

        return true;
    }

    static bool Gather256(byte* source, int width, uint* table, uint entries, uint* destination, int count)
    {
        var step = new BitUnpacker.Step256(width);
        Vector256<uint> limit = Vector256.Create(entries);
        for (int i = 0; i < count; i += 8, source += width)
        {
            Vector256<uint> codes = step.Next(source);
            if (!Vector256.LessThanAll(codes, limit))
                return false;

            Avx2.GatherVector256(table, codes.AsInt32(), 4).Store(destination + i);
        }

        return true;
    }
}
