using System.Numerics;
using System.Runtime.CompilerServices;

namespace Streaming.Parquet.Encodings;

/// <summary>
/// Bits one behind the other, of pieces whose lengths can't be foreseen: so a word is stored with every piece, and whether it is full is a mask, not a
/// branch.
/// </summary>
unsafe struct MaskWriter(ulong* target)
{
    ulong* target = target;
    ulong word;
    int filled;
    int ones;

    /// <summary>Adds bits, at most 64; those of <paramref name="bits"/> above are 0. There must be room for one at least.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ulong bits, int count)
    {
        ones += BitOperations.PopCount(bits);
        word |= bits << filled;
        *target = word;
        ulong over = bits >> 1 >> (63 - filled);
        filled += count;
        long isFull = -(filled >> 6);
        target -= isFull;
        word ^= (word ^ over) & (ulong)isFull;
        filled &= 63;
    }

    /// <summary>Stores what does not fill a word; gives the number of bits that are set.</summary>
    public readonly int Complete()
    {
        if (filled > 0)
            *target = word;

        return ones;
    }
}
