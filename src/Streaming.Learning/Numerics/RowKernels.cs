using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Streaming.Learning.Numerics;

/// <summary>
/// What a learner of single rows does with a row of floats and its weights in double: rows are padded with zeros to a multiple of
/// 16, weights are aligned to cache lines. Additions are in a fixed order (see <see cref="Lanes"/>).
/// </summary>
static unsafe class RowKernels
{
    /// <summary>Σ weights · row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Dot(double* weights, float* row, int length)
    {
        Vector512<double> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        int j = 0;
        for (; j + 32 <= length; j += 32)
        {
            sum0 = Vector512.FusedMultiplyAdd(Lanes.Widen(row + j), Vector512.LoadAligned(weights + j), sum0);
            sum1 = Vector512.FusedMultiplyAdd(Lanes.Widen(row + j + 8), Vector512.LoadAligned(weights + j + 8), sum1);
            sum2 = Vector512.FusedMultiplyAdd(Lanes.Widen(row + j + 16), Vector512.LoadAligned(weights + j + 16), sum2);
            sum3 = Vector512.FusedMultiplyAdd(Lanes.Widen(row + j + 24), Vector512.LoadAligned(weights + j + 24), sum3);
        }

        if (j < length)
        {
            sum0 = Vector512.FusedMultiplyAdd(Lanes.Widen(row + j), Vector512.LoadAligned(weights + j), sum0);
            sum1 = Vector512.FusedMultiplyAdd(Lanes.Widen(row + j + 8), Vector512.LoadAligned(weights + j + 8), sum1);
        }

        return Lanes.Sum((sum0 + sum1) + (sum2 + sum3));
    }

    /// <summary>Σ weights · next and Σ row · next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (double Weights, double Row) Dots(double* weights, float* row, float* next, int length)
    {
        Vector512<double> w0 = default, w1 = default, r0 = default, r1 = default;
        for (int j = 0; j < length; j += 16)
        {
            Vector512<double> low = Lanes.Widen(next + j), high = Lanes.Widen(next + j + 8);
            w0 = Vector512.FusedMultiplyAdd(low, Vector512.LoadAligned(weights + j), w0);
            w1 = Vector512.FusedMultiplyAdd(high, Vector512.LoadAligned(weights + j + 8), w1);
            r0 = Vector512.FusedMultiplyAdd(low, Lanes.Widen(row + j), r0);
            r1 = Vector512.FusedMultiplyAdd(high, Lanes.Widen(row + j + 8), r1);
        }

        return (Lanes.Sum(w0 + w1), Lanes.Sum(r0 + r1));
    }

    /// <summary>weights ← shrink · weights + step · row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Step(double* weights, float* row, int length, double shrink, double step)
    {
        Vector512<double> s = Vector512.Create(shrink), c = Vector512.Create(step);
        for (int j = 0; j < length; j += 16)
        {
            Vector512<double> low = Vector512.LoadAligned(weights + j) * s, high = Vector512.LoadAligned(weights + j + 8) * s;
            Vector512.FusedMultiplyAdd(Lanes.Widen(row + j), c, low).StoreAligned(weights + j);
            Vector512.FusedMultiplyAdd(Lanes.Widen(row + j + 8), c, high).StoreAligned(weights + j + 8);
        }
    }

    /// <summary>weights ← shrink · weights + step · gradient.</summary>
    public static void Step(double* weights, double* gradient, int length, double shrink, double step)
    {
        Vector512<double> s = Vector512.Create(shrink), c = Vector512.Create(step);
        for (int j = 0; j < length; j += 8)
            Vector512.FusedMultiplyAdd(Vector512.LoadAligned(gradient + j), c, Vector512.LoadAligned(weights + j) * s).StoreAligned(weights + j);
    }

    /// <summary>sum ← sum + weights.</summary>
    public static void AddTo(double* sum, double* weights, int length)
    {
        for (int j = 0; j < length; j += 8)
            (Vector512.LoadAligned(sum + j) + Vector512.LoadAligned(weights + j)).StoreAligned(sum + j);
    }

    /// <summary>sum ← 0 + the first array + the second + …</summary>
    /// <param name="arrays">The arrays, aligned to cache lines.</param>
    /// <param name="count">How many.</param>
    /// <param name="length">Numbers of each, a multiple of 16.</param>
    /// <param name="sum">Their sums.</param>
    public static void Sum(double** arrays, int count, long length, double* sum)
    {
        for (long j = 0; j < length; j += 16)
        {
            Vector512<double> low = default, high = default;
            for (int i = 0; i < count; i++)
            {
                low += Vector512.LoadAligned(arrays[i] + j);
                high += Vector512.LoadAligned(arrays[i] + j + 8);
            }

            low.StoreAligned(sum + j);
            high.StoreAligned(sum + j + 8);
        }
    }

    /// <summary>
    /// The cumulative L1 penalty (Tsuruoka, Tsujii, Ananiadou 2009, as scikit-learn applies it): every weight is drawn towards zero by
    /// what it has not yet paid of the total, and never across it.
    /// </summary>
    /// <param name="weights">The weights.</param>
    /// <param name="paid">What each weight has paid so far, with its sign.</param>
    /// <param name="length">Weights, a multiple of 8.</param>
    /// <param name="due">The penalty that every weight could have paid by now.</param>
    public static void PayL1(double* weights, double* paid, int length, double due)
    {
        Vector512<double> u = Vector512.Create(due), zero = default;
        for (int j = 0; j < length; j += 8)
        {
            Vector512<double> w = Vector512.LoadAligned(weights + j), q = Vector512.LoadAligned(paid + j);
            Vector512<double> positive = Vector512.Max(zero, w - (u + q)), negative = Vector512.Min(zero, w + (u - q));
            Vector512<double> after = Vector512.ConditionalSelect(Vector512.GreaterThan(w, zero), positive, negative);
            after = Vector512.ConditionalSelect(Vector512.Equals(w, zero), w, after);
            after.StoreAligned(weights + j);
            (q + (after - w)).StoreAligned(paid + j);
        }
    }
}
