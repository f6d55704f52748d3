using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Streaming.Learning.Models;

/// <summary>
/// Turns the scores of linear classifiers into predictions and probabilities, in place. A lane is a row; the exponential is our own,
/// because those of the run-time libraries differ in their last bit from one platform to the next.
/// </summary>
static class Probabilities
{
    const int Lanes = 8;

    /// <summary>
    /// Two classes. <paramref name="output"/> holds three columns of <paramref name="rows"/> values: prediction, probability of
    /// class 0, probability of class 1; the scores are in the last one. Class 1 is predicted where the score is above 0.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Logistic(Span<double> output, int rows)
    {
        Span<double> predictions = output[..rows], zeros = output.Slice(rows, rows), ones = output.Slice(2 * rows, rows);
        for (int row = 0; row < rows; row += Lanes)
        {
            Vector512<double> score = Load(ones[row..]);
            Vector512<double> positive = Vector512.GreaterThan(score, Vector512<double>.Zero);

            // With e = exp(-|score|) both probabilities, 1/(1+e) and e/(1+e), keep all their digits: neither is taken from 1.
            Vector512<double> e = Exp(-Vector512.Abs(score));
            Vector512<double> larger = Vector512<double>.One / (Vector512<double>.One + e);
            Vector512<double> smaller = e * larger;
            Store(Vector512.ConditionalSelect(positive, Vector512<double>.One, Vector512<double>.Zero), predictions[row..]);
            Store(Vector512.ConditionalSelect(positive, smaller, larger), zeros[row..]);
            Store(Vector512.ConditionalSelect(positive, larger, smaller), ones[row..]);
        }
    }

    /// <summary>
    /// More classes. <paramref name="output"/> holds 1 + <paramref name="classes"/> columns: prediction, then a score per class, which
    /// becomes its probability by softmax. The highest score is predicted; of equals, the first.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Softmax(Span<double> output, int rows, int classes)
    {
        for (int row = 0; row < rows; row += Lanes)
        {
            Vector512<double> best = Load(output.Slice(rows + row, Math.Min(Lanes, rows - row)));
            Vector512<double> prediction = Vector512<double>.Zero;
            for (int c = 1; c < classes; c++)
            {
                Vector512<double> score = Load(ColumnFrom(output, row, rows, c));
                Vector512<double> higher = Vector512.GreaterThan(score, best);
                prediction = Vector512.ConditionalSelect(higher, Vector512.Create((double)c), prediction);
                best = Vector512.ConditionalSelect(higher, score, best);
            }

            Vector512<double> sum = Vector512<double>.Zero;
            for (int c = 0; c < classes; c++)
            {
                Span<double> column = ColumnFrom(output, row, rows, c);
                Vector512<double> e = Exp(Load(column) - best);
                Store(e, column);
                sum += e;
            }

            for (int c = 0; c < classes; c++)
            {
                Span<double> column = ColumnFrom(output, row, rows, c);
                Store(Load(column) / sum, column);
            }

            Store(prediction, output[row..rows]);
        }
    }

    /// <summary>
    /// eˣ for x ≤ 0, to about one unit in the last place: x = n·ln 2 + r with |r| ≤ ln 2 / 2, eʳ by its Taylor series to r¹³ (the rest
    /// is below 2⁻⁵⁷), then times 2ⁿ in two steps so that results below the normal range round once. ln 2 is split as in fdlibm's
    /// e_exp.c, so that n times its first part is exact.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<double> Exp(Vector512<double> x)
    {
        // Adding 1.5·2⁵² rounds to a whole number and leaves it in the low bits of the sum.
        Vector512<double> shifter = Vector512.Create(6755399441055744.0);
        x = Vector512.Max(x, Vector512.Create(-746.0));
        Vector512<double> shifted = Vector512.FusedMultiplyAdd(x, Vector512.Create(1.4426950408889634), shifter);
        Vector512<double> n = shifted - shifter;
        Vector512<double> r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-6.93147180369123816490e-01), x);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-1.90821492927058770002e-10), r);

        Vector512<double> p = Vector512.Create(1.0 / 6227020800);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 479001600));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 39916800));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 3628800));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 362880));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 40320));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 5040));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 720));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 120));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 24));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 6));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(0.5));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512<double>.One);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512<double>.One);

        Vector512<long> power = shifted.AsInt64() - shifter.AsInt64();
        Vector512<long> half = Vector512.ShiftRightArithmetic(power, 1);
        return p * PowerOfTwo(half) * PowerOfTwo(power - half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<double> PowerOfTwo(Vector512<long> exponent) =>
        Vector512.ShiftLeft(exponent + Vector512.Create(1023L), 52).AsDouble();

    static Span<double> ColumnFrom(Span<double> output, int row, int rows, int score) =>
        output.Slice((1 + score) * rows + row, Math.Min(Lanes, rows - row));

    static Vector512<double> Load(ReadOnlySpan<double> values)
    {
        if (values.Length >= Lanes)
            return Vector512.Create(values);

        Span<double> padded = stackalloc double[Lanes];
        padded.Clear();
        values.CopyTo(padded);
        return Vector512.Create((ReadOnlySpan<double>)padded);
    }

    static void Store(Vector512<double> vector, Span<double> values)
    {
        if (values.Length >= Lanes)
        {
            vector.CopyTo(values);
            return;
        }

        Span<double> padded = stackalloc double[Lanes];
        vector.CopyTo(padded);
        padded[..values.Length].CopyTo(values);
    }
}
