using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Streaming.Parquet.Encodings;

/// <summary>
/// Unpacks dictionary codes and replaces each by its entry of 32 bits, in one step where there are few entries (<see cref="PlaneLookup"/>);
/// of larger dictionaries a block of codes is unpacked, checked and replaced. Codes are checked: none is used to address memory before
/// it has been compared with the number of entries.
/// </summary>
static unsafe class BitLookup
{
    // Codes that are unpacked and replaced at a time: few enough to stay in the first-level cache.
    const int BlockLength = 1024;

    /// <summary>Bytes of a table: the entries, and where they are few their planes behind them.</summary>
    public static long TableBytes(long entries) =>
        entries <= PlaneLookup.MaxEntries ? PlaneLookup.MaxEntries * sizeof(uint) + PlaneLookup.Bytes : entries * sizeof(uint);

    /// <summary>Makes a table, whose entries have been written, fit for <see cref="Run"/>.</summary>
    public static void Complete(uint* table, int entries)
    {
        if (PlaneLookup.IsSupported && entries <= PlaneLookup.MaxEntries)
            PlaneLookup.MakePlanes(table, entries, PlanesOf(table));
    }

    /// <summary>Replaces <paramref name="count"/> codes that start at a byte; false when one is not in the table.</summary>
    public static bool Run(byte* source, int width, uint* table, uint entries, uint* destination, int count) => PlaneLookup.Fits(width, entries)
        ? PlaneLookup.Run(source, width, PlanesOf(table), entries, destination, count)
        : RunBlocks(source, width, table, entries, destination, count);

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

    /// <summary>Gives the entries of 64 bits that codes stand for; all of the codes are known to be in the table.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Take(double* table, uint* codes, double* destination, int count)
    {
        int i = 0;
        for (; i + 8 <= count; i += 8)
        {
            var pairs = (ulong*)(codes + i);
            ulong a = pairs[0];
            ulong b = pairs[1];
            ulong c = pairs[2];
            ulong d = pairs[3];
            Vector128.Create(table[(uint)a], table[a >> 32]).Store(destination + i);
            Vector128.Create(table[(uint)b], table[b >> 32]).Store(destination + i + 2);
            Vector128.Create(table[(uint)c], table[c >> 32]).Store(destination + i + 4);
            Vector128.Create(table[(uint)d], table[d >> 32]).Store(destination + i + 6);
        }

        for (; i < count; i++)
            destination[i] = table[codes[i]];
    }

    static byte* PlanesOf(uint* table) => (byte*)(table + PlaneLookup.MaxEntries);

    static bool RunBlocks(byte* source, int width, uint* table, uint entries, uint* destination, int count)
    {
        for (int n; count > 0; count -= n, destination += n, source += BlockLength / 8 * width)
        {
            n = Math.Min(count, BlockLength);
            if (BitUnpacker.Unpack(source, width, destination, n) >= entries)
                return false;

            Replace(table, destination, n);
        }

        return true;
    }

    // Two codes per load and four entries per store: that takes three quarters of the time that gathering takes on Zen 5, two thirds on Zen 4.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
            Vector128.Create(table[(uint)a], table[a >> 32], table[(uint)b], table[b >> 32]).Store(codes + i);
            Vector128.Create(table[(uint)c], table[c >> 32], table[(uint)d], table[d >> 32]).Store(codes + i + 4);
        }

        for (; i < count; i++)
            codes[i] = table[codes[i]];
    }
}
