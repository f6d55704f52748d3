using System.Runtime.Intrinsics;

namespace Streaming.Learning.Numerics;

/// <summary>
/// What a learner of mini-batches does with rows of floats, one after another, and weights in double that stand still meanwhile: rows are padded with
/// zeros to a multiple of 16. Additions are in a fixed order.
/// </summary>
static unsafe class RowBlockKernels
{
    /// <summary>Per row Σ weights · row + intercept; a row's lanes are added as <see cref="Lanes"/> has it.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="length">Numbers of a row, a multiple of 16.</param>
    /// <param name="count">Rows.</param>
    /// <param name="intercept">What is added to each.</param>
    /// <param name="outputs">Receives a number per row.</param>
    public static void Map(double* weights, float* rows, int length, int count, double intercept, double* outputs)
    {
        Vector256<double> shift = Vector256.Create(intercept);
        int i = 0;
        for (; i + 8 <= count; i += 8)
        {
            Vector512<double> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default;
            float* r0 = rows + (long)i * length, r1 = r0 + length, r2 = r1 + length, r3 = r2 + length;
            float* r4 = r3 + length, r5 = r4 + length, r6 = r5 + length, r7 = r6 + length;
            for (int j = 0; j < length; j += 8)
            {
                Vector512<double> w = Vector512.Load(weights + j);
                s0 = Vector512.FusedMultiplyAdd(Lanes.Widen(r0 + j), w, s0);
                s1 = Vector512.FusedMultiplyAdd(Lanes.Widen(r1 + j), w, s1);
                s2 = Vector512.FusedMultiplyAdd(Lanes.Widen(r2 + j), w, s2);
                s3 = Vector512.FusedMultiplyAdd(Lanes.Widen(r3 + j), w, s3);
                s4 = Vector512.FusedMultiplyAdd(Lanes.Widen(r4 + j), w, s4);
                s5 = Vector512.FusedMultiplyAdd(Lanes.Widen(r5 + j), w, s5);
                s6 = Vector512.FusedMultiplyAdd(Lanes.Widen(r6 + j), w, s6);
                s7 = Vector512.FusedMultiplyAdd(Lanes.Widen(r7 + j), w, s7);
            }

            (Lanes.Sums(s0, s1, s2, s3) + shift).Store(outputs + i);
            (Lanes.Sums(s4, s5, s6, s7) + shift).Store(outputs + i + 4);
        }

        for (; i < count; i++)
        {
            Vector512<double> sum = default;
            for (int j = 0; j < length; j += 8)
                sum = Vector512.FusedMultiplyAdd(Lanes.Widen(rows + (long)i * length + j), Vector512.Load(weights + j), sum);

            outputs[i] = Lanes.Sum(sum) + intercept;
        }
    }

    /// <summary>
    /// sums ← sums + Σ slope · row. Rows of even and odd places are added apart and joined at the end, as one chain of additions would wait for itself.
    /// </summary>
    /// <param name="rows">The rows.</param>
    /// <param name="length">Numbers of a row, a multiple of 16.</param>
    /// <param name="count">Rows.</param>
    /// <param name="slopes">A number per row.</param>
    /// <param name="sums">A sum per number of a row.</param>
    public static void AddScaled(float* rows, int length, int count, double* slopes, double* sums)
    {
        int j = 0;
        for (; j + 32 <= length; j += 32)
            AddFour(rows + j, length, count, slopes, sums + j);

        if (j < length)
            AddTwo(rows + j, length, count, slopes, sums + j);
    }

    /// <summary>The sum of numbers, and the largest of their sizes.</summary>
    /// <param name="numbers">The numbers, and zeros up to a multiple of 8.</param>
    /// <param name="count">How many.</param>
    public static (double Sum, double Largest) SumAndLargest(double* numbers, int count)
    {
        Vector512<double> sum = default, largest = default;
        for (int i = 0; i < count; i += 8)
        {
            Vector512<double> eight = Vector512.Load(numbers + i);
            sum += eight;
            largest = Vector512.Max(largest, Vector512.Abs(eight));
        }

        Vector256<double> four = Vector256.Max(largest.GetLower(), largest.GetUpper());
        return (Lanes.Sum(sum), Math.Max(Math.Max(four[0], four[1]), Math.Max(four[2], four[3])));
    }

    static void AddFour(float* row, long stride, int count, double* slopes, double* sums)
    {
        Vector512<double> even0 = default, even1 = default, even2 = default, even3 = default;
        Vector512<double> odd0 = default, odd1 = default, odd2 = default, odd3 = default;
        int i = 0;
        for (; i + 2 <= count; i += 2, row += 2 * stride)
        {
            float* next = row + stride;
            Vector512<double> even = Vector512.Create(slopes[i]), odd = Vector512.Create(slopes[i + 1]);
            even0 = Vector512.FusedMultiplyAdd(Lanes.Widen(row), even, even0);
            even1 = Vector512.FusedMultiplyAdd(Lanes.Widen(row + 8), even, even1);
            even2 = Vector512.FusedMultiplyAdd(Lanes.Widen(row + 16), even, even2);
            even3 = Vector512.FusedMultiplyAdd(Lanes.Widen(row + 24), even, even3);
            odd0 = Vector512.FusedMultiplyAdd(Lanes.Widen(next), odd, odd0);
            odd1 = Vector512.FusedMultiplyAdd(Lanes.Widen(next + 8), odd, odd1);
            odd2 = Vector512.FusedMultiplyAdd(Lanes.Widen(next + 16), odd, odd2);
            odd3 = Vector512.FusedMultiplyAdd(Lanes.Widen(next + 24), odd, odd3);
        }

        if (i < count)
        {
            Vector512<double> even = Vector512.Create(slopes[i]);
            even0 = Vector512.FusedMultiplyAdd(Lanes.Widen(row), even, even0);
            even1 = Vector512.FusedMultiplyAdd(Lanes.Widen(row + 8), even, even1);
            even2 = Vector512.FusedMultiplyAdd(Lanes.Widen(row + 16), even, even2);
            even3 = Vector512.FusedMultiplyAdd(Lanes.Widen(row + 24), even, even3);
        }

        (Vector512.Load(sums) + (even0 + odd0)).Store(sums);
        (Vector512.Load(sums + 8) + (even1 + odd1)).Store(sums + 8);
        (Vector512.Load(sums + 16) + (even2 + odd2)).Store(sums + 16);
        (Vector512.Load(sums + 24) + (even3 + odd3)).Store(sums + 24);
    }

    static void AddTwo(float* row, long stride, int count, double* slopes, double* sums)
    {
        Vector512<double> even0 = default, even1 = default, odd0 = default, odd1 = default;
        int i = 0;
        for (; i + 2 <= count; i += 2, row += 2 * stride)
        {
            float* next = row + stride;
            Vector512<double> even = Vector512.Create(slopes[i]), odd = Vector512.Create(slopes[i + 1]);
            even0 = Vector512.FusedMultiplyAdd(Lanes.Widen(row), even, even0);
            even1 = Vector512.FusedMultiplyAdd(Lanes.Widen(row + 8), even, even1);
            odd0 = Vector512.FusedMultiplyAdd(Lanes.Widen(next), odd, odd0);
            odd1 = Vector512.FusedMultiplyAdd(Lanes.Widen(next + 8), odd, odd1);
        }

        if (i < count)
        {
            Vector512<double> even = Vector512.Create(slopes[i]);
            even0 = Vector512.FusedMultiplyAdd(Lanes.Widen(row), even, even0);
            even1 = Vector512.FusedMultiplyAdd(Lanes.Widen(row + 8), even, even1);
        }

        (Vector512.Load(sums) + (even0 + odd0)).Store(sums);
        (Vector512.Load(sums + 8) + (even1 + odd1)).Store(sums + 8);
    }
}
