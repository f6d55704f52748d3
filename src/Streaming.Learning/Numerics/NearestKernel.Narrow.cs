using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Streaming.Learning.Numerics;

/// <content>
/// The form for processors without vectors of 512 bits, which have 16 registers of half the size: 16 rows × 4 centres fill eight accumulators. A score is computed in
/// the same order, and scores are compared in the same order, so labels and margins are the same bits.
/// </content>
static unsafe partial class NearestKernel
{
    const int NarrowRows = 16;
    const int NarrowCenters = 4;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void FindNarrow<TKept>(float* x, long stride, int features, float* panel, float* bias, int blocks, int* labels, float* margins, int ahead)
        where TKept : struct, IKept
    {
        Vector256<float> bestA = Vector256.Create(float.NegativeInfinity), bestB = bestA, secondA = bestA, secondB = bestA;
        Vector256<int> labelA = default, labelB = default;
        int halves = 2 * blocks - (bias[blocks * Centers - NarrowCenters] == float.NegativeInfinity ? 1 : 0);
        for (int half = 0; half < halves; half++)
        {
            int first = half * NarrowCenters;
            Vector256<float> a0 = Vector256.Create(bias[first]), a1 = Vector256.Create(bias[first + 1]);
            Vector256<float> a2 = Vector256.Create(bias[first + 2]), a3 = Vector256.Create(bias[first + 3]);
            Vector256<float> b0 = a0, b1 = a1, b2 = a2, b3 = a3;
            float* column = x;
            float* center = panel + (long)(half / 2) * features * Centers + half % 2 * NarrowCenters;
            (int firstAsked, int asked) = Share(features, half, halves);
            for (int j = 0; j < features; j++)
            {
                Vector256<float> xa = Vector256.Load(column), xb = Vector256.Load(column + 8);
                Vector256<float> c = Vector256.Create(center[0]);
                a0 = Vector256.FusedMultiplyAdd(xa, c, a0);
                b0 = Vector256.FusedMultiplyAdd(xb, c, b0);
                c = Vector256.Create(center[1]);
                a1 = Vector256.FusedMultiplyAdd(xa, c, a1);
                b1 = Vector256.FusedMultiplyAdd(xb, c, b1);
                c = Vector256.Create(center[2]);
                a2 = Vector256.FusedMultiplyAdd(xa, c, a2);
                b2 = Vector256.FusedMultiplyAdd(xb, c, b2);
                c = Vector256.Create(center[3]);
                a3 = Vector256.FusedMultiplyAdd(xa, c, a3);
                b3 = Vector256.FusedMultiplyAdd(xb, c, b3);
                if (Sse.IsSupported && (uint)(j - firstAsked) < (uint)asked)
                    Sse.Prefetch1(column + ahead);

                center += Centers;
                column += stride;
            }

            Take<TKept>(a0, first, ref bestA, ref secondA, ref labelA);
            Take<TKept>(b0, first, ref bestB, ref secondB, ref labelB);
            Take<TKept>(a1, first + 1, ref bestA, ref secondA, ref labelA);
            Take<TKept>(b1, first + 1, ref bestB, ref secondB, ref labelB);
            Take<TKept>(a2, first + 2, ref bestA, ref secondA, ref labelA);
            Take<TKept>(b2, first + 2, ref bestB, ref secondB, ref labelB);
            Take<TKept>(a3, first + 3, ref bestA, ref secondA, ref labelA);
            Take<TKept>(b3, first + 3, ref bestB, ref secondB, ref labelB);
        }

        labelA.Store(labels);
        labelB.Store(labels + 8);
        if (TKept.HasSecond)
        {
            (2 * (bestA - secondA)).Store(margins);
            (2 * (bestB - secondB)).Store(margins + 8);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Take<TKept>(Vector256<float> score, int center, ref Vector256<float> best, ref Vector256<float> second, ref Vector256<int> label)
        where TKept : struct, IKept
    {
        if (TKept.HasSecond)
            second = Vector256.Max(second, Vector256.Min(best, score));

        Vector256<float> higher = Vector256.GreaterThan(score, best);
        best = Vector256.ConditionalSelect(higher, score, best);
        label = Vector256.ConditionalSelect(higher.AsInt32(), Vector256.Create(center), label);
    }
}
