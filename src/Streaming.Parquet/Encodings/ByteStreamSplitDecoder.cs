using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Streaming.Parquet.Encodings;

/// <summary>
/// Numbers whose first bytes stand together, then their second bytes, and so on (parquet-format, Encodings.md, "Byte
/// Stream Split"):
/// <code>
/// stored  a0 b0 c0 d0 ... a1 b1 c1 d1 ... a2 ...
/// numbers a0 a1 a2 a3 | b0 b1 b2 b3 | ...
/// </code>
/// Blocks of them are put together again, by interleaving registers two and two for widths of 4 and 8, and then read as
/// plain ones.
/// </summary>
sealed unsafe class ByteStreamSplitDecoder(NumberFormat format) : ValueDecoder
{
    byte* source;
    long count;
    long done;

    /// <summary>Starts with a page's values.</summary>
    /// <exception cref="ParquetException">Their bytes can't be divided among the streams.</exception>
    public void Start(byte* start, int length)
    {
        if (length % format.Width != 0)
            throw new ParquetException($"{length} bytes can't be split into {format.Width} streams.");

        source = start;
        count = length / format.Width;
        done = 0;
    }

    public override void Read(double* destination, int n)
    {
        Check(n);
        byte* block = stackalloc byte[BlockLength * sizeof(double)];
        int perBlock = Math.Max(1, BlockLength * sizeof(double) / format.Width);
        if (format.Width > BlockLength * sizeof(double))
            throw ParquetException.Unsupported($"numbers of {format.Width} bytes in BYTE_STREAM_SPLIT are not supported.");

        while (n > 0)
        {
            int take = Math.Min(n, perBlock);
            Join(block, take);
            NumberBlocks.ToDoubles(format, block, destination, take);
            destination += take;
            n -= take;
        }
    }

    public override void Read(int* destination, int n, CategoryMap map)
    {
        Check(n);
        byte* bytes = stackalloc byte[format.Width];
        for (int i = 0; i < n; i++)
        {
            Join(bytes, 1);
            destination[i] = MapNumber(map, bytes, format);
        }
    }

    public override void Skip(int n)
    {
        Check(n);
        done += n;
    }

    /// <summary>Puts <paramref name="n"/> numbers together; the scalar statement of <see cref="Join4"/> and <see cref="Join8"/>.</summary>
    public static void JoinScalar(byte* stream, long stride, int width, byte* destination, int n)
    {
        for (int k = 0; k < width; k++)
        {
            for (int i = 0; i < n; i++)
                destination[i * width + k] = stream[k * stride + i];
        }
    }

    /// <summary>Puts numbers of 4 bytes together, 16 at a time; gives how many.</summary>
    public static int Join4(byte* stream, long stride, byte* destination, int n)
    {
        int i = 0;
        for (; i + 16 <= n; i += 16)
        {
            Vector128<byte> s0 = Vector128.Load(stream + i);
            Vector128<byte> s1 = Vector128.Load(stream + stride + i);
            Vector128<byte> s2 = Vector128.Load(stream + 2 * stride + i);
            Vector128<byte> s3 = Vector128.Load(stream + 3 * stride + i);
            Store4(Sse2.UnpackLow(s0, s1), Sse2.UnpackLow(s2, s3), destination + 4 * i);
            Store4(Sse2.UnpackHigh(s0, s1), Sse2.UnpackHigh(s2, s3), destination + 4 * i + 32);
        }

        return i;
    }

    /// <summary>Puts numbers of 8 bytes together, 16 at a time; gives how many.</summary>
    public static int Join8(byte* stream, long stride, byte* destination, int n)
    {
        int i = 0;
        for (; i + 16 <= n; i += 16)
        {
            Vector128<byte> s0 = Vector128.Load(stream + i);
            Vector128<byte> s1 = Vector128.Load(stream + stride + i);
            Vector128<byte> s2 = Vector128.Load(stream + 2 * stride + i);
            Vector128<byte> s3 = Vector128.Load(stream + 3 * stride + i);
            Vector128<byte> s4 = Vector128.Load(stream + 4 * stride + i);
            Vector128<byte> s5 = Vector128.Load(stream + 5 * stride + i);
            Vector128<byte> s6 = Vector128.Load(stream + 6 * stride + i);
            Vector128<byte> s7 = Vector128.Load(stream + 7 * stride + i);
            byte* target = destination + 8 * i;
            Store8(Sse2.UnpackLow(s0, s1), Sse2.UnpackLow(s2, s3), Sse2.UnpackLow(s4, s5), Sse2.UnpackLow(s6, s7), target);
            Store8(Sse2.UnpackHigh(s0, s1), Sse2.UnpackHigh(s2, s3), Sse2.UnpackHigh(s4, s5), Sse2.UnpackHigh(s6, s7), target + 64);
        }

        return i;
    }

    // Eight numbers from pairs of their bytes (0, 1) and (2, 3).
    static void Store4(Vector128<byte> b01, Vector128<byte> b23, byte* destination)
    {
        Sse2.UnpackLow(b01.AsUInt16(), b23.AsUInt16()).AsByte().Store(destination);
        Sse2.UnpackHigh(b01.AsUInt16(), b23.AsUInt16()).AsByte().Store(destination + 16);
    }

    // Eight numbers from pairs of their bytes (0, 1) to (6, 7).
    static void Store8(Vector128<byte> b01, Vector128<byte> b23, Vector128<byte> b45, Vector128<byte> b67, byte* destination)
    {
        Vector128<uint> low0 = Sse2.UnpackLow(b01.AsUInt16(), b23.AsUInt16()).AsUInt32();
        Vector128<uint> low1 = Sse2.UnpackLow(b45.AsUInt16(), b67.AsUInt16()).AsUInt32();
        Vector128<uint> high0 = Sse2.UnpackHigh(b01.AsUInt16(), b23.AsUInt16()).AsUInt32();
        Vector128<uint> high1 = Sse2.UnpackHigh(b45.AsUInt16(), b67.AsUInt16()).AsUInt32();
        Sse2.UnpackLow(low0, low1).AsByte().Store(destination);
        Sse2.UnpackHigh(low0, low1).AsByte().Store(destination + 16);
        Sse2.UnpackLow(high0, high1).AsByte().Store(destination + 32);
        Sse2.UnpackHigh(high0, high1).AsByte().Store(destination + 48);
    }

    void Join(byte* destination, int n)
    {
        byte* start = source + done;
        int joined = (format.Width, Sse2.IsSupported) switch
        {
            (4, true) => Join4(start, count, destination, n),
            (8, true) => Join8(start, count, destination, n),
            _ => 0,
        };
        JoinScalar(start + joined, count, format.Width, destination + joined * format.Width, n - joined);
        done += n;
    }

    void Check(int n)
    {
        if (n > count - done)
            throw TooShort(n, count - done);
    }
}
