using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Streaming.Learning.Numerics;

/// <summary>
/// What a learner of mini-batches does with a block of rows of floats, one after another, and weights that stand still meanwhile: rows are padded
/// with zeros to a multiple of 16. Products and their sums are float32, which is twice as quick as double and rounds about as the rows themselves are rounded; no
/// chain of additions is long. Additions are in a fixed order.
/// </summary>
static unsafe class RowBlockKernels
{
    // Numbers of a row whose products are added in float32, 64 a lane; sums of more are double.
    const int LongestSum = 1024;

    // Rows are asked for this early. Between a block's outputs and its gradient the processor waits for a loss and has seen no further row, and memory must not.
    const int FloatsAhead = 2560;

    // Longer rows fill the time themselves: asking twice for them only takes time.
    const int LongestAskedTwice = 128;

    /// <summary>
    /// Per row Σ weights · row + intercept: products in float32 lanes, lane l of 16 those of the numbers l, l + 16, … of up to 1024, joined as
    /// <see cref="FloatLanes"/> has it; such sums and the intercept are added in double.
    /// </summary>
    /// <param name="weights">The weights.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="length">Numbers of a row, a multiple of 16.</param>
    /// <param name="count">Rows.</param>
    /// <param name="intercept">What is added to each.</param>
    /// <param name="outputs">Receives a number per row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Map(float* weights, float* rows, int length, int count, double intercept, double* outputs)
    {
        for (int i = 0; i + 16 <= count; i += 16)
            MapSixteen(weights, rows + (long)i * length, length, intercept, outputs + i);

        // The rest are the last of sixteen, some of which are found once more.
        if (count >= 16)
        {
            if (count % 16 > 0)
                MapSixteen(weights, rows + (long)(count - 16) * length, length, intercept, outputs + count - 16);

            return;
        }

        for (int i = 0; i < count; i++)
        {
            double sum = intercept;
            for (int first = 0; first < length; first += LongestSum)
            {
                Vector512<float> lanes = default;
                for (int j = first; j < Math.Min(length, first + LongestSum); j += 16)
                    lanes = Vector512.FusedMultiplyAdd(Vector512.Load(rows + (long)i * length + j), Vector512.Load(weights + j), lanes);

                sum += FloatLanes.Sum(lanes);
            }

            outputs[i] = sum;
        }
    }

    /// <summary>
    /// sums ← sums + Σ slope · row. Every fourth row of whole fours is added apart, and those behind them to the first of these sums, as one chain of additions would wait for
    /// itself; (s0 + s1) + (s2 + s3) joins them.
    /// </summary>
    /// <param name="rows">The rows; some behind them are asked of memory.</param>
    /// <param name="length">Numbers of a row, a multiple of 16.</param>
    /// <param name="count">Rows, not too many for float32 to add.</param>
    /// <param name="slopes">A number per row.</param>
    /// <param name="sums">A sum per number of a row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled(float* rows, int length, int count, float* slopes, float* sums)
    {
        long ahead = (long)length * RowsAhead(length, count);
        int j = 0;
        for (; j + 32 <= length; j += 32)
            AddTwo(rows + j, length, count, slopes, sums + j, ahead);

        if (j < length)
            AddOne(rows + j, length, count, slopes, sums + j, ahead);
    }

    /// <summary>sums ← sums + floats; floats ← 0.</summary>
    /// <param name="floats">Numbers, a multiple of 8.</param>
    /// <param name="length">How many.</param>
    /// <param name="sums">As many sums.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MoveTo(float* floats, int length, double* sums)
    {
        for (int j = 0; j < length; j += 8)
        {
            (Vector512.Load(sums + j) + Lanes.Widen(floats + j)).Store(sums + j);
            Vector256<float>.Zero.Store(floats + j);
        }
    }

    /// <summary>The sum of numbers, in double, and the largest of their sizes.</summary>
    /// <param name="numbers">The numbers, and zeros up to a multiple of 8.</param>
    /// <param name="count">How many.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (double Sum, double Largest) SumAndLargest(float* numbers, int count)
    {
        Vector512<double> sum = default, largest = default;
        for (int i = 0; i < count; i += 8)
        {
            Vector512<double> eight = Lanes.Widen(numbers + i);
            sum += eight;
            largest = Vector512.Max(largest, Vector512.Abs(eight));
        }

        return (Lanes.Sum(sum), Lanes.Max(largest));
    }

    /// <summary>
    /// Asks memory for rows behind a block, unless they are long, which <see cref="AddScaled"/> asks for, too: where many are asked for at once the processor drops those that it has no place for,
    /// and one that has come already costs next to nothing.
    /// </summary>
    /// <param name="rows">The block.</param>
    /// <param name="length">Numbers of a row, a multiple of 16.</param>
    /// <param name="count">Rows of the block.</param>
    /// <param name="first">The first row to ask for, of as many as the block has.</param>
    /// <param name="end">The row behind the last.</param>
    public static void AskAhead(float* rows, int length, int count, int first, int end)
    {
        if (length > LongestAskedTwice)
            return;

        rows += (long)length * Math.Max(count, RowsAhead(length, count) - 16);
        float* last = rows + (long)length * end;
        for (rows += (long)length * first; rows < last; rows += 64)
        {
            Ask(rows);
            Ask(rows + 32);
        }
    }

    /// <summary>
    /// Asks memory for two cache lines, for the second-level cache: what is asked for the first one holds a place in its short queue until it comes, and loads
    /// wait behind it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ask(float* values)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch1(values);
            Sse.Prefetch1(values + 16);
        }
    }

    // Not rows of the block itself.
    static int RowsAhead(int length, int count) => Math.Max(count, FloatsAhead / length);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void MapSixteen(float* weights, float* rows, int length, double intercept, double* outputs)
    {
        Vector512<double> low = Vector512.Create(intercept), high = low;
        for (int first = 0; first < length; first += LongestSum)
        {
            Vector512<float> sums = Sums(weights + first, rows + first, length, Math.Min(LongestSum, length - first));
            low += Vector512.WidenLower(sums);
            high += Vector512.WidenUpper(sums);
        }

        low.Store(outputs);
        high.Store(outputs + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Sums(float* w, float* row, long stride, int length)
    {
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default;
        Vector512<float> s8 = default, s9 = default, s10 = default, s11 = default, s12 = default, s13 = default, s14 = default, s15 = default;
        for (int j = 0; j < length; j += 16, w += 16, row += 16)
        {
            Vector512<float> v = Vector512.Load(w);
            float* r4 = row + 4 * stride, r8 = row + 8 * stride, r12 = row + 12 * stride;
            s0 = Vector512.FusedMultiplyAdd(v, Vector512.Load(row), s0);
            s1 = Vector512.FusedMultiplyAdd(v, Vector512.Load(row + stride), s1);
            s2 = Vector512.FusedMultiplyAdd(v, Vector512.Load(row + 2 * stride), s2);
            s3 = Vector512.FusedMultiplyAdd(v, Vector512.Load(row + 3 * stride), s3);
            s4 = Vector512.FusedMultiplyAdd(v, Vector512.Load(r4), s4);
            s5 = Vector512.FusedMultiplyAdd(v, Vector512.Load(r4 + stride), s5);
            s6 = Vector512.FusedMultiplyAdd(v, Vector512.Load(r4 + 2 * stride), s6);
            s7 = Vector512.FusedMultiplyAdd(v, Vector512.Load(r4 + 3 * stride), s7);
            s8 = Vector512.FusedMultiplyAdd(v, Vector512.Load(r8), s8);
            s9 = Vector512.FusedMultiplyAdd(v, Vector512.Load(r8 + stride), s9);
            s10 = Vector512.FusedMultiplyAdd(v, Vector512.Load(r8 + 2 * stride), s10);
            s11 = Vector512.FusedMultiplyAdd(v, Vector512.Load(r8 + 3 * stride), s11);
            s12 = Vector512.FusedMultiplyAdd(v, Vector512.Load(r12), s12);
            s13 = Vector512.FusedMultiplyAdd(v, Vector512.Load(r12 + stride), s13);
            s14 = Vector512.FusedMultiplyAdd(v, Vector512.Load(r12 + 2 * stride), s14);
            s15 = Vector512.FusedMultiplyAdd(v, Vector512.Load(r12 + 3 * stride), s15);
        }

        return FloatLanes.Join(
            FloatLanes.Quarters(s0, s4, s8, s12), FloatLanes.Quarters(s1, s5, s9, s13), FloatLanes.Quarters(s2, s6, s10, s14), FloatLanes.Quarters(s3, s7, s11, s15));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void AddTwo(float* row, long stride, int count, float* slopes, float* sums, long ahead)
    {
        Vector512<float> a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
        int i = 0;
        for (; i + 4 <= count; i += 4)
        {
            Ask(row + ahead);
            Vector512<float> slope = Vector512.Create(slopes[i]);
            a0 = Vector512.FusedMultiplyAdd(slope, Vector512.Load(row), a0);
            a1 = Vector512.FusedMultiplyAdd(slope, Vector512.Load(row + 16), a1);
            row += stride;
            Ask(row + ahead);
            slope = Vector512.Create(slopes[i + 1]);
            b0 = Vector512.FusedMultiplyAdd(slope, Vector512.Load(row), b0);
            b1 = Vector512.FusedMultiplyAdd(slope, Vector512.Load(row + 16), b1);
            row += stride;
            Ask(row + ahead);
            slope = Vector512.Create(slopes[i + 2]);
            c0 = Vector512.FusedMultiplyAdd(slope, Vector512.Load(row), c0);
            c1 = Vector512.FusedMultiplyAdd(slope, Vector512.Load(row + 16), c1);
            row += stride;
            Ask(row + ahead);
            slope = Vector512.Create(slopes[i + 3]);
            d0 = Vector512.FusedMultiplyAdd(slope, Vector512.Load(row), d0);
            d1 = Vector512.FusedMultiplyAdd(slope, Vector512.Load(row + 16), d1);
            row += stride;
        }

        for (; i < count; i++, row += stride)
        {
            Vector512<float> slope = Vector512.Create(slopes[i]);
            a0 = Vector512.FusedMultiplyAdd(slope, Vector512.Load(row), a0);
            a1 = Vector512.FusedMultiplyAdd(slope, Vector512.Load(row + 16), a1);
        }

        (Vector512.Load(sums) + ((a0 + b0) + (c0 + d0))).Store(sums);
        (Vector512.Load(sums + 16) + ((a1 + b1) + (c1 + d1))).Store(sums + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void AddOne(float* row, long stride, int count, float* slopes, float* sums, long ahead)
    {
        Vector512<float> a = default, b = default, c = default, d = default;
        int i = 0;
        for (; i + 4 <= count; i += 4, row += 4 * stride)
        {
            Ask(row + ahead);
            Ask(row + 2 * stride + ahead);
            a = Vector512.FusedMultiplyAdd(Vector512.Create(slopes[i]), Vector512.Load(row), a);
            b = Vector512.FusedMultiplyAdd(Vector512.Create(slopes[i + 1]), Vector512.Load(row + stride), b);
            c = Vector512.FusedMultiplyAdd(Vector512.Create(slopes[i + 2]), Vector512.Load(row + 2 * stride), c);
            d = Vector512.FusedMultiplyAdd(Vector512.Create(slopes[i + 3]), Vector512.Load(row + 3 * stride), d);
        }

        for (; i < count; i++, row += stride)
            a = Vector512.FusedMultiplyAdd(Vector512.Create(slopes[i]), Vector512.Load(row), a);

        (Vector512.Load(sums) + ((a + b) + (c + d))).Store(sums);
    }
}
