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

    // Of every tag: the element's bytes, above them the bits of the offset that the tag holds, and from bit 16 on the bytes to the next tag. 0 for what is
    // not taken here: literals above 60 bytes and copies with an offset of four bytes.
    static readonly uint[] Elements = [.. Enumerable.Range(0, 256).Select(Element)];

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
        while (stop - op >= Room)
        {
            byte* piece = op + Math.Min(pieceBytes, stop - op - Room);
            ip = areChained
                ? RunChained(ip, last, &op, start, piece, out nint chained)
                : RunTurns(ip, last, &op, start, piece, out chained);
            if (op <= piece)
                break;

            bool was = areChained;
            areChained = chained > pieceBytes / BytesPerChained;
            pieceBytes = areChained == was ? Math.Min(2 * pieceBytes, LastPieceBytes) : FirstPieceBytes;
        }

        *destination = op;
        return ip;
    }

    // A literal, if there is one, and a copy. Both loops count the copies that follow a copy.
    static byte* RunTurns(byte* ip, byte* last, byte** destination, byte* start, byte* piece, out nint chained)
    {
        byte* op = *destination;
        ref uint elements = ref MemoryMarshal.GetArrayDataReference(Elements);
        ref byte repeats = ref MemoryMarshal.GetArrayDataReference(Repeats);
        nint found = 0;
        while (ip <= last && op <= piece)
        {
            nint tag = *ip;
            if ((tag & 3) == 0)
            {
                nint count = (tag >> 2) + 1;
                if (count > 60)
                    break;

                CopyFar(ip + 1, op, (int)count);
                op += count;
                ip += count + 1;
                tag = *ip;
                if ((tag & 3) == 0)
                    continue;
            }
            else
            {
                found++;
            }

            nint element = (nint)Unsafe.Add(ref elements, tag);
            nint size = element & 255;
            nint offset = Offset(ip, tag & 3, element);
            if (size == 0 || offset > op - start)
                break;

            if (offset >= size)
            {
                CopyFar(op - offset, op, (int)size);
            }
            else
            {
                if (offset == 0 || size > 16)
                    break;

                Repeat(op - offset, op, ref Unsafe.Add(ref repeats, 16 * offset));
            }

            op += size;
            ip += 1 + (tag & 3);
        }

        *destination = op;
        chained = found;
        return ip;
    }

    // Whether it is a literal or a copy is a mask, not a branch: all ones for a literal, which is treated like a copy from behind its tag.
    static byte* RunChained(byte* ip, byte* last, byte** destination, byte* start, byte* piece, out nint chained)
    {
        byte* op = *destination;
        ref uint elements = ref MemoryMarshal.GetArrayDataReference(Elements);
        ref byte repeats = ref MemoryMarshal.GetArrayDataReference(Repeats);
        nint found = 0;
        while (ip <= last && op <= piece)
        {
            nint tag = *ip;
            nint element = (nint)Unsafe.Add(ref elements, tag);
            nint size = element & 255;
            nint literal = ((tag & 3) - 1) >> 63;
            nint offset = Offset(ip, tag & 3, element) | (literal & 16);
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
            ip += element >> 16;

            // A copy is one more, a literal one less: it makes the copy behind it follow none.
            found += 1 + 2 * literal;
        }

        *destination = op;
        chained = found;
        return ip;
    }

    static uint Element(int tag) => (uint)((tag & 3) switch
    {
        0 when tag >> 2 < 60 => (tag >> 2) + 1 | (tag >> 2) + 2 << 16,
        1 => 4 + (tag >> 2 & 7) | tag >> 5 << 8 | 2 << 16,
        2 => (tag >> 2) + 1 | 3 << 16,
        _ => 0,
    });

    // Takes no byte behind the tag, one or two: which of them can't be foreseen, so that is no branch.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static nint Offset(byte* ip, nint bytes, nint element) =>
        (element & 0x700) | (Unsafe.ReadUnaligned<ushort>(ip + 1) & (nint)(0xFFFF_00FF_0000 >> (int)(16 * bytes)));

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
