using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Streaming.Learning.Numerics;

namespace Streaming.Learning.Estimators;

/// <summary>The logistic loss of the log-odds of class 1: ln(1 + exp(-|s|)), plus |s| where s has the wrong sign.</summary>
readonly struct LogisticLanes : ISgdLaneLoss
{
    public static string Name => LogisticLoss.Name;

    public static double MostCurvature => 0.25;

    // Odds change by less than an eighth.
    public static double ParabolaReach => 0.1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Loss(Vector512<double> output, Vector512<double> target, double parameter, double width)
    {
        Vector512<double> size = Vector512.Abs(output);
        return Loss(output, target, size, Vector512<double>.One + ElementaryLanes.Exp(-size));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<double> Loss, Vector512<double> Slope, Vector512<double> Curvature) Derive(
        Vector512<double> output, Vector512<double> target, double parameter, double width)
    {
        Vector512<double> one = Vector512<double>.One, size = Vector512.Abs(output), e = ElementaryLanes.Exp(-size), all = one + e;
        Vector512<double> larger = one / all, smaller = e * larger;
        Vector512<double> p = Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(output, Vector512<double>.Zero), larger, smaller);
        return (Loss(output, target, size, all), p - target, larger * smaller);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<double> Loss(Vector512<double> output, Vector512<double> target, Vector512<double> size, Vector512<double> all)
    {
        Vector512<double> isOne = Vector512.GreaterThan(target, Vector512.Create(0.5));
        Vector512<double> isWrong = Vector512.GreaterThanOrEqual(output, Vector512<double>.Zero) ^ isOne;
        return ElementaryLanes.Log(all) + (size & isWrong);
    }
}

/// <summary>
/// max(0, 1 - margin). The curvature is that of a wider kink: classes that are easily told apart have hardly a row at the kink, and rows without
/// curvature are forgotten.
/// </summary>
readonly struct HingeLanes : ISgdLaneLoss
{
    const double Reach = 1.5;

    public static string Name => HingeLoss.Name;

    public static bool HasKinks => true;

    public static double CurvatureOver(double range, double parameter) => 1 / (2 * Math.Max(range, Reach));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Loss(Vector512<double> output, Vector512<double> target, double parameter, double width) =>
        SgdKink.Loss(SgdMargin.Lack(output, target), width);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<double> Loss, Vector512<double> Slope, Vector512<double> Curvature) Derive(
        Vector512<double> output, Vector512<double> target, double parameter, double width)
    {
        Vector512<double> lack = SgdMargin.Lack(output, target);
        return (Loss(output, target, parameter, width), -SgdMargin.Sign(target) * SgdKink.Slope(lack, width), SgdKink.Curvature(lack, Math.Max(width, Reach)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Distance(Vector512<double> output, Vector512<double> target, double parameter) =>
        Vector512.Abs(SgdMargin.Lack(output, target));
}

/// <summary>max(0, 1 - margin)².</summary>
readonly struct SquaredHingeLanes : ISgdLaneLoss
{
    public static string Name => SquaredHingeLoss.Name;

    public static double MostCurvature => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Loss(Vector512<double> output, Vector512<double> target, double parameter, double width)
    {
        Vector512<double> lack = Vector512.Max(SgdMargin.Lack(output, target), Vector512<double>.Zero);
        return lack * lack;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<double> Loss, Vector512<double> Slope, Vector512<double> Curvature) Derive(
        Vector512<double> output, Vector512<double> target, double parameter, double width)
    {
        Vector512<double> lack = SgdMargin.Lack(output, target), two = Vector512.Create(2.0);
        return (Loss(output, target, parameter, width), -two * SgdMargin.Sign(target) * Vector512.Max(lack, Vector512<double>.Zero), two & Vector512.GreaterThan(lack, Vector512<double>.Zero));
    }
}

/// <summary>max(0, 1 - margin)² for margins above -1, below that -4 margin.</summary>
readonly struct ModifiedHuberLanes : ISgdLaneLoss
{
    public static string Name => ModifiedHuberLoss.Name;

    public static double MostCurvature => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Loss(Vector512<double> output, Vector512<double> target, double parameter, double width)
    {
        Vector512<double> lack = Vector512.Max(SgdMargin.Lack(output, target), Vector512<double>.Zero), square = lack * lack;
        return Vector512.ConditionalSelect(Vector512.LessThanOrEqual(lack, Vector512.Create(2.0)), square, Vector512.Create(4.0) * (lack - Vector512<double>.One));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<double> Loss, Vector512<double> Slope, Vector512<double> Curvature) Derive(
        Vector512<double> output, Vector512<double> target, double parameter, double width)
    {
        Vector512<double> lack = SgdMargin.Lack(output, target), two = Vector512.Create(2.0), zero = Vector512<double>.Zero;
        Vector512<double> bounded = Vector512.Min(Vector512.Max(lack, zero), two);
        return (Loss(output, target, parameter, width), -two * SgdMargin.Sign(target) * bounded, two & Vector512.GreaterThan(lack, zero) & Vector512.LessThanOrEqual(lack, two));
    }
}

/// <summary>max(0, -margin). Its least is at weights of 0, so it is not minimised: rows on the wrong side are learned, and the weights averaged.</summary>
readonly struct PerceptronLanes : ISgdLaneLoss
{
    public static string Name => PerceptronLoss.Name;

    public static bool IsMinimised => false;

    public static double MostCurvature => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Loss(Vector512<double> output, Vector512<double> target, double parameter, double width) =>
        Vector512.Max(-SgdMargin.Sign(target) * output, Vector512<double>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<double> Loss, Vector512<double> Slope, Vector512<double> Curvature) Derive(
        Vector512<double> output, Vector512<double> target, double parameter, double width)
    {
        Vector512<double> sign = SgdMargin.Sign(target);
        return (Loss(output, target, parameter, width), -sign & Vector512.LessThanOrEqual(sign * output, Vector512<double>.Zero), Vector512<double>.Zero);
    }
}

/// <summary>Margins of classes 0 and 1: the output, or minus it for class 0.</summary>
static class SgdMargin
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Sign(Vector512<double> target) => target + target - Vector512<double>.One;

    /// <summary>What a margin is below 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Lack(Vector512<double> output, Vector512<double> target) => Vector512<double>.One - Sign(target) * output;
}
