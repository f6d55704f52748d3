using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Streaming.Parquet.Compression;

/// <summary>
/// Decompresses raw LZ4 (lz4_Block_format.md) by blocks. Of our own beside K4os.Compression.LZ4, which takes a page as a whole:
/// where a page is a column chunk (DuckDB), all columns' pages together are larger than any cache, and the memory for them
/// grows with the chunks. May stop anywhere, also in the middle of literals or a match.
/// </summary>
sealed unsafe class Lz4Block : BlockDecoder
{
    /// <summary>The most bytes that one compressed byte can stand for: a match grows by 255 with each byte of its length.</summary>
    public const int MaxRatio = 255;

    // Offsets have 16 bits.
    const int MaxOffset = 64 * 1024;
    const int MinMatch = 4;

    // What a sequence of the fast path reads and writes at most: literals and match, each with one more byte of length, and
    // one vector that runs over. Longer literals are looked at by themselves.
    const int FastBytes = 640;

    // What the path for short sequences reads at most, which is a token, 14 literals, an offset and the next token, and writes:
    // the literals and a match of one vector.
    const int ShortReadBytes = 1 + 14 + 2 + 1;
    const int ShortBytes = 14 + 16;

    // Literals beyond this are copied by the runtime.
    const int LongLiterals = 1024;

    // The sequence at hand: literals that are left and the match's low bits of length, until its offset has been read.
    bool isInSequence;
    long literals;
    int lengthBits;

    // The match at hand.
    long match;
    int offset;

    public override int BlockBytes => 32 * 1024;

    public override int HistoryBytes => MaxOffset;

    // Literals are stored as they are, and their length, all of which stands before the first, takes a byte per 255.
    public override int MaxCompressedBytes(int bytesLeft) => BlockBytes + bytesLeft / 255 + 16;

    /// <summary>Reads how many literals come first; gives the bytes that say so. There are none when the data ends before that.</summary>
    public static int ReadLiteralLength(byte* source, int sourceLength, out long literals)
    {
        literals = 0;
        byte* ip = source + 1;
        return sourceLength > 0 && ReadLength((uint)*source >> 4, &ip, source + sourceLength, out literals) ? (int)(ip - source) : 0;
    }

    public override int Decode(byte* source, int sourceLength, byte* destination, int history, int length)
    {
        byte* ip = source;
        byte* end = source + sourceLength;
        byte* op = destination;
        byte* stop = destination + length;
        byte* floor = destination - history;
        while (op < stop)
        {
            if (match > 0)
            {
                int n = (int)Math.Min(match, stop - op);
                CopyMatch(op, offset, n);
                op += n;
                match -= n;
                continue;
            }

            if (!isInSequence)
            {
                ip = DecodeFast(ip, end, &op, stop, floor);
                if (ip >= end)
                    return -1;

                uint token = *ip++;
                if (!ReadLength(token >> 4, &ip, end, out literals))
                    return -1;

                lengthBits = (int)token & 15;
                isInSequence = true;
            }

            if (literals > 0)
            {
                int n = (int)Math.Min(literals, stop - op);
                if (n > end - ip)
                    return -1;

                Unsafe.CopyBlockUnaligned(op, ip, (uint)n);
                ip += n;
                op += n;
                literals -= n;
                continue;
            }

            if (end - ip < 2)
                return -1;

            offset = Unsafe.ReadUnaligned<ushort>(ip);
            ip += 2;
            if (offset == 0 || offset > op - floor || !ReadLength((uint)lengthBits, &ip, end, out match))
                return -1;

            match += MinMatch;
            isInSequence = false;
        }

        return (int)(ip - source);
    }

    // Whole sequences, as long as they are far from both ends and of the usual kind. Gives where the next sequence begins.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static byte* DecodeFast(byte* ip, byte* end, byte** destination, byte* stop, byte* floor)
    {
        byte* op = *destination;
        while (true)
        {
            if (ip < end && *ip >> 4 < 15)
            {
                byte* behind = op;
                ip = DecodeShort(ip, end - ShortReadBytes, &behind, stop - ShortBytes, floor);
                op = behind;
            }

            if (end - ip < FastBytes || stop - op < FastBytes)
                break;

            byte* from = ip;
            uint token = *from++;
            uint count = token >> 4;
            byte* to = op;
            if (count == 15)
            {
                uint more = *from++;
                count += more;
                if (more == 255)
                {
                    byte* first = from;
                    if (!ReadLength(15, &first, end, out long rest) || rest > Math.Min(end - first, stop - to) - 2 * FastBytes)
                        break;

                    count += (uint)rest - 15;
                    from = first;
                }
            }

            CopyLiterals(from, to, count);
            from += count;
            to += count;
            uint distance = Unsafe.ReadUnaligned<ushort>(from);
            from += 2;
            if (distance == 0 || distance > to - floor)
                break;

            count = token & 15;
            if (count == 15)
            {
                uint more = *from++;
                if (more == 255)
                    break;

                count += more;
            }

            count += MinMatch;
            CopyMatch(to, (int)distance, (int)count);
            ip = from;
            op = to + count;
        }

        *destination = op;
        return ip;
    }

    // Sequences of up to 14 literals and a match of up to 16 bytes: what numbers are made of. Where the next one begins depends
    // on nothing but the number of literals, and that chain, from token to token, is what they take: so each token is loaded
    // before anything else is done about the one before. There is a byte to read at ip.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static byte* DecodeShort(byte* ip, byte* lastIp, byte** destination, byte* lastOp, byte* floor)
    {
        byte* op = *destination;
        nuint token = *ip;
        while (ip <= lastIp && op <= lastOp)
        {
            nuint literals = token >> 4;
            if (literals == 15)
                break;

            Vector128.Load(ip + 1).Store(op);
            nuint next = ip[literals + 3];
            nuint distance = Unsafe.ReadUnaligned<ushort>(ip + literals + 1);
            nuint match = token & 15;
            byte* to = op + literals;
            if (match > 16 - MinMatch || distance == 0 || distance > (nuint)(to - floor))
                break;

            if (distance < 16)
                CopyMatch(to, (int)distance, (int)match + MinMatch);
            else
                Vector128.Load(to - distance).Store(to);

            ip = ip + literals + 3;
            op = to + match + MinMatch;
            token = next;
        }

        *destination = op;
        return ip;
    }

    // Writes up to 63 bytes too many.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void CopyLiterals(byte* from, byte* to, uint count)
    {
        if (count > LongLiterals)
        {
            Unsafe.CopyBlockUnaligned(to, from, count);
            return;
        }

        for (uint i = 0; i < count; i += 64)
            Vector512.Load(from + i).Store(to + i);
    }

    // A length that does not fit into four bits goes on with bytes up to the first that is not 255.
    static bool ReadLength(uint bits, byte** source, byte* end, out long length)
    {
        length = bits;
        byte* ip = *source;
        byte b = 255;
        while (bits == 15 && b == 255)
        {
            if (ip >= end)
                return false;

            length += b = *ip++;
        }

        *source = ip;
        return true;
    }

    // Writes up to 15 bytes too many. A match that is nearer than 16 bytes repeats what it writes: byte by byte at first, and then from the
    // nearest multiple of its distance that is far enough.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void CopyMatch(byte* to, int offset, int count)
    {
        byte* stop = to + count;
        int period = offset;
        if (offset < 16)
        {
            period *= 15 / offset + 1;
            byte* far = to + Math.Min(count, period - offset);
            for (; to < far; to++)
                *to = *(to - offset);
        }

        for (; to < stop; to += 16)
            Vector128.Load(to - period).Store(to);
    }
}
