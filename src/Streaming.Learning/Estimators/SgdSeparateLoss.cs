using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Streaming.Learning.Numerics;

namespace Streaming.Learning.Estimators;

/// <summary>A loss of one output, for eight rows at a time. Targets are numbers, or 0 and 1 for classes.</summary>
interface ISgdLaneLoss
{
    /// <inheritdoc cref="ISgdTileLoss.Name"/>
    static abstract string Name { get; }

    /// <inheritdoc cref="ISgdTileLoss.IsQuadratic"/>
    static virtual bool IsQuadratic => false;

    /// <inheritdoc cref="ISgdTileLoss.HasKinks"/>
    static virtual bool HasKinks => false;

    /// <inheritdoc cref="ISgdTileLoss.IsMinimised"/>
    static virtual bool IsMinimised => true;

    /// <inheritdoc cref="ISgdTileLoss.Degree"/>
    static virtual int Degree => 0;

    /// <inheritdoc cref="ISgdTileLoss.MostCurvature"/>
    static virtual double MostCurvature => double.PositiveInfinity;

    /// <inheritdoc cref="ISgdTileLoss.ParabolaReach"/>
    static virtual double ParabolaReach => 0;

    /// <inheritdoc cref="ISgdTileLoss.SlopeUnit"/>
    static virtual double SlopeUnit(double parameter) => 1;

    /// <inheritdoc cref="ISgdTileLoss.CurvatureOver"/>
    static virtual double CurvatureOver(double range, double parameter) => 1;

    /// <inheritdoc cref="ISgdTileLoss.ParameterIn"/>
    static virtual double ParameterIn(double unit, double parameter) => parameter;

    /// <summary>The losses.</summary>
    /// <param name="output">The outputs.</param>
    /// <param name="target">The targets.</param>
    /// <param name="parameter">What some losses depend on.</param>
    /// <param name="width">How far kinks are rounded.</param>
    static abstract Vector512<double> Loss(Vector512<double> output, Vector512<double> target, double parameter, double width);

    /// <summary>The losses, with the same bits, and their first and second derivatives by the output.</summary>
    /// <param name="output">The outputs.</param>
    /// <param name="target">The targets.</param>
    /// <param name="parameter">What some losses depend on.</param>
    /// <param name="width">How far kinks are rounded.</param>
    static abstract (Vector512<double> Loss, Vector512<double> Slope, Vector512<double> Curvature) Derive(
        Vector512<double> output, Vector512<double> target, double parameter, double width);

    /// <summary>The distances to the nearest kink.</summary>
    static virtual Vector512<double> Distance(Vector512<double> output, Vector512<double> target, double parameter) => Vector512<double>.Zero;
}

/// <summary>A loss of each output by itself: of the only one, or per class against the rest.</summary>
unsafe readonly struct SgdSeparateLoss<TLane> : ISgdTileLoss
    where TLane : ISgdLaneLoss
{
    public static string Name => TLane.Name;

    public static bool IsQuadratic => TLane.IsQuadratic;

    public static bool HasKinks => TLane.HasKinks;

    public static bool IsMinimised => TLane.IsMinimised;

    public static int Degree => TLane.Degree;

    public static double MostCurvature => TLane.MostCurvature;

    public static double ParabolaReach => TLane.ParabolaReach;

    public static double SlopeUnit(double parameter) => TLane.SlopeUnit(parameter);

    public static double CurvatureOver(double range, double parameter) => TLane.CurvatureOver(range, parameter);

    public static double ParameterIn(double unit, double parameter) => TLane.ParameterIn(unit, parameter);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Loss(in SgdStepRows rows, double share)
    {
        Vector512<double> sum = default, back = Vector512.Create(-share);
        for (int c = 0; c < rows.OutputCount; c++)
        {
            double* outputs = rows.Outputs + c * rows.Stride, moves = rows.Moves + c * rows.Stride;
            for (int i = 0; i < rows.Count; i += 8)
            {
                Vector512<double> output = Vector512.FusedMultiplyAdd(back, Vector512.Load(moves + i), Vector512.Load(outputs + i));
                (Vector512<double> target, Vector512<double> weight) = SgdSeparateLoss.Of(rows, c, i);
                sum = Vector512.FusedMultiplyAdd(TLane.Loss(output, target, rows.Parameter, rows.Width), weight, sum);
            }
        }

        return Lanes.Sum(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Derive(in SgdStepRows rows, double share)
    {
        Vector512<double> sum = default, back = Vector512.Create(-share);
        for (int c = 0; c < rows.OutputCount; c++)
        {
            long at = c * rows.Stride;
            for (int i = 0; i < rows.Count; i += 8)
            {
                Vector512<double> output = Vector512.FusedMultiplyAdd(back, Vector512.Load(rows.Moves + at + i), Vector512.Load(rows.Outputs + at + i));
                (Vector512<double> target, Vector512<double> weight) = SgdSeparateLoss.Of(rows, c, i);
                (Vector512<double> loss, Vector512<double> slope, Vector512<double> curvature) = TLane.Derive(output, target, rows.Parameter, rows.Width);
                (slope * weight).Store(rows.Slopes + at + i);
                (curvature * weight).Store(rows.Curvatures + at + i);
                sum = Vector512.FusedMultiplyAdd(loss, weight, sum);
            }
        }

        return Lanes.Sum(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MeasureDistances(in SgdStepRows rows)
    {
        for (int c = 0; c < rows.OutputCount; c++)
        {
            long at = c * rows.Stride;
            for (int i = 0; i < rows.Count; i += 8)
                TLane.Distance(Vector512.Load(rows.Outputs + at + i), SgdSeparateLoss.Of(rows, c, i).Target, rows.Parameter).Store(rows.Moves + at + i);
        }
    }

    public static double RightWeight(in SgdStepRows rows) =>
        TLane.Degree > 0 ? 0 : rows.OutputCount == 1 ? SgdSeparateLoss.RightWeightOfTwo(rows) : SgdSeparateLoss.RightWeight(rows);

    public static double Reported(double loss) => TLane.IsQuadratic ? 2 * loss : loss;
}

/// <summary>What losses per output have in common with others.</summary>
static unsafe class SgdSeparateLoss
{
    /// <summary>Target and weight, for one output, of the eight rows from <paramref name="row"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<double> Target, Vector512<double> Weight) Of(in SgdStepRows rows, int output, int row)
    {
        Vector512<double> target = Vector512.Load(rows.Targets + row), weight = Vector512.Load(rows.Weights + row);
        if (rows.OutputCount == 1)
            return (target, weight);

        Vector512<double> isOwn = Vector512.Equals(target, Vector512.Create((double)output));
        return (isOwn & Vector512<double>.One, Vector512.ConditionalSelect(isOwn, weight, Vector512.Load(rows.RestWeights + row)));
    }

    /// <summary>The weights of the rows whose only output has the sign of their class.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double RightWeightOfTwo(in SgdStepRows rows)
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

    /// <summary>The weights of the rows whose largest output is that of their class.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
}
