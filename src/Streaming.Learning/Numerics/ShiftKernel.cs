using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Streaming.Learning.Numerics;

/// <summary>
/// Counts a column of doubles from a pivot and in a unit of its own, u = (value - pivot) · scale, times a factor per row, and sums it up on the way, lane l of 8 the rows l, l + 8, …
/// in two sets that take turns. Whatever it is rounded to, differences, sums and squares are double.
/// </summary>
static unsafe class ShiftKernel
{
    /// <summary>Writes the column as float32, rounded once.</summary>
    /// <param name="values">The column.</param>
    /// <param name="rows">Rows, a multiple of 16.</param>
    /// <param name="pivot">What to count from.</param>
    /// <param name="scale">What differences are multiplied by.</param>
    /// <param name="factors">A factor per row, or null where each is 1.</param>
    /// <param name="ahead">Doubles from here to the column that is next, whose rows are asked for meanwhile: the processor foresees no jump to another page.</param>
    /// <param name="shifted">Receives u · factor, aligned to 64 bytes.</param>
    /// <returns>Σ u · factor², Σ (u · factor)².</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (double Sum, double Squares) ToFloats(double* values, int rows, double pivot, double scale, double* factors, long ahead, float* shifted) =>
        Shift(values, rows, pivot, scale, factors, ahead, shifted, null);

    /// <summary>Writes the column as doubles.</summary>
    /// <inheritdoc cref="ToFloats"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (double Sum, double Squares) ToDoubles(double* values, int rows, double pivot, double scale, double* factors, long ahead, double* shifted) =>
        Shift(values, rows, pivot, scale, factors, ahead, null, shifted);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (double Sum, double Squares) Shift(double* values, int rows, double pivot, double scale, double* factors, long ahead, float* floats, double* doubles)
    {
        Vector512<double> factor = Vector512.Create(scale), offset = Vector512.Create(-pivot * scale);
        Vector512<double> evenSum = default, oddSum = default, evenSquares = default, oddSquares = default;
        for (int i = 0; i < rows; i += 16)
        {
            if (Sse.IsSupported)
            {
                Sse.Prefetch0(values + ahead + i);
                Sse.Prefetch0(values + ahead + i + 8);
            }

            Vector512<double> even = Vector512.FusedMultiplyAdd(Vector512.Load(values + i), factor, offset);
            Vector512<double> odd = Vector512.FusedMultiplyAdd(Vector512.Load(values + i + 8), factor, offset);
            if (factors == null)
            {
                evenSum += even;
                oddSum += odd;
            }
            else
            {
                Vector512<double> f = Vector512.Load(factors + i), g = Vector512.Load(factors + i + 8);
                even *= f;
                odd *= g;
                evenSum = Vector512.FusedMultiplyAdd(even, f, evenSum);
                oddSum = Vector512.FusedMultiplyAdd(odd, g, oddSum);
            }

            evenSquares = Vector512.FusedMultiplyAdd(even, even, evenSquares);
            oddSquares = Vector512.FusedMultiplyAdd(odd, odd, oddSquares);
            if (floats != null)
            {
                FloatLanes.Narrow(even, odd).Store(floats + i);
            }
            else
            {
                even.Store(doubles + i);
                odd.Store(doubles + i + 8);
            }
        }

        return (Lanes.Sum(evenSum + oddSum), Lanes.Sum(evenSquares + oddSquares));
    }
}
