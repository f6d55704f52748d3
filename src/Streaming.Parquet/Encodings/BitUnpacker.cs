using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Streaming.Parquet.Encodings;

/// <summary>
/// Unpacks integers of a fixed number of bits, low bit first (parquet-format, Encodings.md, "Run Length Encoding /
/// Bit-Packing Hybrid"). Sixteen (eight with AVX2) at a time for widths up to 25: one byte permutation brings the four bytes
/// that hold value i into lane i, a shift by (i * width) mod 8 and a mask finish it:
/// <code>
/// bytes  |b0      |b1      |b2      |b3   ...      width 5
/// values |00000|11111|22222|33333|44444|...
/// lane 2 = b1 b2 b3 b4, shifted right by 2
/// </code>
/// Reads up to 64 bytes behind the start of each step: buffers have that slack behind their end.
/// </summary>
static unsafe class BitUnpacker
{
    /// <summary>Widest values that the vector paths take: with a shift of 7 they just fit into 32 bits.</summary>
    public const int MaxVectorWidth = 25;

    const int Lanes512 = 16;
    const int Lanes256 = 8;

    // Entry [width * 64 + 4 * lane + byte] and [width * 16 + lane].
    static readonly byte[] Permutations = MakePermutations();
    static readonly uint[] Shifts = MakeShifts();

    // The same within two halves of 16 bytes, the second of which starts (4 * width) / 8 bytes behind the first.
    static readonly byte[] HalfPermutations = MakeHalfPermutations();
    static readonly uint[] HalfShifts = MakeHalfShifts();

    /// <summary>Whether 16 values are unpacked at a time.</summary>
    public static bool Has512 => Avx512Vbmi.IsSupported && Avx512F.IsSupported;

    /// <summary>Whether 8 values are unpacked at a time.</summary>
    public static bool Has256 => Avx2.IsSupported;

    /// <summary>Unpacks <paramref name="count"/> values that start at a byte; gives the largest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static uint Unpack(byte* source, int width, uint* destination, int count)
    {
        int done = 0;
        uint largest = 0;
        if (width is > 0 and <= MaxVectorWidth)
        {
            if (Has512 && count >= Lanes512)
            {
                // Where the last step would be half a step, it starts eight values early, at a byte too, and does those again.
                var step = new Step512(width);
                Vector512<uint> max = Vector512<uint>.Zero;
                done = count & ~7;
                for (int i = 0; i < done; i += Lanes512)
                {
                    i = Math.Min(i, done - Lanes512);
                    Vector512<uint> values = step.Next(source + (nuint)(uint)i / 8 * (nuint)width);
                    values.Store(destination + i);
                    max = Vector512.Max(max, values);
                }

                largest = Largest(Vector256.Max(max.GetLower(), max.GetUpper()));
            }
            else if (Has256)
            {
                var step = new Step256(width);
                Vector256<uint> max = Vector256<uint>.Zero;
                for (; done + Lanes256 <= count; done += Lanes256)
                {
                    Vector256<uint> values = step.Next(source + (long)done / 8 * width);
                    values.Store(destination + done);
                    max = Vector256.Max(max, values);
                }

                largest = Largest(max);
            }
        }

        return Math.Max(largest, UnpackScalar(source, (long)done * width, width, destination + done, count - done));
    }

    /// <summary>The scalar twin; may start at any bit. Of no values 0 is the largest.</summary>
    public static uint UnpackScalar(byte* source, long bit, int width, uint* destination, int count)
    {
        uint largest = 0;
        for (int i = 0; i < count; i++, bit += width)
            largest = Math.Max(largest, destination[i] = One(source, bit, width));

        return largest;
    }

    /// <summary>The value that starts at a bit; width up to 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint One(byte* source, long bit, int width) =>
        (uint)(Unsafe.ReadUnaligned<ulong>(source + (bit >> 3)) >> (int)(bit & 7)) & (uint)((1UL << width) - 1);

    /// <summary>Unpacks 16 values per call with AVX-512 VBMI.</summary>
    [method: MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly struct Step512(int width)
    {
        readonly Vector512<byte> permutation = Vector512.LoadUnsafe(ref Permutations[width * 64]);
        readonly Vector512<uint> shift = Vector512.LoadUnsafe(ref Shifts[width * Lanes512]);
        readonly Vector512<uint> mask = Vector512.Create((uint)((1UL << width) - 1));

        /// <summary>The 16 values that start at <paramref name="source"/>; the next start 2 * width bytes on.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<uint> Next(byte* source) =>
            Avx512F.ShiftRightLogicalVariable(Avx512Vbmi.PermuteVar64x8(Vector512.Load(source), permutation).AsUInt32(), shift) & mask;
    }

    /// <summary>Unpacks 8 values per call with AVX2.</summary>
    [method: MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly struct Step256(int width)
    {
        readonly Vector256<byte> permutation = Vector256.LoadUnsafe(ref HalfPermutations[width * 32]);
        readonly Vector256<uint> shift = Vector256.LoadUnsafe(ref HalfShifts[width * Lanes256]);
        readonly Vector256<uint> mask = Vector256.Create((uint)((1UL << width) - 1));
        readonly int half = width * 4 / 8;

        /// <summary>The 8 values that start at <paramref name="source"/>; the next start width bytes on.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<uint> Next(byte* source) =>
            Avx2.ShiftRightLogicalVariable(Avx2.Shuffle(LoadHalves(source), permutation).AsUInt32(), shift) & mask;

        Vector256<byte> LoadHalves(byte* source) => Vector256.Create(Vector128.Load(source), Vector128.Load(source + half));
    }

    static uint Largest(Vector256<uint> values)
    {
        Vector128<uint> max = Vector128.Max(values.GetLower(), values.GetUpper());
        max = Vector128.Max(max, Vector128.Shuffle(max, Vector128.Create(2u, 3, 0, 1)));
        return Math.Max(max[0], max[1]);
    }

    static byte[] MakePermutations()
    {
        var table = new byte[(MaxVectorWidth + 1) * 64];
        for (int i = 0; i < table.Length; i++)
            table[i] = (byte)Math.Min(63, (i % 64 / 4 * (i / 64) / 8) + i % 4);

        return table;
    }

    static uint[] MakeShifts()
    {
        var table = new uint[(MaxVectorWidth + 1) * Lanes512];
        for (int i = 0; i < table.Length; i++)
            table[i] = (uint)(i % Lanes512 * (i / Lanes512) % 8);

        return table;
    }

    static byte[] MakeHalfPermutations()
    {
        var table = new byte[(MaxVectorWidth + 1) * 32];
        for (int i = 0; i < table.Length; i++)
            table[i] = (byte)Math.Min(15, (HalfBit(i / 32, i % 32 / 4) / 8) + i % 4);

        return table;
    }

    static uint[] MakeHalfShifts()
    {
        var table = new uint[(MaxVectorWidth + 1) * Lanes256];
        for (int i = 0; i < table.Length; i++)
            table[i] = (uint)(HalfBit(i / Lanes256, i % Lanes256) % 8);

        return table;
    }

    // Where a lane's value starts within its half.
    static int HalfBit(int width, int lane) => lane < 4 ? lane * width : lane * width - width * 4 / 8 * 8;
}
