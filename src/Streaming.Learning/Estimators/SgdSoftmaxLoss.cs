using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Streaming.Learning.Models;
using Streaming.Learning.Numerics;

namespace Streaming.Learning.Estimators;

/// <summary>-ln of the softmax probability of the row's class; one output per class.</summary>
unsafe readonly struct SoftmaxTileLoss : ISgdTileLoss
{
    public static string Name => LogisticLoss.Name;

    public static bool IsJoint => true;

    // Of all outputs together, which is what bounds a step that moves them all (Böhning 1992).
    public static double MostCurvature => 0.5;

    public static double Loss(in SgdStepRows rows, double share)
    {
        Vector512<double> total = default, back = Vector512.Create(-share);
        for (int i = 0; i < rows.Count; i += 8)
        {
            Vector512<double> best = Score(rows, 0, i, back), target = Vector512.Load(rows.Targets + i);
            for (int c = 1; c < rows.OutputCount; c++)
                best = Vector512.Max(best, Score(rows, c, i, back));

            Vector512<double> sum = default, chosen = default;
            for (int c = 0; c < rows.OutputCount; c++)
            {
                Vector512<double> below = Score(rows, c, i, back) - best;
                chosen = Vector512.ConditionalSelect(Vector512.Equals(target, Vector512.Create((double)c)), below, chosen);
                sum += Probabilities.Exp(below);
            }

            total = Vector512.FusedMultiplyAdd(ElementaryLanes.Log(sum) - chosen, Vector512.Load(rows.Weights + i), total);
        }

        return Lanes.Sum(total);
    }

    public static double Derive(in SgdStepRows rows, double share)
    {
        Vector512<double> total = default, back = Vector512.Create(-share), one = Vector512<double>.One;
        for (int i = 0; i < rows.Count; i += 8)
        {
            Vector512<double> best = Score(rows, 0, i, back), target = Vector512.Load(rows.Targets + i);
            for (int c = 1; c < rows.OutputCount; c++)
                best = Vector512.Max(best, Score(rows, c, i, back));

            Vector512<double> sum = default, chosen = default;
            for (int c = 0; c < rows.OutputCount; c++)
            {
                Vector512<double> below = Score(rows, c, i, back) - best, e = Probabilities.Exp(below);
                chosen = Vector512.ConditionalSelect(Vector512.Equals(target, Vector512.Create((double)c)), below, chosen);
                e.Store(rows.Slopes + c * rows.Stride + i);
                sum += e;
            }

            Vector512<double> weight = Vector512.Load(rows.Weights + i);
            total = Vector512.FusedMultiplyAdd(ElementaryLanes.Log(sum) - chosen, weight, total);
            for (int c = 0; c < rows.OutputCount; c++)
            {
                Vector512<double> p = Vector512.Load(rows.Slopes + c * rows.Stride + i) / sum;
                Vector512<double> wanted = one & Vector512.Equals(target, Vector512.Create((double)c));
                ((p - wanted) * weight).Store(rows.Slopes + c * rows.Stride + i);
                (p * (one - p) * weight).Store(rows.Curvatures + c * rows.Stride + i);
            }
        }

        return Lanes.Sum(total);
    }

    public static double RightWeight(in SgdStepRows rows) => SgdSeparateLoss.RightWeight(rows);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<double> Score(in SgdStepRows rows, int output, int row, Vector512<double> back)
    {
        long at = output * rows.Stride + row;
        return Vector512.FusedMultiplyAdd(back, Vector512.Load(rows.Moves + at), Vector512.Load(rows.Outputs + at));
    }
}
