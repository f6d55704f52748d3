using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Streaming.Parquet.Compression;

/// <summary>
/// Snappy's literals and copies (google/snappy, format_description.txt), as long as they are far from both ends and of the usual kind. Of two loops the
/// one is chosen that suits what came before: in numbers literals and copies take turns, which the processor foresees, so a branch for each costs
/// nothing and the next element is found early; in levels copies follow copies as often as not, and finding out without a branch takes two thirds of the time.
/// </summary>
unsafe struct SnappyElements
{
    // More than is read and written at a time: a literal of up to 60 bytes and a copy of up to 64.
    const int Room = 160;

    // The choice is made anew after a piece: a short one at first and after a change, as levels stand at the front, then ever longer ones. Of the elements
    // of numbers, some ten copies in 2 KiB follow a copy; of levels, some 250.
    const int FirstPieceBytes = 1024;
    const int LastPieceBytes = 16 * 1024;
    const int BytesPerChained = 32;

    // Beyond any block.
    const uint NoOffset = 1 << 30;

    // Of every tag, from the lowest bit on: the element's bytes (8 bits), the bytes to the next tag (8), which bits of the two bytes behind the tag belong
    // to the offset (16), and those of its bits that the tag holds (32), which no block has room for where it is no copy. No bytes for what is not taken
    // here: literals above 60 bytes and copies with an offset of four bytes.
    static readonly ulong[] Elements = [.. Enumerable.Range(0, 256).Select(tag => Element((uint)tag))];

    // For every distance below 16, and for all beyond: which of the 16 bytes there each of the next 16 repeats.
    static readonly byte[] Repeats = [.. Enumerable.Range(0, 17 * 16).Select(i => (byte)(i < 16 ? 0 : i % 16 % (i / 16)))];

    int pieceBytes;
    bool areChained;

    /// <summary>At the start of a page.</summary>
    public SnappyElements() => pieceBytes = FirstPieceBytes;

    /// <summary>Decompresses what can be; gives where the next element begins.</summary>
    /// <param name="ip">The first element.</param>
    /// <param name="end">Where the compressed bytes end.</param>
    /// <param name="destination">Where its bytes go; moved behind the last.</param>
    /// <param name="start">Where the block began: no copy reaches further back.</param>
    /// <param name="stop">Where it ends.</param>
    public byte* Run(byte* ip, byte* end, byte** destination, byte* start, byte* stop)
    {
        byte* last = end - Room;
        byte* op = *destination;
        ref ulong elements = ref MemoryMarshal.GetArrayDataReference(Elements);
        ref byte repeats = ref MemoryMarshal.GetArrayDataReference(Repeats);
        while (stop - op >= Room)
        {
            byte* piece = op + Math.Min(pieceBytes, stop - op - Room);
            ip = areChained
                ? RunChained(ip, last, &op, start, piece, ref elements, ref repeats, out nint chained)
                : RunTurns(ip, last, &op, start, piece, ref elements, ref repeats, out chained);
            if (op <= piece)
                break;

            bool was = areChained;
            areChained = chained > pieceBytes / BytesPerChained;
            pieceBytes = areChained == was ? Math.Min(2 * pieceBytes, LastPieceBytes) : FirstPieceBytes;
        }

        *destination = op;
        return ip;
    }

    // A literal, if there is one, and a copy. What takes the time is where the next pair begins: so a short literal and the tag behind it come from one load,
    // and the copy's own tag says what is needed without a branch. Both loops count the copies that follow a copy, and are handed their tables, as what is
    // loaded once in front of a loop takes registers from it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static byte* RunTurns(
        byte* ip, byte* last, byte** destination, byte* start, byte* piece, ref ulong elements, ref byte repeats, out nint chained)
    {
        byte* op = *destination;
        nint found = 0;
        while (ip <= last && op <= piece)
        {
            nuint word = Unsafe.ReadUnaligned<nuint>(ip);
            byte* behindTag = ip + 1;
            if ((word & 0xF3) == 0)
            {
                // One to four bytes.
                nuint more = word & 12;
                Vector128.Load(behindTag).Store(op);
                nuint count = more >> 2;
                behindTag = ip + count + 3;
                word = (word >> 16) >> (int)(more + more);
                op += count + 1;
            }
            else if ((word & 3) == 0)
            {
                nuint count = ((word & 255) >> 2) + 1;
                if (count > 60)
                    break;

                CopyFar(behindTag, op, (int)count);
                op += count;
                behindTag += count + 1;
                word = Unsafe.ReadUnaligned<uint>(behindTag - 1);
            }
            else
            {
                found++;
            }

            ulong element = Unsafe.Add(ref elements, word & 255);
            nuint size = (byte)element;
            nuint offset = Offset(word >> 8, element);
            if (offset > (nuint)(op - start))
            {
                ip = behindTag - 1;
                if ((word & 3) == 0)
                    continue;

                break;
            }

            if (offset >= size)
            {
                CopyFar(op - offset, op, (int)size);
            }
            else
            {
                if (offset == 0 || size > 16)
                {
                    ip = behindTag - 1;
                    break;
                }

                Repeat(op - offset, op, ref Unsafe.Add(ref repeats, 16 * offset));
            }

            op += size;
            ip = behindTag + (word & 3);
        }

        *destination = op;
        chained = found;
        return ip;
    }

    // Whether it is a literal or a copy is a mask, not a branch: all ones for a literal, which is treated like a copy from behind its tag.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static byte* RunChained(
        byte* ip, byte* last, byte** destination, byte* start, byte* piece, ref ulong elements, ref byte repeats, out nint chained)
    {
        byte* op = *destination;
        nint found = 0;
        while (ip <= last && op <= piece)
        {
            nint tag = *ip;
            ulong element = Unsafe.Add(ref elements, tag);
            nint size = (byte)element;
            nint literal = ((tag & 3) - 1) >> 63;
            var offset = (nint)Offset(Unsafe.ReadUnaligned<ushort>(ip + 1), element);
            if (size == 0 || (nuint)(offset - 1) >= (nuint)((op - start) | literal))
                break;

            var from = (byte*)(((nint)(op - offset) & ~literal) | ((nint)(ip + 1) & literal));
            if (size <= 16)
            {
                nint beyond = offset - 16;
                Repeat(from, op, ref Unsafe.Add(ref repeats, 256 + 16 * (beyond & (beyond >> 63))));
            }
            else
            {
                if (offset < size && literal == 0)
                    break;

                CopyFar(from, op, (int)size);
            }

            op += size;
            ip += (byte)(element >> 8);

            // A copy is one more, a literal one less: it makes the copy behind it follow none.
            found += 1 + 2 * literal;
        }

        *destination = op;
        chained = found;
        return ip;
    }

    static ulong Element(uint tag) => (tag & 3) switch
    {
        0 when tag >> 2 < 60 => Element((tag >> 2) + 1, (tag >> 2) + 2, 0, NoOffset),
        1 => Element(4 + (tag >> 2 & 7), 2, 0xFF, tag >> 5 << 8),
        2 => Element((tag >> 2) + 1, 3, 0xFFFF, 0),
        _ => Element(0, 0, 0, NoOffset),
    };

    static ulong Element(uint size, uint toNext, uint offsetMask, uint offset) => size | toNext << 8 | offsetMask << 16 | (ulong)offset << 32;

    // Whether it takes no byte behind the tag, one or two can't be foreseen, so that is no branch.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static nuint Offset(nuint behindTag, ulong element) => (nuint)((element >> 32) | (behindTag & (element >> 16) & 0xFFFF));

    // Writes 16 bytes, whatever the distance.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Repeat(byte* from, byte* to, ref byte repeats) =>
        Vector128.ShuffleNative(Vector128.Load(from), Vector128.LoadUnsafe(ref repeats)).Store(to);

    /// <summary>Copies up to 64 bytes, 16 at a time, from at least as far away or from elsewhere; writes up to 15 bytes too many.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void CopyFar(byte* from, byte* to, int count)
    {
        Vector128.Load(from).Store(to);
        if (count <= 16)
            return;

        Vector128.Load(from + 16).Store(to + 16);
        if (count <= 32)
            return;

        Vector128.Load(from + 32).Store(to + 32);
        Vector128.Load(from + 48).Store(to + 48);
    }
}
