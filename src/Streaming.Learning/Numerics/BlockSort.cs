using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Streaming.Learning.Numerics;

/// <summary>
/// Sorts blocks of whole numbers without a branch that depends on them, and merges what is sorted: numbers that come in any order make the processor guess
/// wrong every other time in a sort that compares and jumps, which is most of its time.
/// </summary>
static unsafe class BlockSort
{
    /// <summary>Blocks of so many numbers, times a power of two, are sorted here; others by the runtime.</summary>
    public const int Least = 64;

    // Rows and columns of the square that is sorted at first.
    const int Side = 8;

    /// <summary>Sorts ascending.</summary>
    /// <param name="values">The numbers.</param>
    /// <param name="room">As many, which are lost.</param>
    public static void Sort(Span<long> values, Span<long> room)
    {
        if (values.Length < Least || (values.Length & (values.Length - 1)) != 0)
        {
            values.Sort();
            return;
        }

        fixed (long* first = values, second = room[..values.Length])
        {
            long* from = second, to = first;
            SortEights(first, second, values.Length);
            for (int width = Side; width < values.Length; width *= 2)
            {
                for (int i = 0; i < values.Length; i += 2 * width)
                    MergeTwo(from + i, width, to + i);

                long* merged = to;
                to = from;
                from = merged;
            }

            if (from != first)
                Unsafe.CopyBlock(first, second, (uint)(values.Length * sizeof(long)));
        }
    }

    /// <summary>Merges a run into another in place; both ascend.</summary>
    /// <param name="values">The one run, and behind it room for the other.</param>
    /// <param name="run">The other.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MergeInto(Span<long> values, ReadOnlySpan<long> run)
    {
        fixed (long* start = values, added = run)
        {
            // From the end, so that nothing is written where something has not been read.
            nint i = values.Length - run.Length - 1, j = run.Length - 1;
            while (i >= 0 && j >= 0)
            {
                long x = start[i], y = added[j];
                nint isX = Unsafe.BitCast<bool, byte>(x > y);
                start[i + j + 1] = y ^ ((x ^ y) & -isX);
                i -= isX;
                j -= 1 - isX;
            }

            run[..(int)(j + 1)].CopyTo(values);
        }
    }

    // Of 64 numbers at a time, taken as eight vectors, each lane is sorted on its own, and then stored as a run.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void SortEights(long* from, long* to, int count)
    {
        for (int i = 0; i < count; i += Side * Side, from += Side * Side, to += Side * Side)
        {
            Vector512<long> a = Vector512.Load(from), b = Vector512.Load(from + 8), c = Vector512.Load(from + 16), d = Vector512.Load(from + 24);
            Vector512<long> e = Vector512.Load(from + 32), f = Vector512.Load(from + 40), g = Vector512.Load(from + 48), h = Vector512.Load(from + 56);

            // The network of 19 exchanges in six steps (Knuth, The Art of Computer Programming, volume 3, 5.3.4).
            Exchange(ref a, ref c);
            Exchange(ref b, ref d);
            Exchange(ref e, ref g);
            Exchange(ref f, ref h);
            Exchange(ref a, ref e);
            Exchange(ref b, ref f);
            Exchange(ref c, ref g);
            Exchange(ref d, ref h);
            Exchange(ref a, ref b);
            Exchange(ref c, ref d);
            Exchange(ref e, ref f);
            Exchange(ref g, ref h);
            Exchange(ref c, ref e);
            Exchange(ref d, ref f);
            Exchange(ref b, ref e);
            Exchange(ref d, ref g);
            Exchange(ref b, ref c);
            Exchange(ref d, ref e);
            Exchange(ref f, ref g);

            a.Store(from);
            b.Store(from + 8);
            c.Store(from + 16);
            d.Store(from + 24);
            e.Store(from + 32);
            f.Store(from + 40);
            g.Store(from + 48);
            h.Store(from + 56);
            for (int lane = 0; lane < Side; lane++)
            {
                for (int row = 0; row < Side; row++)
                    to[lane * Side + row] = from[row * Side + lane];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Exchange(ref Vector512<long> low, ref Vector512<long> high) => (low, high) = (Vector512.Min(low, high), Vector512.Max(low, high));

    // Two runs of a length, one behind the other, from both ends at once: after as many steps as a run has numbers the smaller half stands in front and
    // the larger behind. Two chains of loads instead of one, and none of them can leave its run.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void MergeTwo(long* from, int length, long* to)
    {
        long* a = from, b = from + length, lastA = b - 1, lastB = b + length - 1, last = to + 2 * length - 1;
        for (int i = 0; i < length; i++)
        {
            long x = *a, y = *b, u = *lastA, v = *lastB;
            nint isY = Unsafe.BitCast<bool, byte>(y < x), isU = Unsafe.BitCast<bool, byte>(u > v);
            *to++ = x ^ ((x ^ y) & -isY);
            *last-- = v ^ ((u ^ v) & -isU);
            b += isY;
            a += 1 - isY;
            lastA -= isU;
            lastB -= 1 - isU;
        }
    }
}
