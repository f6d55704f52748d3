using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Streaming.Learning.Metrics;

/// <summary>
/// One row as a <see cref="ProbabilityHistogram"/> takes it: the smaller of the probabilities of the two classes, whose it is, and which came true. In the
/// bits of a double: the smaller one is at most 1/2, which leaves the highest bit of the exponent free; the sign is free as well.
/// </summary>
/// <param name="smaller">The smaller of the two probabilities.</param>
/// <param name="isHigh">Whether that is the probability of the negative class: the row's own is above 1/2.</param>
/// <param name="isPositive">Whether the row is positive.</param>
readonly struct ProbabilityRow(double smaller, bool isHigh, bool isPositive)
{
    /// <summary>Octaves on either side. Rows below 2⁻¹²⁸ or above 1 - 2⁻¹²⁸ share one bin.</summary>
    public const int Octaves = 128;

    const int MantissaBits = 52;
    const int ExponentOfHalf = 1022;
    const ulong High = 1UL << 63;
    const ulong Positive = 1UL << 62;

    readonly ulong code = (BitConverter.DoubleToUInt64Bits(smaller) & ~(High | Positive)) | (isHigh ? High : 0) | (isPositive ? Positive : 0);

    /// <summary>Makes rows of the probabilities of a tile.</summary>
    /// <param name="probabilities">A probability per row that it is positive.</param>
    /// <param name="complements">A probability per row that it is not, since 1 - p has lost the digits of a small one; empty where that is all there is.</param>
    /// <param name="targets">The class of each row.</param>
    /// <param name="positive">The class whose rows are positive.</param>
    /// <param name="rows">Receives the rows; as many as there are targets.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fill(
        ReadOnlySpan<double> probabilities, ReadOnlySpan<double> complements, ReadOnlySpan<double> targets, int positive, Span<ProbabilityRow> rows)
    {
        Span<ulong> codes = MemoryMarshal.Cast<ProbabilityRow, ulong>(rows);
        Vector512<double> own = Vector512.Create((double)positive);
        int i = 0;
        for (; i + 8 <= targets.Length; i += 8)
        {
            Vector512<double> probability = Vector512.Create(probabilities[i..]);
            Vector512<double> complement = complements.IsEmpty ? Vector512<double>.One - probability : Vector512.Create(complements[i..]);
            Vector512<double> isHigh = Vector512.GreaterThan(probability, complement), isPositive = Vector512.Equals(Vector512.Create(targets[i..]), own);
            Vector512<ulong> smaller = Vector512.ConditionalSelect(isHigh, complement, probability).AsUInt64() & Vector512.Create(~(High | Positive));
            (smaller | (isHigh.AsUInt64() & Vector512.Create(High)) | (isPositive.AsUInt64() & Vector512.Create(Positive))).CopyTo(codes[i..]);
        }

        for (; i < targets.Length; i++)
        {
            double complement = complements.IsEmpty ? 1 - probabilities[i] : complements[i];
            bool isHigh = probabilities[i] > complement;
            rows[i] = new ProbabilityRow(isHigh ? complement : probabilities[i], isHigh, targets[i] == positive);
        }
    }

    /// <summary>The smaller of the two probabilities.</summary>
    public double Smaller => BitConverter.UInt64BitsToDouble(code & ~(High | Positive));

    /// <summary>Whether it is positive.</summary>
    public bool IsPositive => (code & Positive) != 0;

    /// <summary>
    /// The number of its bin among those of all octaves, one behind the other: those up to 1/2, from the one below 1/2 on, then those above, from the one above
    /// 1/2 on (<see cref="Octaves"/>); the outermost are the last.
    /// </summary>
    /// <param name="bits">Bins of an octave, as a power of two.</param>
    public int PlaceOf(int bits)
    {
        ulong smaller = code & ~(High | Positive);
        int octave = Math.Max(0, ExponentOfHalf - (int)(smaller >> MantissaBits)), bin = (int)(smaller >> (MantissaBits - bits)) & ((1 << bits) - 1);
        if (octave >= Octaves)
            (octave, bin) = (Octaves - 1, 0);

        return (((int)(code >> 63) * Octaves + octave) << bits) | bin;
    }
}
