using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Streaming.Parquet.Encodings;

/// <summary>
/// Stored numbers of one format, back to back, to doubles or longs; the twin of <see cref="NumberScalar"/> for many. The
/// source need not be aligned.
/// </summary>
static unsafe class NumberBlocks
{
    /// <summary>Converts <paramref name="count"/> numbers.</summary>
    public static void ToDoubles(NumberFormat format, byte* source, double* destination, int count)
    {
        switch (format.Kind)
        {
            case NumberKind.Int32: FromInt32((int*)source, destination, count); break;
            case NumberKind.Int64: FromInt64((long*)source, destination, count); break;
            case NumberKind.UInt32: Convert((uint*)source, destination, count); break;
            case NumberKind.UInt64: Convert((ulong*)source, destination, count); break;
            case NumberKind.Half: Convert((Half*)source, destination, count); break;
            case NumberKind.Float: FromFloat((float*)source, destination, count); break;
            case NumberKind.Double: Unsafe.CopyBlockUnaligned(destination, source, (uint)count * sizeof(double)); break;
            default:
                // NumberScalar divides by itself.
                for (int i = 0; i < count; i++)
                    destination[i] = NumberScalar.ToDouble(format, new ReadOnlySpan<byte>(source + (long)i * format.Width, format.Width));
                return;
        }

        if (format.Divisor != 1)
        {
            for (int i = 0; i < count; i++)
                destination[i] /= format.Divisor;
        }
    }

    /// <summary>Converts <paramref name="count"/> whole numbers; unsigned ones of 64 bits keep their bits.</summary>
    public static void ToLongs(NumberFormat format, byte* source, long* destination, int count)
    {
        for (int i = 0; i < count; i++)
        {
            destination[i] = format.Kind switch
            {
                NumberKind.Int32 => Unsafe.ReadUnaligned<int>(source + 4L * i),
                NumberKind.UInt32 => Unsafe.ReadUnaligned<uint>(source + 4L * i),
                NumberKind.Int96 => NumberScalar.Int96Micros(new ReadOnlySpan<byte>(source + 12L * i, 12)),
                _ => Unsafe.ReadUnaligned<long>(source + 8L * i),
            };
        }
    }

    static void Convert<T>(T* source, double* destination, int count)
        where T : unmanaged, INumberBase<T>
    {
        for (int i = 0; i < count; i++)
            destination[i] = double.CreateChecked(source[i]);
    }

    static void FromInt32(int* source, double* destination, int count)
    {
        int i = 0;
        if (Avx512F.IsSupported)
        {
            for (; i + 8 <= count; i += 8)
                Avx512F.ConvertToVector512Double(Vector256.Load(source + i)).Store(destination + i);
        }
        else if (Avx.IsSupported)
        {
            for (; i + 4 <= count; i += 4)
                Avx.ConvertToVector256Double(Vector128.Load(source + i)).Store(destination + i);
        }

        for (; i < count; i++)
            destination[i] = source[i];
    }

    static void FromInt64(long* source, double* destination, int count)
    {
        int i = 0;
        if (Avx512DQ.IsSupported)
        {
            for (; i + 8 <= count; i += 8)
                Avx512DQ.ConvertToVector512Double(Vector512.Load(source + i)).Store(destination + i);
        }

        for (; i < count; i++)
            destination[i] = source[i];
    }

    static void FromFloat(float* source, double* destination, int count)
    {
        int i = 0;
        if (Avx512F.IsSupported)
        {
            for (; i + 8 <= count; i += 8)
                Avx512F.ConvertToVector512Double(Vector256.Load(source + i)).Store(destination + i);
        }
        else if (Avx.IsSupported)
        {
            for (; i + 4 <= count; i += 4)
                Avx.ConvertToVector256Double(Vector128.Load(source + i)).Store(destination + i);
        }

        for (; i < count; i++)
            destination[i] = source[i];
    }
}
