using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Streaming.Learning.Numerics;

/// <summary>
/// What <see cref="RowKernels"/> does, for eight sets of weights at a time: a lane is a set, a feature a vector of its eight weights. Every
/// lane gets the bits that <see cref="RowKernels"/> gives: the sums that it keeps in lanes are here sixteen vectors, added in the same order.
/// </summary>
static unsafe class CandidateKernels
{
    /// <summary>Σ weights · next of every set, and Σ row · next.</summary>
    /// <param name="weights">[length × 8], aligned.</param>
    /// <param name="row">A row in double, padded with zeros to a multiple of 16, aligned.</param>
    /// <param name="next">Another.</param>
    /// <param name="length">Numbers of a row.</param>
    public static (Vector512<double> Weights, double Row) Dots(double* weights, double* row, double* next, int length)
    {
        Vector512<double> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, a6 = default, a7 = default;
        Vector512<double> b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default, b6 = default, b7 = default;
        Vector512<double> r0 = default, r1 = default;
        for (int j = 0; j < length; j += 16, weights += 128)
        {
            double* x = next + j;
            a0 = Add(a0, weights, x, 0);
            a1 = Add(a1, weights, x, 1);
            a2 = Add(a2, weights, x, 2);
            a3 = Add(a3, weights, x, 3);
            a4 = Add(a4, weights, x, 4);
            a5 = Add(a5, weights, x, 5);
            a6 = Add(a6, weights, x, 6);
            a7 = Add(a7, weights, x, 7);
            b0 = Add(b0, weights, x, 8);
            b1 = Add(b1, weights, x, 9);
            b2 = Add(b2, weights, x, 10);
            b3 = Add(b3, weights, x, 11);
            b4 = Add(b4, weights, x, 12);
            b5 = Add(b5, weights, x, 13);
            b6 = Add(b6, weights, x, 14);
            b7 = Add(b7, weights, x, 15);
            r0 = Vector512.FusedMultiplyAdd(Vector512.LoadAligned(x), Vector512.LoadAligned(row + j), r0);
            r1 = Vector512.FusedMultiplyAdd(Vector512.LoadAligned(x + 8), Vector512.LoadAligned(row + j + 8), r1);
        }

        // As Lanes.Sum has it.
        Vector512<double> first = (a0 + b0) + (a4 + b4), second = (a1 + b1) + (a5 + b5);
        Vector512<double> third = (a2 + b2) + (a6 + b6), fourth = (a3 + b3) + (a7 + b7);
        return ((first + second) + (third + fourth), Lanes.Sum(r0 + r1));
    }

    /// <summary>weights ← shrink · weights + step · row, of every set.</summary>
    public static void Step(double* weights, double* row, int length, Vector512<double> shrink, Vector512<double> step)
    {
        for (int j = 0; j < length; j++, weights += 8)
            Vector512.FusedMultiplyAdd(Vector512.Create(row[j]), step, Vector512.LoadAligned(weights) * shrink).StoreAligned(weights);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<double> Add(Vector512<double> sum, double* weights, double* row, int j) =>
        Vector512.FusedMultiplyAdd(Vector512.Create(row[j]), Vector512.LoadAligned(weights + 8 * j), sum);
}
