using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Streaming.Learning.Numerics;

/// <summary>Finds values that are no finite numbers.</summary>
static class Finite
{
    // A float32 or float64 is finite unless all bits of its exponent are set.
    const uint ExponentBits = 0x7F80_0000;
    const ulong ExponentBits64 = 0x7FF0_0000_0000_0000;

    /// <summary>Position of the first NaN or infinity, or -1.</summary>
    public static int IndexOfNonFinite(ReadOnlySpan<float> values)
    {
        ref float first = ref MemoryMarshal.GetReference(values);
        Vector512<uint> exponent = Vector512.Create(ExponentBits);
        int i = 0;
        for (; i <= values.Length - Vector512<uint>.Count; i += Vector512<uint>.Count)
        {
            Vector512<uint> bits = Vector512.LoadUnsafe(ref first, (nuint)i).AsUInt32() & exponent;
            if (Vector512.EqualsAny(bits, exponent))
                break;
        }

        for (; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
                return i;
        }

        return -1;
    }

    /// <summary>Position of the first NaN or infinity, or -1.</summary>
    public static int IndexOfNonFinite(ReadOnlySpan<double> values)
    {
        ref double first = ref MemoryMarshal.GetReference(values);
        Vector512<ulong> exponent = Vector512.Create(ExponentBits64);
        int i = 0;
        for (; i <= values.Length - Vector512<ulong>.Count; i += Vector512<ulong>.Count)
        {
            Vector512<ulong> bits = Vector512.LoadUnsafe(ref first, (nuint)i).AsUInt64() & exponent;
            if (Vector512.EqualsAny(bits, exponent))
                break;
        }

        for (; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i]))
                return i;
        }

        return -1;
    }
}
