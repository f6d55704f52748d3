using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Streaming.Learning.Numerics;

/// <summary>
/// The nearest of k centres for every row, by the highest score x·c - |c|²/2 in float32. A lane is a row: 32 rows × 8 centres fill
/// 16 accumulators, so every value that is loaded is used eight times. In scalar words:
/// <code>
/// for each row i:
///     best = -∞
///     for each centre c:
///         score = bias[c]
///         for each feature j: score = fma(x[j, i], centre[c, j], score)
///         if score &gt; best: best = score, label[i] = c
/// </code>
/// </summary>
static unsafe partial class NearestKernel
{
    /// <summary>Rows taken at a time: labels have room for a multiple, columns may be read up to one.</summary>
    public const int Rows = 32;

    /// <summary>Centres taken at a time; a panel holds [blocks × features × 8] values.</summary>
    public const int Centers = 8;

    // Values come from memory in the time that about this many steps take: 32 rows, a feature and 8 centres each.
    const int StepsAhead = 512;

    /// <summary>Finds the nearest centres.</summary>
    /// <param name="columns">Column-major rows.</param>
    /// <param name="stride">Floats from one column to the next.</param>
    /// <param name="features">Columns.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="panel">The centres, see <see cref="Centers"/>.</param>
    /// <param name="bias">-|c|²/2 per centre, -∞ for those that only fill up the last block.</param>
    /// <param name="blocks">Blocks of 8 centres.</param>
    /// <param name="labels">Receives the index of each row's nearest centre; of equals, the first.</param>
    public static void Find(float* columns, long stride, int features, int rows, float* panel, float* bias, int blocks, int* labels)
    {
        // Rows are asked for before they are due, in time but not so early that they are gone again.
        int ahead = Rows * Math.Clamp(StepsAhead / (features * blocks), 1, 4);
        for (int i = 0; i < rows; i += Rows)
            FindRows<BestOnly>(columns + i, stride, features, panel, bias, blocks, labels + i, null, ahead);
    }

    /// <summary>Finds the nearest centres, and how much farther away the next nearest are.</summary>
    /// <param name="columns">Column-major rows.</param>
    /// <param name="stride">Floats from one column to the next.</param>
    /// <param name="features">Columns.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="panel">The centres, see <see cref="Centers"/>.</param>
    /// <param name="bias">-|c|²/2 per centre, -∞ for those that only fill up the last block.</param>
    /// <param name="blocks">Blocks of 8 centres.</param>
    /// <param name="labels">Receives the index of each row's nearest centre; of equals, the first.</param>
    /// <param name="margins">Receives what the row's squared distance to the next nearest centre is above that to the nearest; room as for labels.</param>
    public static void FindMargins(
        float* columns, long stride, int features, int rows, float* panel, float* bias, int blocks, int* labels, float* margins)
    {
        for (int i = 0; i < rows; i += Rows)
            FindRows<BestTwo>(columns + i, stride, features, panel, bias, blocks, labels + i, margins + i, Rows);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void FindRows<TKept>(float* x, long stride, int features, float* panel, float* bias, int blocks, int* labels, float* margins, int ahead)
        where TKept : struct, IKept
    {
        if (Vector512.IsHardwareAccelerated)
        {
            FindBlock<TKept>(x, stride, features, panel, bias, blocks, labels, margins, ahead);
            return;
        }

        for (int i = 0; i < Rows; i += NarrowRows)
            FindNarrow<TKept>(x + i, stride, features, panel, bias, blocks, labels + i, margins + i, ahead);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void FindBlock<TKept>(float* x, long stride, int features, float* panel, float* bias, int blocks, int* labels, float* margins, int ahead)
        where TKept : struct, IKept
    {
        Vector512<float> bestA = Vector512.Create(float.NegativeInfinity), bestB = bestA, secondA = bestA, secondB = bestA;
        Vector512<int> labelA = default, labelB = default;

        // Of a last block that is filled up by half, the half is not computed.
        int whole = bias[blocks * Centers - Centers / 2] == float.NegativeInfinity ? blocks - 1 : blocks;
        for (int block = 0; block < whole; block++)
        {
            Vector512<float> a0 = Vector512.Create(bias[0]), a1 = Vector512.Create(bias[1]), a2 = Vector512.Create(bias[2]);
            Vector512<float> a3 = Vector512.Create(bias[3]), a4 = Vector512.Create(bias[4]), a5 = Vector512.Create(bias[5]);
            Vector512<float> a6 = Vector512.Create(bias[6]), a7 = Vector512.Create(bias[7]);
            Vector512<float> b0 = a0, b1 = a1, b2 = a2, b3 = a3, b4 = a4, b5 = a5, b6 = a6, b7 = a7;
            float* column = x;

            (int firstAsked, int asked) = Share(features, block, blocks);
            for (int j = 0; j < features; j++)
            {
                Vector512<float> xa = Vector512.Load(column), xb = Vector512.Load(column + 16);
                Vector512<float> c = Vector512.Create(panel[0]);
                a0 = Vector512.FusedMultiplyAdd(xa, c, a0);
                b0 = Vector512.FusedMultiplyAdd(xb, c, b0);
                c = Vector512.Create(panel[1]);
                a1 = Vector512.FusedMultiplyAdd(xa, c, a1);
                b1 = Vector512.FusedMultiplyAdd(xb, c, b1);
                c = Vector512.Create(panel[2]);
                a2 = Vector512.FusedMultiplyAdd(xa, c, a2);
                b2 = Vector512.FusedMultiplyAdd(xb, c, b2);
                c = Vector512.Create(panel[3]);
                a3 = Vector512.FusedMultiplyAdd(xa, c, a3);
                b3 = Vector512.FusedMultiplyAdd(xb, c, b3);
                c = Vector512.Create(panel[4]);
                a4 = Vector512.FusedMultiplyAdd(xa, c, a4);
                b4 = Vector512.FusedMultiplyAdd(xb, c, b4);
                c = Vector512.Create(panel[5]);
                a5 = Vector512.FusedMultiplyAdd(xa, c, a5);
                b5 = Vector512.FusedMultiplyAdd(xb, c, b5);
                c = Vector512.Create(panel[6]);
                a6 = Vector512.FusedMultiplyAdd(xa, c, a6);
                b6 = Vector512.FusedMultiplyAdd(xb, c, b6);
                c = Vector512.Create(panel[7]);
                a7 = Vector512.FusedMultiplyAdd(xa, c, a7);
                b7 = Vector512.FusedMultiplyAdd(xb, c, b7);

                // The next rows: a few cache lines per column are too little for the processor to see them coming.
                if (Sse.IsSupported && (uint)(j - firstAsked) < (uint)asked)
                {
                    Sse.Prefetch1(column + ahead);
                    Sse.Prefetch1(column + ahead + 16);
                }

                panel += Centers;
                column += stride;
            }

            if (TKept.HasSecond)
            {
                secondA = Second(bestA, secondA, a0, a1, a2, a3, a4, a5, a6, a7);
                secondB = Second(bestB, secondB, b0, b1, b2, b3, b4, b5, b6, b7);
            }

            int first = block * Centers;
            (bestA, labelA) = Better(Better(Better(Better((bestA, labelA), a0, first), a1, first + 1), a2, first + 2), a3, first + 3);
            (bestB, labelB) = Better(Better(Better(Better((bestB, labelB), b0, first), b1, first + 1), b2, first + 2), b3, first + 3);
            (bestA, labelA) = Better(Better(Better(Better((bestA, labelA), a4, first + 4), a5, first + 5), a6, first + 6), a7, first + 7);
            (bestB, labelB) = Better(Better(Better(Better((bestB, labelB), b4, first + 4), b5, first + 5), b6, first + 6), b7, first + 7);
            bias += Centers;
        }

        if (whole < blocks)
        {
            Vector512<float> a0 = Vector512.Create(bias[0]), a1 = Vector512.Create(bias[1]), a2 = Vector512.Create(bias[2]), a3 = Vector512.Create(bias[3]);
            Vector512<float> b0 = a0, b1 = a1, b2 = a2, b3 = a3;
            float* column = x;
            (int firstAsked, int asked) = Share(features, whole, blocks);
            for (int j = 0; j < features; j++)
            {
                Vector512<float> xa = Vector512.Load(column), xb = Vector512.Load(column + 16);
                Vector512<float> c = Vector512.Create(panel[0]);
                a0 = Vector512.FusedMultiplyAdd(xa, c, a0);
                b0 = Vector512.FusedMultiplyAdd(xb, c, b0);
                c = Vector512.Create(panel[1]);
                a1 = Vector512.FusedMultiplyAdd(xa, c, a1);
                b1 = Vector512.FusedMultiplyAdd(xb, c, b1);
                c = Vector512.Create(panel[2]);
                a2 = Vector512.FusedMultiplyAdd(xa, c, a2);
                b2 = Vector512.FusedMultiplyAdd(xb, c, b2);
                c = Vector512.Create(panel[3]);
                a3 = Vector512.FusedMultiplyAdd(xa, c, a3);
                b3 = Vector512.FusedMultiplyAdd(xb, c, b3);
                if (Sse.IsSupported && (uint)(j - firstAsked) < (uint)asked)
                {
                    Sse.Prefetch1(column + ahead);
                    Sse.Prefetch1(column + ahead + 16);
                }

                panel += Centers;
                column += stride;
            }

            if (TKept.HasSecond)
            {
                Vector512<float> none = Vector512.Create(float.NegativeInfinity);
                secondA = Second(bestA, secondA, a0, a1, a2, a3, none, none, none, none);
                secondB = Second(bestB, secondB, b0, b1, b2, b3, none, none, none, none);
            }

            int first = whole * Centers;
            (bestA, labelA) = Better(Better(Better(Better((bestA, labelA), a0, first), a1, first + 1), a2, first + 2), a3, first + 3);
            (bestB, labelB) = Better(Better(Better(Better((bestB, labelB), b0, first), b1, first + 1), b2, first + 2), b3, first + 3);
        }

        labelA.Store(labels);
        labelB.Store(labels + 16);
        if (TKept.HasSecond)
        {
            // A squared distance is |x|² less twice the score.
            (2 * (bestA - secondA)).Store(margins);
            (2 * (bestB - secondB)).Store(margins + 16);
        }
    }

    // The columns of which a block of centres asks for the next rows: a share each, as all at once is more than memory can give.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (int First, int Count) Share(int features, int block, int blocks)
    {
        int first = (int)((long)features * block / blocks);
        return (first, (int)((long)features * (block + 1) / blocks) - first);
    }

    // The second highest of the scores so far and eight more.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Second(
        Vector512<float> best, Vector512<float> second, Vector512<float> s0, Vector512<float> s1, Vector512<float> s2, Vector512<float> s3,
        Vector512<float> s4, Vector512<float> s5, Vector512<float> s6, Vector512<float> s7)
    {
        (best, second) = Two(best, second, s0);
        (best, second) = Two(best, second, s1);
        (best, second) = Two(best, second, s2);
        (best, second) = Two(best, second, s3);
        (best, second) = Two(best, second, s4);
        (best, second) = Two(best, second, s5);
        (best, second) = Two(best, second, s6);
        return Two(best, second, s7).Second;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector512<float> Best, Vector512<float> Second) Two(Vector512<float> best, Vector512<float> second, Vector512<float> score) =>
        (Vector512.Max(best, score), Vector512.Max(second, Vector512.Min(best, score)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector512<float> Best, Vector512<int> Label) Better(
        (Vector512<float> Best, Vector512<int> Label) old, Vector512<float> score, int center)
    {
        Vector512<float> higher = Vector512.GreaterThan(score, old.Best);
        return (Vector512.ConditionalSelect(higher, score, old.Best),
            Vector512.ConditionalSelect(higher.AsInt32(), Vector512.Create(center), old.Label));
    }

    // What is kept of the scores: known when the kernel is compiled, so that the more frequent form carries nothing of the other.
    interface IKept
    {
        static abstract bool HasSecond { get; }
    }

    readonly struct BestOnly : IKept
    {
        public static bool HasSecond => false;
    }

    readonly struct BestTwo : IKept
    {
        public static bool HasSecond => true;
    }
}
