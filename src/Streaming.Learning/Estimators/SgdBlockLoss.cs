using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Streaming.Learning.Numerics;

namespace Streaming.Learning.Estimators;

/// <summary>A loss over a block of rows, a multiple of 16, of which only the slopes are wanted, in float32: what mini-batches step by.</summary>
unsafe interface ISgdBlockLoss
{
    /// <inheritdoc cref="ISgdTileLoss.Name"/>
    static abstract string Name { get; }

    /// <summary>Computes the derivatives of the loss by the outputs, times the weights; returns the weighted sum of losses.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="slopes">Receives them, laid out as <see cref="SgdStepRows.Outputs"/>.</param>
    static abstract double Derive(in SgdStepRows rows, float* slopes);

    /// <inheritdoc cref="ISgdTileLoss.RightWeight"/>
    static abstract double RightWeight(in SgdStepRows rows);

    /// <inheritdoc cref="ISgdTileLoss.Reported"/>
    static abstract double Reported(double loss);
}

/// <summary>Any loss, derived in double and rounded.</summary>
unsafe readonly struct SgdRoundedLoss<TLoss> : ISgdBlockLoss
    where TLoss : ISgdTileLoss
{
    public static string Name => TLoss.Name;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Derive(in SgdStepRows rows, float* slopes)
    {
        double loss = TLoss.Derive(rows, 0);
        for (int c = 0; c < rows.OutputCount; c++)
        {
            double* from = rows.Slopes + c * rows.Stride;
            for (int i = 0; i < rows.Count; i += 16)
                FloatLanes.Narrow(Vector512.Load(from + i), Vector512.Load(from + i + 8)).Store(slopes + c * rows.Stride + i);
        }

        return loss;
    }

    public static double RightWeight(in SgdStepRows rows) => TLoss.RightWeight(rows);

    public static double Reported(double loss) => TLoss.Reported(loss);
}

/// <summary>
/// The logistic loss (<see cref="LogisticLanes"/>) in float32, sixteen rows at a time: its exponential, logarithm and quotients would take half of a mini-batch's time in
/// double. Slopes are as exact near 0 as elsewhere.
/// </summary>
unsafe readonly struct LogisticBlockLoss : ISgdBlockLoss
{
    public static string Name => LogisticLoss.Name;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Derive(in SgdStepRows rows, float* slopes)
    {
        Vector512<double> sum = default;
        for (int c = 0; c < rows.OutputCount; c++)
        {
            for (int i = 0; i < rows.Count; i += 16)
            {
                double* outputs = rows.Outputs + c * rows.Stride + i;
                (Vector512<double> target, Vector512<double> weight) = SgdSeparateLoss.Of(rows, c, i);
                (Vector512<double> nextTarget, Vector512<double> nextWeight) = SgdSeparateLoss.Of(rows, c, i + 8);
                (Vector512<float> loss, Vector512<float> slope) = Derive(
                    FloatLanes.Narrow(Vector512.Load(outputs), Vector512.Load(outputs + 8)), FloatLanes.Narrow(target, nextTarget));
                (slope * FloatLanes.Narrow(weight, nextWeight)).Store(slopes + c * rows.Stride + i);
                sum = Vector512.FusedMultiplyAdd(Vector512.WidenLower(loss), weight, sum);
                sum = Vector512.FusedMultiplyAdd(Vector512.WidenUpper(loss), nextWeight, sum);
            }
        }

        return Lanes.Sum(sum);
    }

    public static double RightWeight(in SgdStepRows rows) => SgdSeparateLoss<LogisticLanes>.RightWeight(rows);

    public static double Reported(double loss) => loss;

    /// <summary>The losses of sixteen rows, and their derivatives by the output.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> Loss, Vector512<float> Slope) Derive(Vector512<float> output, Vector512<float> target)
    {
        Vector512<float> size = Vector512.Abs(output), e = ElementaryFloats.Exp(-size), larger = Vector512<float>.One / (Vector512<float>.One + e);
        Vector512<float> isOne = Vector512.GreaterThan(target, Vector512.Create(0.5f));
        Vector512<float> isWrong = Vector512.GreaterThanOrEqual(output, Vector512<float>.Zero) ^ isOne;

        // The probability of the other class, which pulls towards the row's own.
        Vector512<float> other = Vector512.ConditionalSelect(isWrong, larger, e * larger), sign = Vector512.Create(-0f) & isOne;
        return (ElementaryFloats.LogOf1Plus(e) + (size & isWrong), other ^ sign);
    }
}
