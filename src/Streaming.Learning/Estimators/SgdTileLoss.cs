using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Streaming.Learning.Models;
using Streaming.Learning.Numerics;

namespace Streaming.Learning.Estimators;

/// <summary>
/// The rows of one step of <see cref="SgdNewton{TLoss}"/> as a loss sees them: arrays of one number per row, and of one per output and row
/// (output c of row i at <c>c * Stride + i</c>). Rows beyond the last, up to a multiple of 8, weigh 0.
/// </summary>
unsafe readonly struct SgdStepRows
{
    /// <summary>Rows, a multiple of 8.</summary>
    public required int Count { get; init; }

    /// <summary>Linear outputs per row.</summary>
    public required int OutputCount { get; init; }

    /// <summary>Numbers from one output to the next.</summary>
    public required long Stride { get; init; }

    /// <summary>Targets: a number, or the index of a class.</summary>
    public required double* Targets { get; init; }

    /// <summary>Weights of the rows.</summary>
    public required double* Weights { get; init; }

    /// <summary>The linear outputs.</summary>
    public required double* Outputs { get; init; }

    /// <summary>What a whole step takes off the outputs.</summary>
    public required double* Moves { get; init; }

    /// <summary>First derivatives of the loss by the outputs, times the weights.</summary>
    public required double* Slopes { get; init; }

    /// <summary>Second derivatives of the loss by the outputs, each by itself, times the weights.</summary>
    public required double* Curvatures { get; init; }
}

/// <summary>A loss over many rows at a time; a lane is a row.</summary>
unsafe interface ISgdTileLoss
{
    /// <summary>Name of the mean loss.</summary>
    static abstract string Name { get; }

    /// <summary>Whether the loss is a parabola, so that Newton's step is exact.</summary>
    static abstract bool IsQuadratic { get; }

    /// <summary>The most that the loss curves by an output.</summary>
    static abstract double MostCurvature { get; }

    /// <summary>The weighted sum of losses where the outputs are <c>Outputs - share * Moves</c>.</summary>
    static abstract double Loss(in SgdStepRows rows, double share);

    /// <summary>Computes <see cref="SgdStepRows.Slopes"/> and <see cref="SgdStepRows.Curvatures"/>.</summary>
    static abstract void Derive(in SgdStepRows rows);

    /// <summary>The weights of the rows whose outputs decide for their class; 0 where there are no classes.</summary>
    static abstract double RightWeight(in SgdStepRows rows);

    /// <summary>What the progressive validation tells of a sum of losses: scikit-learn steps on half of the squared error, and reports all of it.</summary>
    static abstract double Reported(double loss);
}

/// <summary>The logistic loss of the log-odds of class 1: ln(1 + exp(-|s|)), plus |s| where s has the wrong sign.</summary>
unsafe readonly struct LogisticTileLoss : ISgdTileLoss
{
    public static string Name => LogisticLoss.Name;

    public static bool IsQuadratic => false;

    public static double MostCurvature => 0.25;

    public static double Loss(in SgdStepRows rows, double share)
    {
        Vector512<double> sum = default, half = Vector512.Create(0.5), back = Vector512.Create(-share);
        for (int i = 0; i < rows.Count; i += 8)
        {
            Vector512<double> score = Vector512.FusedMultiplyAdd(back, Vector512.Load(rows.Moves + i), Vector512.Load(rows.Outputs + i));
            Vector512<double> size = Vector512.Abs(score);
            Vector512<double> isOne = Vector512.GreaterThan(Vector512.Load(rows.Targets + i), half);
            Vector512<double> isWrong = Vector512.GreaterThanOrEqual(score, Vector512<double>.Zero) ^ isOne;
            Vector512<double> loss = ElementaryLanes.Log(Vector512<double>.One + Probabilities.Exp(-size)) + (size & isWrong);
            sum = Vector512.FusedMultiplyAdd(loss, Vector512.Load(rows.Weights + i), sum);
        }

        return Lanes.Sum(sum);
    }

    public static void Derive(in SgdStepRows rows)
    {
        Vector512<double> one = Vector512<double>.One;
        for (int i = 0; i < rows.Count; i += 8)
        {
            Vector512<double> score = Vector512.Load(rows.Outputs + i), weight = Vector512.Load(rows.Weights + i);
            Vector512<double> e = Probabilities.Exp(-Vector512.Abs(score));
            Vector512<double> larger = one / (one + e), smaller = e * larger;
            Vector512<double> p = Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(score, Vector512<double>.Zero), larger, smaller);
            ((p - Vector512.Load(rows.Targets + i)) * weight).Store(rows.Slopes + i);
            (larger * smaller * weight).Store(rows.Curvatures + i);
        }
    }

    public static double RightWeight(in SgdStepRows rows)
    {
        Vector512<double> sum = default, half = Vector512.Create(0.5);
        for (int i = 0; i < rows.Count; i += 8)
        {
            Vector512<double> isOne = Vector512.GreaterThan(Vector512.Load(rows.Targets + i), half);
            Vector512<double> saysOne = Vector512.GreaterThan(Vector512.Load(rows.Outputs + i), Vector512<double>.Zero);
            sum += Vector512.AndNot(Vector512.Load(rows.Weights + i), isOne ^ saysOne);
        }

        return Lanes.Sum(sum);
    }

    public static double Reported(double loss) => loss;
}

/// <summary>Half of the squared error.</summary>
unsafe readonly struct SquaredTileLoss : ISgdTileLoss
{
    public static string Name => SquaredLoss.Name;

    public static bool IsQuadratic => true;

    public static double MostCurvature => 1;

    public static double Loss(in SgdStepRows rows, double share)
    {
        Vector512<double> sum = default, back = Vector512.Create(-share);
        for (int i = 0; i < rows.Count; i += 8)
        {
            Vector512<double> output = Vector512.FusedMultiplyAdd(back, Vector512.Load(rows.Moves + i), Vector512.Load(rows.Outputs + i));
            Vector512<double> error = output - Vector512.Load(rows.Targets + i);
            sum = Vector512.FusedMultiplyAdd(error * error, Vector512.Load(rows.Weights + i), sum);
        }

        return Lanes.Sum(sum) / 2;
    }

    public static void Derive(in SgdStepRows rows)
    {
        for (int i = 0; i < rows.Count; i += 8)
        {
            Vector512<double> weight = Vector512.Load(rows.Weights + i);
            ((Vector512.Load(rows.Outputs + i) - Vector512.Load(rows.Targets + i)) * weight).Store(rows.Slopes + i);
            weight.Store(rows.Curvatures + i);
        }
    }

    public static double RightWeight(in SgdStepRows rows) => 0;

    public static double Reported(double loss) => 2 * loss;
}

/// <summary>-ln of the softmax probability of the row's class; one output per class.</summary>
unsafe readonly struct SoftmaxTileLoss : ISgdTileLoss
{
    public static string Name => LogisticLoss.Name;

    public static bool IsQuadratic => false;

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

    public static void Derive(in SgdStepRows rows)
    {
        Vector512<double> one = Vector512<double>.One;
        for (int i = 0; i < rows.Count; i += 8)
        {
            Vector512<double> best = Vector512.Load(rows.Outputs + i), sum = default;
            for (int c = 1; c < rows.OutputCount; c++)
                best = Vector512.Max(best, Vector512.Load(rows.Outputs + c * rows.Stride + i));

            for (int c = 0; c < rows.OutputCount; c++)
            {
                Vector512<double> e = Probabilities.Exp(Vector512.Load(rows.Outputs + c * rows.Stride + i) - best);
                e.Store(rows.Slopes + c * rows.Stride + i);
                sum += e;
            }

            Vector512<double> weight = Vector512.Load(rows.Weights + i), target = Vector512.Load(rows.Targets + i);
            for (int c = 0; c < rows.OutputCount; c++)
            {
                Vector512<double> p = Vector512.Load(rows.Slopes + c * rows.Stride + i) / sum;
                Vector512<double> wanted = one & Vector512.Equals(target, Vector512.Create((double)c));
                ((p - wanted) * weight).Store(rows.Slopes + c * rows.Stride + i);
                (p * (one - p) * weight).Store(rows.Curvatures + c * rows.Stride + i);
            }
        }
    }

    public static double RightWeight(in SgdStepRows rows)
    {
        Vector512<double> sum = default;
        for (int i = 0; i < rows.Count; i += 8)
        {
            // Of equal scores the first class wins.
            Vector512<double> best = Vector512.Load(rows.Outputs + i), said = default;
            for (int c = 1; c < rows.OutputCount; c++)
            {
                Vector512<double> score = Vector512.Load(rows.Outputs + c * rows.Stride + i);
                said = Vector512.ConditionalSelect(Vector512.GreaterThan(score, best), Vector512.Create((double)c), said);
                best = Vector512.Max(best, score);
            }

            sum += Vector512.Load(rows.Weights + i) & Vector512.Equals(said, Vector512.Load(rows.Targets + i));
        }

        return Lanes.Sum(sum);
    }

    public static double Reported(double loss) => loss;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<double> Score(in SgdStepRows rows, int output, int row, Vector512<double> back)
    {
        long at = output * rows.Stride + row;
        return Vector512.FusedMultiplyAdd(back, Vector512.Load(rows.Moves + at), Vector512.Load(rows.Outputs + at));
    }
}
