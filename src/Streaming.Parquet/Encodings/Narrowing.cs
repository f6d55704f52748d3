using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Streaming.Parquet.Encodings;

/// <summary>
/// Doubles to floats, with an affine map in double in between: subtract, multiply, round to nearest once. Vector and scalar
/// code give the same bits. Source and destination may not overlap; the source need not be aligned.
/// </summary>
static unsafe class Narrowing
{
    /// <summary>Maps <paramref name="count"/> numbers.</summary>
    public static void Run(double* source, float* destination, int count, Affine map)
    {
        int done = 0;
        if (Avx512F.IsSupported)
            done = map.IsIdentity ? Run512(source, destination, count) : Run512(source, destination, count, map);
        else if (Avx.IsSupported)
            done = map.IsIdentity ? Run256(source, destination, count) : Run256(source, destination, count, map);

        RunScalar(source + done, destination + done, count - done, map);
    }

    /// <summary>The scalar twin.</summary>
    public static void RunScalar(double* source, float* destination, int count, Affine map)
    {
        for (int i = 0; i < count; i++)
            destination[i] = map.Map(source[i]);
    }

    static int Run512(double* source, float* destination, int count)
    {
        int i = 0;
        for (; i + 32 <= count; i += 32)
        {
            Avx512F.ConvertToVector256Single(Vector512.Load(source + i)).Store(destination + i);
            Avx512F.ConvertToVector256Single(Vector512.Load(source + i + 8)).Store(destination + i + 8);
            Avx512F.ConvertToVector256Single(Vector512.Load(source + i + 16)).Store(destination + i + 16);
            Avx512F.ConvertToVector256Single(Vector512.Load(source + i + 24)).Store(destination + i + 24);
        }

        for (; i + 8 <= count; i += 8)
            Avx512F.ConvertToVector256Single(Vector512.Load(source + i)).Store(destination + i);

        return i;
    }

    static int Run512(double* source, float* destination, int count, Affine map)
    {
        Vector512<double> offset = Vector512.Create(map.Offset);
        Vector512<double> factor = Vector512.Create(map.Factor);
        int i = 0;
        for (; i + 8 <= count; i += 8)
            Avx512F.ConvertToVector256Single((Vector512.Load(source + i) - offset) * factor).Store(destination + i);

        return i;
    }

    static int Run256(double* source, float* destination, int count)
    {
        int i = 0;
        for (; i + 4 <= count; i += 4)
            Avx.ConvertToVector128Single(Vector256.Load(source + i)).Store(destination + i);

        return i;
    }

    static int Run256(double* source, float* destination, int count, Affine map)
    {
        Vector256<double> offset = Vector256.Create(map.Offset);
        Vector256<double> factor = Vector256.Create(map.Factor);
        int i = 0;
        for (; i + 4 <= count; i += 4)
            Avx.ConvertToVector128Single((Vector256.Load(source + i) - offset) * factor).Store(destination + i);

        return i;
    }
}
