using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Streaming.Parquet.Encodings;

/// <summary>
/// Vectors one after another, as pages hold them, to columns, one per element: a transposition, with each element's affine
/// map on the way. Maps as <see cref="Narrowing"/> does: in double, rounded once; vector and scalar code give the same bits.
/// </summary>
static unsafe class VectorColumns
{
    // Rows and elements of a square that fits into registers.
    const int Side = 8;

    /// <summary>
    /// Element j of row r goes through map j to <c>destination[j * stride + r]</c>. The source holds floats or doubles.
    /// </summary>
    /// <param name="source">Rows times length numbers.</param>
    /// <param name="rows">Vectors.</param>
    /// <param name="length">Elements of a vector.</param>
    /// <param name="destination">Columns.</param>
    /// <param name="stride">From one column to the next.</param>
    /// <param name="offsets">Per element what is subtracted; empty for nothing.</param>
    /// <param name="factors">Per element what is multiplied by then; empty for 1.</param>
    public static void Run<T>(
        T* source, int rows, int length, float* destination, long stride, ReadOnlySpan<double> offsets, ReadOnlySpan<double> factors)
        where T : unmanaged, INumberBase<T>
    {
        int wholeRows = Avx.IsSupported ? rows / Side * Side : 0;
        int wholeElements = wholeRows > 0 ? length / Side * Side : 0;
        for (int j = 0; j < wholeElements; j += Side)
        {
            var map = new SquareMap(offsets, factors, j);
            for (int r = 0; r < wholeRows; r += Side)
                Transpose(source + (long)r * length + j, length, map, destination + j * stride + r, stride);
        }

        RunScalar(source, 0..wholeRows, wholeElements, length, destination, stride, offsets, factors);
        RunScalar(source, wholeRows..rows, 0, length, destination, stride, offsets, factors);
    }

    /// <summary>Doubles as they are, a few columns at a time, so that their lines stay in the cache.</summary>
    public static void Run(double* source, int rows, int length, double* destination, long stride)
    {
        for (int j = 0; j < length; j += Side)
        {
            int end = Math.Min(j + Side, length);
            for (int r = 0; r < rows; r++)
            {
                for (int k = j; k < end; k++)
                    destination[k * stride + r] = source[(long)r * length + k];
            }
        }
    }

    /// <summary>The scalar twin, for some of the rows and for the elements from one on.</summary>
    public static void RunScalar<T>(
        T* source,
        Range rows,
        int first,
        int length,
        float* destination,
        long stride,
        ReadOnlySpan<double> offsets,
        ReadOnlySpan<double> factors)
        where T : unmanaged, INumberBase<T>
    {
        for (int j = first; j < length; j++)
        {
            var map = new Affine(offsets.IsEmpty ? 0 : offsets[j], factors.IsEmpty ? 1 : factors[j]);
            for (int r = rows.Start.Value; r < rows.End.Value; r++)
                destination[j * stride + r] = map.Map(double.CreateTruncating(source[(long)r * length + j]));
        }
    }

    // Pairs of elements, then pairs of pairs, then halves change places.
    static void Transpose<T>(T* source, long length, in SquareMap map, float* destination, long stride)
        where T : unmanaged
    {
        Vector256<float> r0 = map.Run(source);
        Vector256<float> r1 = map.Run(source + length);
        Vector256<float> r2 = map.Run(source + 2 * length);
        Vector256<float> r3 = map.Run(source + 3 * length);
        Vector256<float> r4 = map.Run(source + 4 * length);
        Vector256<float> r5 = map.Run(source + 5 * length);
        Vector256<float> r6 = map.Run(source + 6 * length);
        Vector256<float> r7 = map.Run(source + 7 * length);
        Transpose4(r0, r1, r2, r3, out Vector256<float> a0, out Vector256<float> a1, out Vector256<float> a2, out Vector256<float> a3);
        Transpose4(r4, r5, r6, r7, out Vector256<float> b0, out Vector256<float> b1, out Vector256<float> b2, out Vector256<float> b3);
        Avx.Permute2x128(a0, b0, 0x20).Store(destination);
        Avx.Permute2x128(a1, b1, 0x20).Store(destination + stride);
        Avx.Permute2x128(a2, b2, 0x20).Store(destination + 2 * stride);
        Avx.Permute2x128(a3, b3, 0x20).Store(destination + 3 * stride);
        Avx.Permute2x128(a0, b0, 0x31).Store(destination + 4 * stride);
        Avx.Permute2x128(a1, b1, 0x31).Store(destination + 5 * stride);
        Avx.Permute2x128(a2, b2, 0x31).Store(destination + 6 * stride);
        Avx.Permute2x128(a3, b3, 0x31).Store(destination + 7 * stride);
    }

    // Of four rows, in either half: elements 0 to 3 of each to one vector per element.
    static void Transpose4(
        Vector256<float> r0,
        Vector256<float> r1,
        Vector256<float> r2,
        Vector256<float> r3,
        out Vector256<float> c0,
        out Vector256<float> c1,
        out Vector256<float> c2,
        out Vector256<float> c3)
    {
        Vector256<float> low01 = Avx.UnpackLow(r0, r1);
        Vector256<float> high01 = Avx.UnpackHigh(r0, r1);
        Vector256<float> low23 = Avx.UnpackLow(r2, r3);
        Vector256<float> high23 = Avx.UnpackHigh(r2, r3);
        c0 = Avx.Shuffle(low01, low23, 0x44);
        c1 = Avx.Shuffle(low01, low23, 0xee);
        c2 = Avx.Shuffle(high01, high23, 0x44);
        c3 = Avx.Shuffle(high01, high23, 0xee);
    }

    /// <summary>The affine maps of eight elements.</summary>
    readonly struct SquareMap
    {
        readonly Vector256<double> offset0 = Vector256<double>.Zero;
        readonly Vector256<double> offset1 = Vector256<double>.Zero;
        readonly Vector256<double> factor0 = Vector256<double>.One;
        readonly Vector256<double> factor1 = Vector256<double>.One;

        public SquareMap(ReadOnlySpan<double> offsets, ReadOnlySpan<double> factors, int first)
        {
            if (!offsets.IsEmpty)
            {
                offset0 = Vector256.Create(offsets[first..]);
                offset1 = Vector256.Create(offsets[(first + 4)..]);
            }

            if (!factors.IsEmpty)
            {
                factor0 = Vector256.Create(factors[first..]);
                factor1 = Vector256.Create(factors[(first + 4)..]);
            }
        }

        public Vector256<float> Run<T>(T* source)
            where T : unmanaged
        {
            Vector256<double> low;
            Vector256<double> high;
            if (typeof(T) == typeof(float))
            {
                low = Avx.ConvertToVector256Double(Vector128.Load((float*)source));
                high = Avx.ConvertToVector256Double(Vector128.Load((float*)source + 4));
            }
            else
            {
                low = Vector256.Load((double*)source);
                high = Vector256.Load((double*)source + 4);
            }

            return Vector256.Create(
                Avx.ConvertToVector128Single((low - offset0) * factor0), Avx.ConvertToVector128Single((high - offset1) * factor1));
        }
    }
}
