using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Streaming.Parquet.Encodings;

/// <summary>
/// Spreads the values of a page, which holds no nulls, over its rows, in place:
/// <code>
/// mask    1 0 1 1 0
/// before  a b c . .
/// after   a - b c -
/// </code>
/// Runs from the last row to the first, so that no value is overwritten before it has moved: row i's value stands at or
/// before i.
/// </summary>
static unsafe class Expansion
{
    /// <summary>
    /// Spreads <paramref name="present"/> values of 32 bits over <paramref name="rows"/> rows; the others get
    /// <paramref name="missing"/>.
    /// </summary>
    public static void Run(uint* data, ulong* mask, int rows, int present, uint missing)
    {
        if (!Avx512F.IsSupported)
        {
            RunScalar(data, mask, rows, present, missing);
            return;
        }

        int whole = rows & ~15;
        for (int i = rows - 1; i >= whole; i--)
            data[i] = IsPresent(mask, i) ? data[--present] : missing;

        Vector512<uint> lanes = Avx512F.ShiftLeftLogicalVariable(Vector512<uint>.One, Vector512<uint>.Indices);
        Vector512<uint> fill = Vector512.Create(missing);
        for (; (whole & 63) != 0; whole -= 16)
            present = Spread(data, whole - 16, present, (uint)(mask[(whole - 16) >> 6] >> ((whole - 16) & 63)), lanes, fill);

        for (int i = whole - 64; i >= 0; i -= 64)
        {
            ulong bits = mask[i >> 6];
            present = Spread(data, i + 48, present, (uint)(bits >> 48), lanes, fill);
            present = Spread(data, i + 32, present, (uint)(bits >> 32), lanes, fill);
            present = Spread(data, i + 16, present, (uint)(bits >> 16), lanes, fill);
            present = Spread(data, i, present, (uint)bits, lanes, fill);
        }
    }

    // Sixteen rows, by the lower 16 bits; gives the values that are left before them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static int Spread(uint* data, int row, int present, uint bits, Vector512<uint> lanes, Vector512<uint> fill)
    {
        present -= BitOperations.PopCount(bits & 0xffff);
        Vector512<uint> isSet = Vector512.Equals(Vector512.Create(bits) & lanes, lanes);
        Avx512F.Expand(fill, isSet, Vector512.Load(data + present)).Store(data + row);
        return present;
    }

    /// <summary>The scalar twin.</summary>
    public static void RunScalar(uint* data, ulong* mask, int rows, int present, uint missing)
    {
        for (int i = rows - 1; i >= 0; i--)
            data[i] = IsPresent(mask, i) ? data[--present] : missing;
    }

    /// <summary>The same for values of 64 bits.</summary>
    public static void Run(ulong* data, ulong* mask, int rows, int present, ulong missing)
    {
        for (int i = rows - 1; i >= 0; i--)
            data[i] = IsPresent(mask, i) ? data[--present] : missing;
    }

    static bool IsPresent(ulong* mask, int row) => (mask[row >> 6] >> (row & 63) & 1) != 0;
}
