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

        return (Sum(a0 + b0, a1 + b1, a2 + b2, a3 + b3, a4 + b4, a5 + b5, a6 + b6, a7 + b7), Lanes.Sum(r0 + r1));
    }

    /// <summary>
    /// weights ← shrink · weights + step · row, of every set; then, as <see cref="Dots"/>, Σ weights · after of every set, and Σ next · after: weights that were just
    /// computed need not be read again.
    /// </summary>
    /// <param name="weights">[length × 8], aligned.</param>
    /// <param name="row">The row that is learned, padded as for <see cref="Dots"/>.</param>
    /// <param name="next">The one behind it.</param>
    /// <param name="after">The one behind that.</param>
    /// <param name="length">Numbers of a row.</param>
    /// <param name="shrink">A number per set.</param>
    /// <param name="step">Another.</param>
    public static (Vector512<double> Weights, double Row) StepAndDots(
        double* weights, double* row, double* next, double* after, int length, Vector512<double> shrink, Vector512<double> step)
    {
        Vector512<double> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, a6 = default, a7 = default;
        Vector512<double> b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default, b6 = default, b7 = default;
        Vector512<double> r0 = default, r1 = default;
        for (int j = 0; j < length; j += 16, weights += 128)
        {
            double* x = row + j, y = after + j;
            a0 = StepAndAdd(a0, weights, x, y, 0, shrink, step);
            a1 = StepAndAdd(a1, weights, x, y, 1, shrink, step);
            a2 = StepAndAdd(a2, weights, x, y, 2, shrink, step);
            a3 = StepAndAdd(a3, weights, x, y, 3, shrink, step);
            a4 = StepAndAdd(a4, weights, x, y, 4, shrink, step);
            a5 = StepAndAdd(a5, weights, x, y, 5, shrink, step);
            a6 = StepAndAdd(a6, weights, x, y, 6, shrink, step);
            a7 = StepAndAdd(a7, weights, x, y, 7, shrink, step);
            b0 = StepAndAdd(b0, weights, x, y, 8, shrink, step);
            b1 = StepAndAdd(b1, weights, x, y, 9, shrink, step);
            b2 = StepAndAdd(b2, weights, x, y, 10, shrink, step);
            b3 = StepAndAdd(b3, weights, x, y, 11, shrink, step);
            b4 = StepAndAdd(b4, weights, x, y, 12, shrink, step);
            b5 = StepAndAdd(b5, weights, x, y, 13, shrink, step);
            b6 = StepAndAdd(b6, weights, x, y, 14, shrink, step);
            b7 = StepAndAdd(b7, weights, x, y, 15, shrink, step);
            r0 = Vector512.FusedMultiplyAdd(Vector512.LoadAligned(y), Vector512.LoadAligned(next + j), r0);
            r1 = Vector512.FusedMultiplyAdd(Vector512.LoadAligned(y + 8), Vector512.LoadAligned(next + j + 8), r1);
        }

        return (Sum(a0 + b0, a1 + b1, a2 + b2, a3 + b3, a4 + b4, a5 + b5, a6 + b6, a7 + b7), Lanes.Sum(r0 + r1));
    }

    // As Lanes.Sum has it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<double> Sum(
        Vector512<double> s0, Vector512<double> s1, Vector512<double> s2, Vector512<double> s3,
        Vector512<double> s4, Vector512<double> s5, Vector512<double> s6, Vector512<double> s7) =>
        ((s0 + s4) + (s1 + s5)) + ((s2 + s6) + (s3 + s7));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<double> StepAndAdd(
        Vector512<double> sum, double* weights, double* row, double* after, int j, Vector512<double> shrink, Vector512<double> step)
    {
        Vector512<double> learned = Vector512.FusedMultiplyAdd(Vector512.Create(row[j]), step, Vector512.LoadAligned(weights + 8 * j) * shrink);
        learned.StoreAligned(weights + 8 * j);
        return Vector512.FusedMultiplyAdd(Vector512.Create(after[j]), learned, sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<double> Add(Vector512<double> sum, double* weights, double* row, int j) =>
        Vector512.FusedMultiplyAdd(Vector512.Create(row[j]), Vector512.LoadAligned(weights + 8 * j), sum);
}
