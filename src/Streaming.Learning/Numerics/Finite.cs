using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Streaming.Learning.Numerics;

/// <summary>Finds values that are no finite numbers.</summary>
static class Finite
{
    // A float32 or float64 is finite unless all bits of its exponent are set: then, its sign left out, it is at least this, read as a number.
    const int Infinity = 0x7F80_0000;
    const long Infinity64 = 0x7FF0_0000_0000_0000;

    // The least double that rounds to an infinite float32, half a step beyond the largest: 0x1.ffffffp127.
    const long InfiniteFloat = 0x47EF_FFFF_F000_0000;

    /// <summary>Position of the first NaN or infinity, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int IndexOfNonFinite(ReadOnlySpan<float> values)
    {
        // All of them at once, as there is hardly ever one to be found.
        ref float first = ref MemoryMarshal.GetReference(values);
        var magnitude = Vector512.Create(int.MaxValue);
        (Vector512<int> even, Vector512<int> odd) = (Vector512<int>.Zero, Vector512<int>.Zero);
        int i = 0;
        for (; i <= values.Length - 2 * Vector512<int>.Count; i += 2 * Vector512<int>.Count)
        {
            even = Vector512.Max(even, Vector512.LoadUnsafe(ref first, (nuint)i).AsInt32() & magnitude);
            odd = Vector512.Max(odd, Vector512.LoadUnsafe(ref first, (nuint)(i + Vector512<int>.Count)).AsInt32() & magnitude);
        }

        if (Vector512.GreaterThanOrEqualAny(Vector512.Max(even, odd), Vector512.Create(Infinity)))
            i = 0;

        for (; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
                return i;
        }

        return -1;
    }

    /// <summary>Position of the first NaN or infinity, or -1.</summary>
    public static int IndexOfNonFinite(ReadOnlySpan<double> values) => IndexFrom(values, Infinity64);

    /// <summary>Position of the first value that is NaN or infinite when it is rounded to float32, or -1.</summary>
    public static int IndexOfNonFiniteFloat(ReadOnlySpan<double> values) => IndexFrom(values, InfiniteFloat);

    // Of the first value whose bits, its sign left out, are at least these, read as a number.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static int IndexFrom(ReadOnlySpan<double> values, long least)
    {
        ref double first = ref MemoryMarshal.GetReference(values);
        var magnitude = Vector512.Create(long.MaxValue);
        (Vector512<long> even, Vector512<long> odd) = (Vector512<long>.Zero, Vector512<long>.Zero);
        int i = 0;
        for (; i <= values.Length - 2 * Vector512<long>.Count; i += 2 * Vector512<long>.Count)
        {
            even = Vector512.Max(even, Vector512.LoadUnsafe(ref first, (nuint)i).AsInt64() & magnitude);
            odd = Vector512.Max(odd, Vector512.LoadUnsafe(ref first, (nuint)(i + Vector512<long>.Count)).AsInt64() & magnitude);
        }

        if (Vector512.GreaterThanOrEqualAny(Vector512.Max(even, odd), Vector512.Create(least)))
            i = 0;

        for (; i < values.Length; i++)
        {
            if ((BitConverter.DoubleToInt64Bits(values[i]) & long.MaxValue) >= least)
                return i;
        }

        return -1;
    }
}
