using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Streaming.Parquet.Encodings;

/// <summary>
/// Doubles to floats, with an affine map in double in between: subtract, multiply, round to nearest once. Vector and scalar
/// code give the same bits. Says whether all floats are finite: while they are in registers that is two instructions for eight of them.
/// Source and destination may not overlap; the source need not be aligned.
/// </summary>
static unsafe class Narrowing
{
    // A float is finite unless all bits of its exponent are set: then, its sign left out, it is at least this, read as a number.
    const int Infinity = 0x7F80_0000;

    /// <summary>Maps <paramref name="count"/> numbers; false when a result is NaN or infinite.</summary>
    public static bool Run(double* source, float* destination, int count, Affine map)
    {
        int done = 0;
        Vector256<int> most = Vector256<int>.Zero;
        if (Avx512F.IsSupported)
            done = map.IsIdentity ? Run512(source, destination, count, ref most) : Run512(source, destination, count, map, ref most);
        else if (Avx.IsSupported)
            done = map.IsIdentity ? Run256(source, destination, count, ref most) : Run256(source, destination, count, map, ref most);

        return RunScalar(source + done, destination + done, count - done, map) & Vector256.LessThanAll(most, Vector256.Create(Infinity));
    }

    /// <summary>The scalar twin.</summary>
    public static bool RunScalar(double* source, float* destination, int count, Affine map)
    {
        bool areFinite = true;
        for (int i = 0; i < count; i++)
        {
            destination[i] = map.Map(source[i]);
            areFinite &= float.IsFinite(destination[i]);
        }

        return areFinite;
    }

    /// <summary>Copies <paramref name="count"/> floats as they are; false when one is NaN or infinite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Copy(float* source, float* destination, int count)
    {
        (Vector512<int> even, Vector512<int> odd) = (Vector512<int>.Zero, Vector512<int>.Zero);
        int i = 0;
        for (; i + 32 <= count; i += 32)
        {
            Vector512<float> first = Vector512.Load(source + i);
            Vector512<float> second = Vector512.Load(source + i + 16);
            first.Store(destination + i);
            second.Store(destination + i + 16);
            even = Vector512.Max(even, first.AsInt32() & Vector512.Create(int.MaxValue));
            odd = Vector512.Max(odd, second.AsInt32() & Vector512.Create(int.MaxValue));
        }

        return CopyScalar(source + i, destination + i, count - i) & Vector512.LessThanAll(Vector512.Max(even, odd), Vector512.Create(Infinity));
    }

    /// <summary>The scalar twin.</summary>
    public static bool CopyScalar(float* source, float* destination, int count)
    {
        bool areFinite = true;
        for (int i = 0; i < count; i++)
        {
            // As bits, which are to arrive as they are.
            int bits = Unsafe.ReadUnaligned<int>(source + i);
            Unsafe.WriteUnaligned(destination + i, bits);
            areFinite &= (bits & int.MaxValue) < Infinity;
        }

        return areFinite;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static int Run512(double* source, float* destination, int count, ref Vector256<int> most)
    {
        (Vector256<int> even, Vector256<int> odd) = (most, most);
        int i = 0;
        for (; i + 32 <= count; i += 32)
        {
            even = Put(Avx512F.ConvertToVector256Single(Vector512.Load(source + i)), destination + i, even);
            odd = Put(Avx512F.ConvertToVector256Single(Vector512.Load(source + i + 8)), destination + i + 8, odd);
            even = Put(Avx512F.ConvertToVector256Single(Vector512.Load(source + i + 16)), destination + i + 16, even);
            odd = Put(Avx512F.ConvertToVector256Single(Vector512.Load(source + i + 24)), destination + i + 24, odd);
        }

        for (; i + 8 <= count; i += 8)
            even = Put(Avx512F.ConvertToVector256Single(Vector512.Load(source + i)), destination + i, even);

        most = Vector256.Max(even, odd);
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static int Run512(double* source, float* destination, int count, Affine map, ref Vector256<int> most)
    {
        Vector512<double> offset = Vector512.Create(map.Offset);
        Vector512<double> factor = Vector512.Create(map.Factor);
        Vector256<int> found = most;
        int i = 0;
        for (; i + 8 <= count; i += 8)
            found = Put(Avx512F.ConvertToVector256Single((Vector512.Load(source + i) - offset) * factor), destination + i, found);

        most = found;
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static int Run256(double* source, float* destination, int count, ref Vector256<int> most)
    {
        Vector256<int> found = most;
        int i = 0;
        for (; i + 8 <= count; i += 8)
            found = Put(Halves(Vector256.Load(source + i), Vector256.Load(source + i + 4)), destination + i, found);

        most = found;
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static int Run256(double* source, float* destination, int count, Affine map, ref Vector256<int> most)
    {
        Vector256<double> offset = Vector256.Create(map.Offset);
        Vector256<double> factor = Vector256.Create(map.Factor);
        Vector256<int> found = most;
        int i = 0;
        for (; i + 8 <= count; i += 8)
        {
            found = Put(
                Halves((Vector256.Load(source + i) - offset) * factor, (Vector256.Load(source + i + 4) - offset) * factor), destination + i, found);
        }

        most = found;
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Halves(Vector256<double> low, Vector256<double> high) =>
        Vector256.Create(Avx.ConvertToVector128Single(low), Avx.ConvertToVector128Single(high));

    // Gives the largest magnitudes so far.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> Put(Vector256<float> values, float* destination, Vector256<int> most)
    {
        values.Store(destination);
        return Vector256.Max(most, values.AsInt32() & Vector256.Create(int.MaxValue));
    }
}
