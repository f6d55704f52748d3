using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Streaming.Parquet.Encodings;

/// <summary>
/// Unpacks dictionary codes of up to eight bits, 64 to a register, and replaces each by its entry of 32 bits, without touching memory in
/// between (AVX-512 VBMI). The entries' bytes stand in planes: all first bytes, then all second ones, and so on. A permutation of a plane by the codes
/// gives that byte of 64 entries; interleaving the four results gives the entries:
/// <code>
/// planes    a0 b0 c0 d0 ... | a1 b1 c1 d1 ... | a2 ...
/// codes     2 0
/// permuted  c0 a0 | c1 a1 | c2 a2 | c3 a3
/// entries   c0 c1 c2 c3  a0 a1 a2 a3
/// </code>
/// Interleaving works within quarters of a register, so codes are unpacked in the order that makes the entries come out in theirs.
/// A permutation can't read foreign memory, whatever the code: one comparison of the largest code at the end is enough. Reads up to 64
/// bytes behind the start of each step.
/// </summary>
static unsafe class PlaneLookup
{
    /// <summary>Most entries: a code is a byte.</summary>
    public const int MaxEntries = 256;

    /// <summary>Bytes of the planes.</summary>
    public const int Bytes = 4 * MaxEntries;

    const int Lanes = 64;
    const int MaxWidth = 8;

    // Four codes, that is half as many bytes as a code has bits, go to each 32 bits of a register: entry [width * 64 + lane] says which byte
    // of the packed codes goes to a lane, and at which bit of its 64 the lane's code then starts.
    static readonly byte[] Permutations = MakeTable((width, lane) => Math.Min(63, 4 * width * Group(lane) / 8 + lane % 4));
    static readonly byte[] Shifts = MakeTable((width, lane) => lane / 4 % 2 * 32 + 4 * width * Group(lane) % 8 + lane % 4 * width);

    // Which of the 64 codes a lane holds.
    static readonly byte[] Order = MakeTable((_, lane) => 4 * Group(lane) + lane % 4);

    /// <summary>Whether the processor can.</summary>
    public static bool IsSupported => Avx512Vbmi.IsSupported && Avx512BW.IsSupported;

    /// <summary>Whether codes of a width into so many entries can be replaced.</summary>
    public static bool Fits(int width, uint entries) => IsSupported && width is > 0 and <= MaxWidth && entries is > 0 and <= MaxEntries;

    /// <summary>Makes the planes of a table.</summary>
    public static void MakePlanes(uint* table, int entries, byte* planes)
    {
        for (int k = 0; k < 4; k++)
        {
            for (int i = 0; i < entries; i++)
                planes[k * MaxEntries + i] = (byte)(table[i] >> (8 * k));
        }
    }

    /// <summary>Replaces <paramref name="count"/> codes that start at a byte; false when one is not in the table.</summary>
    public static bool Run(byte* source, int width, byte* planes, uint entries, uint* destination, int count) => entries <= MaxEntries / 2
        ? Run<Half>(source, width, planes, entries, destination, count)
        : Run<Whole>(source, width, planes, entries, destination, count);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static bool Run<TPlane>(byte* source, int width, byte* planes, uint entries, uint* destination, int count)
        where TPlane : struct, IPlane<TPlane>
    {
        Vector512<byte> permutation = Vector512.LoadUnsafe(ref Permutations[width * Lanes]);
        Vector512<byte> shift = Vector512.LoadUnsafe(ref Shifts[width * Lanes]);
        Vector512<byte> mask = Vector512.Create((byte)((1 << width) - 1));
        Vector512<byte> max = Vector512<byte>.Zero;
        TPlane p0 = TPlane.At(planes);
        TPlane p1 = TPlane.At(planes + MaxEntries);
        TPlane p2 = TPlane.At(planes + 2 * MaxEntries);
        TPlane p3 = TPlane.At(planes + 3 * MaxEntries);

        // Where the last step would be part of one, it starts early, at a byte too, and does some codes again.
        int whole = count < Lanes ? 0 : count & ~7;
        for (int done = 0; done < whole; done += Lanes)
        {
            done = Math.Min(done, whole - Lanes);
            Vector512<byte> codes = Unpack(source + (long)done / 8 * width, permutation, shift) & mask;
            max = Vector512.Max(max, codes);
            Interleave(
                p0.Look(codes), p1.Look(codes), p2.Look(codes), p3.Look(codes),
                out Vector512<uint> v0, out Vector512<uint> v1, out Vector512<uint> v2, out Vector512<uint> v3);
            v0.Store(destination + done);
            v1.Store(destination + done + 16);
            v2.Store(destination + done + 32);
            v3.Store(destination + done + 48);
        }

        count -= whole;
        if (count > 0)
        {
            // What stands behind the last code is none.
            Vector512<byte> isThere = Vector512.LessThan(Vector512.LoadUnsafe(ref Order[0]), Vector512.Create((byte)count));
            Vector512<byte> codes = Unpack(source + (long)whole / 8 * width, permutation, shift) & mask & isThere;
            max = Vector512.Max(max, codes);
            Interleave(
                p0.Look(codes), p1.Look(codes), p2.Look(codes), p3.Look(codes),
                out Vector512<uint> v0, out Vector512<uint> v1, out Vector512<uint> v2, out Vector512<uint> v3);
            StoreSome(v0, destination + whole, count);
            StoreSome(v1, destination + whole + 16, count - 16);
            StoreSome(v2, destination + whole + 32, count - 32);
            StoreSome(v3, destination + whole + 48, count - 48);
        }

        return Vector512.LessThanOrEqualAll(max, Vector512.Create((byte)(entries - 1)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<byte> Unpack(byte* source, Vector512<byte> permutation, Vector512<byte> shift) =>
        Avx512Vbmi.MultiShift(shift, Avx512Vbmi.PermuteVar64x8(Vector512.Load(source), permutation).AsUInt64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Interleave(
        Vector512<byte> b0, Vector512<byte> b1, Vector512<byte> b2, Vector512<byte> b3,
        out Vector512<uint> v0, out Vector512<uint> v1, out Vector512<uint> v2, out Vector512<uint> v3)
    {
        Vector512<ushort> low01 = Avx512BW.UnpackLow(b0, b1).AsUInt16();
        Vector512<ushort> low23 = Avx512BW.UnpackLow(b2, b3).AsUInt16();
        Vector512<ushort> high01 = Avx512BW.UnpackHigh(b0, b1).AsUInt16();
        Vector512<ushort> high23 = Avx512BW.UnpackHigh(b2, b3).AsUInt16();
        v0 = Avx512BW.UnpackLow(low01, low23).AsUInt32();
        v1 = Avx512BW.UnpackHigh(low01, low23).AsUInt32();
        v2 = Avx512BW.UnpackLow(high01, high23).AsUInt32();
        v3 = Avx512BW.UnpackHigh(high01, high23).AsUInt32();
    }

    // The first values only; a mask keeps the others from being written.
    static void StoreSome(Vector512<uint> values, uint* destination, int count) =>
        Avx512F.MaskStore(destination, Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsUInt32(), values);

    // Which four codes, of 16 times four, a lane's are one of.
    static int Group(int lane) => 4 * (lane / 4 % 4) + lane / 16;

    static byte[] MakeTable(Func<int, int, int> entry) =>
        [.. Enumerable.Range(0, (MaxWidth + 1) * Lanes).Select(i => (byte)entry(i / Lanes, i % Lanes))];

    // A plane in registers: loaded anew in each step all four would take a tenth more of the time.
    interface IPlane<TSelf>
        where TSelf : struct, IPlane<TSelf>
    {
        static abstract TSelf At(byte* plane);

        // Bytes of the entries that codes stand for.
        Vector512<byte> Look(Vector512<byte> codes);
    }

    // Up to 128 entries.
    readonly struct Half(Vector512<byte> low, Vector512<byte> high) : IPlane<Half>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Half At(byte* plane) => new(Vector512.Load(plane), Vector512.Load(plane + 64));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<byte> Look(Vector512<byte> codes) => Avx512Vbmi.PermuteVar64x8x2(low, codes, high);
    }

    // The codes' highest bit chooses between two halves.
    readonly struct Whole(Half low, Half high) : IPlane<Whole>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Whole At(byte* plane) => new(Half.At(plane), Half.At(plane + MaxEntries / 2));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<byte> Look(Vector512<byte> codes) => Vector512.ConditionalSelect(
            Vector512.LessThan(codes.AsSByte(), Vector512<sbyte>.Zero).AsByte(), high.Look(codes), low.Look(codes));
    }
}
