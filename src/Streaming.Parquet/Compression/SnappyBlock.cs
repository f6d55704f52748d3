using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Streaming.Parquet.Compression;

/// <summary>
/// Decompresses Snappy (google/snappy, format_description.txt) 64 KiB at a time. Every known compressor cuts its input into
/// blocks of that size and looks for repetitions within a block only, so a block needs nothing before it, though the format
/// itself does not promise that: where it does not hold, this says so, and the caller falls back to the whole page.
/// </summary>
sealed unsafe class SnappyBlock : BlockDecoder
{
    /// <summary>Bytes of a block, of all but the last.</summary>
    public const int Length = 64 * 1024;

    /// <summary>The most bytes that one compressed byte can stand for: a copy of 64 bytes takes 3.</summary>
    public const int MaxRatio = 22;

    // Bytes that a compressed block takes at most (google/snappy, MaxCompressedLength).
    const int MaxCompressedLength = 32 + Length + Length / 6;

    SnappyElements elements = new();

    public override int BlockBytes => Length;

    public override int HistoryBytes => 0;

    /// <summary>Reads the length that stands before the first block; 0 bytes read when it is broken.</summary>
    public static int ReadLength(ReadOnlySpan<byte> source, out long length)
    {
        length = 0;
        for (int i = 0; i < Math.Min(5, source.Length); i++)
        {
            length |= (long)(source[i] & 127) << (7 * i);
            if (source[i] < 128)
                return i + 1;
        }

        return 0;
    }

    public override int MaxCompressedBytes(int bytesLeft) => MaxCompressedLength;

    public override int ReadHeader(ReadOnlySpan<byte> source, int length)
    {
        int bytes = ReadLength(source, out long stated);
        if (bytes == 0 || stated != length)
            throw new ParquetException($"the page should hold {length} bytes, its Snappy data says {stated}.");

        return bytes;
    }

    public override int FindStored(byte* source, int sourceLength, int length) => FindLiteral(source, sourceLength, length);

    /// <summary>Whether a literal of so many bytes comes first, and is there whole: gives the bytes in front of it, or -1.</summary>
    public static int FindLiteral(byte* source, int sourceLength, int length)
    {
        if (sourceLength == 0 || (*source & 3) != 0)
            return -1;

        byte* ip = source + 1;
        long count = ReadLiteralLength(*source, &ip);
        return count == length && count <= source + sourceLength - ip ? (int)(ip - source) : -1;
    }

    public override int Decode(byte* source, int sourceLength, byte* destination, int history, int length)
    {
        byte* ip = source;
        byte* end = source + sourceLength;
        byte* op = destination;
        byte* stop = destination + length;
        while (op < stop)
        {
            ip = elements.Run(ip, end, &op, destination, stop);
            if (ip >= end)
                return -1;

            uint tag = *ip++;
            if ((tag & 3) == 0)
            {
                long count = ReadLiteralLength(tag, &ip);
                if (count > stop - op || count > end - ip)
                    return -1;

                if (count <= 16)
                    Vector128.Load(ip).Store(op);
                else if (count <= Slack)
                    SnappyElements.CopyFar(ip, op, (int)count);
                else
                    Unsafe.CopyBlockUnaligned(op, ip, (uint)count);

                ip += count;
                op += count;
                continue;
            }

            int size;
            long offset;
            if ((tag & 3) == 1)
            {
                size = 4 + (int)((tag >> 2) & 7);
                offset = ((tag >> 5) << 8) | *ip++;
            }
            else if ((tag & 3) == 2)
            {
                size = 1 + (int)(tag >> 2);
                offset = Unsafe.ReadUnaligned<ushort>(ip);
                ip += 2;
            }
            else
            {
                size = 1 + (int)(tag >> 2);
                offset = Unsafe.ReadUnaligned<uint>(ip);
                ip += 4;
            }

            if (offset == 0 || offset > op - destination || size > stop - op)
                return -1;

            byte* from = op - offset;
            if (offset >= 16)
            {
                SnappyElements.CopyFar(from, op, size);
                op += size;
            }
            else if (offset >= 8)
            {
                // Source and destination overlap: the copy repeats what it has just written.
                byte* to = op;
                op += size;
                for (; to < op; from += 8, to += 8)
                    Unsafe.WriteUnaligned(to, Unsafe.ReadUnaligned<ulong>(from));
            }
            else
            {
                for (int i = 0; i < size; i++)
                    op[i] = from[i];

                op += size;
            }
        }

        return ip <= end ? (int)(ip - source) : -1;
    }

    // Lengths above 60 stand behind the tag, in as many bytes as it says. The slack makes them readable.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static long ReadLiteralLength(uint tag, byte** source)
    {
        long count = (tag >> 2) + 1;
        if (count <= 60)
            return count;

        int bytes = (int)count - 60;
        count = (long)(Unsafe.ReadUnaligned<uint>(*source) & (uint)((1UL << (8 * bytes)) - 1)) + 1;
        *source += bytes;
        return count;
    }
}
