using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Streaming.Learning.Estimators;

/// <summary>Half of the squared error.</summary>
readonly struct SquaredLanes : ISgdLaneLoss
{
    public static string Name => SquaredLoss.Name;

    public static bool IsQuadratic => true;

    public static int Degree => 2;

    public static double MostCurvature => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Loss(Vector512<double> output, Vector512<double> target, double parameter, double width)
    {
        Vector512<double> error = output - target;
        return error * error * Vector512.Create(0.5);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<double> Loss, Vector512<double> Slope, Vector512<double> Curvature) Derive(
        Vector512<double> output, Vector512<double> target, double parameter, double width) => (Loss(output, target, parameter, width), output - target, Vector512<double>.One);
}

/// <summary>
/// Half the squared error up to epsilon, beyond that a line. Where epsilon is small beside the errors it is a line on either side with a kink
/// between, and rounded like one: the parabola then reaches as far as the width, and is so much flatter.
/// </summary>
readonly struct HuberLanes : ISgdLaneLoss
{
    public static string Name => HuberLoss.Name;

    public static bool HasKinks => true;

    public static int Degree => 2;

    public static double SlopeUnit(double parameter) => Math.Min(1, parameter);

    public static double CurvatureOver(double range, double parameter) => Math.Min(1, parameter / range);

    public static double ParameterIn(double unit, double parameter) => parameter / unit;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Loss(Vector512<double> output, Vector512<double> target, double parameter, double width)
    {
        (Vector512<double> reach, Vector512<double> curve) = Parabola(parameter, width);
        Vector512<double> size = Vector512.Abs(output - target), half = Vector512.Create(0.5);
        return Vector512.ConditionalSelect(
            Vector512.LessThan(size, reach), half * curve * size * size, Vector512.Create(parameter) * (size - half * reach));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<double> Loss, Vector512<double> Slope, Vector512<double> Curvature) Derive(
        Vector512<double> output, Vector512<double> target, double parameter, double width)
    {
        (Vector512<double> reach, Vector512<double> curve) = Parabola(parameter, width);
        Vector512<double> error = output - target, most = Vector512.Create(parameter);
        Vector512<double> slope = Vector512.Min(Vector512.Max(curve * error, -most), most);
        return (Loss(output, target, parameter, width), slope, curve & Vector512.LessThan(Vector512.Abs(error), reach));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Distance(Vector512<double> output, Vector512<double> target, double parameter) => Vector512.Abs(output - target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector512<double> Reach, Vector512<double> Curve) Parabola(double parameter, double width)
    {
        double reach = Math.Max(parameter, width);
        return (Vector512.Create(reach), Vector512.Create(parameter / reach));
    }
}

/// <summary>max(0, |error| - epsilon).</summary>
readonly struct EpsilonInsensitiveLanes : ISgdLaneLoss
{
    public static string Name => EpsilonInsensitiveLoss.Name;

    public static bool HasKinks => true;

    public static int Degree => 1;

    public static double CurvatureOver(double range, double parameter) => 1 / (2 * range);

    public static double ParameterIn(double unit, double parameter) => parameter / unit;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Loss(Vector512<double> output, Vector512<double> target, double parameter, double width)
    {
        Vector512<double> error = output - target, epsilon = Vector512.Create(parameter);
        return SgdKink.Loss(error - epsilon, width) + SgdKink.Loss(-error - epsilon, width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<double> Loss, Vector512<double> Slope, Vector512<double> Curvature) Derive(
        Vector512<double> output, Vector512<double> target, double parameter, double width)
    {
        Vector512<double> error = output - target, epsilon = Vector512.Create(parameter), above = error - epsilon, below = -error - epsilon;
        return (Loss(output, target, parameter, width), SgdKink.Slope(above, width) - SgdKink.Slope(below, width), SgdKink.Curvature(above, width) + SgdKink.Curvature(below, width));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Distance(Vector512<double> output, Vector512<double> target, double parameter) =>
        Vector512.Abs(Vector512.Abs(output - target) - Vector512.Create(parameter));
}

/// <summary>max(0, |error| - epsilon)².</summary>
readonly struct SquaredEpsilonInsensitiveLanes : ISgdLaneLoss
{
    public static string Name => SquaredEpsilonInsensitiveLoss.Name;

    public static int Degree => 2;

    public static double MostCurvature => 2;

    public static double ParameterIn(double unit, double parameter) => parameter / unit;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Loss(Vector512<double> output, Vector512<double> target, double parameter, double width)
    {
        Vector512<double> beyond = Vector512.Max(Vector512.Abs(output - target) - Vector512.Create(parameter), Vector512<double>.Zero);
        return beyond * beyond;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<double> Loss, Vector512<double> Slope, Vector512<double> Curvature) Derive(
        Vector512<double> output, Vector512<double> target, double parameter, double width)
    {
        Vector512<double> error = output - target, zero = Vector512<double>.Zero, two = Vector512.Create(2.0);
        Vector512<double> beyond = Vector512.Abs(error) - Vector512.Create(parameter), slope = two * Vector512.Max(beyond, zero);
        return (Loss(output, target, parameter, width), Vector512.ConditionalSelect(Vector512.LessThan(error, zero), -slope, slope), two & Vector512.GreaterThan(beyond, zero));
    }
}

/// <summary>The pinball loss.</summary>
readonly struct QuantileLanes : ISgdLaneLoss
{
    public static string Name => QuantileLoss.Name;

    public static bool HasKinks => true;

    public static int Degree => 1;

    public static double CurvatureOver(double range, double parameter) => 1 / (2 * range);

    // The larger part of the rows pulls with the smaller slope.
    public static double SlopeUnit(double parameter) => Math.Max(1e-3, Math.Sqrt(parameter * (1 - parameter)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Loss(Vector512<double> output, Vector512<double> target, double parameter, double width)
    {
        Vector512<double> lack = target - output;
        return Vector512.FusedMultiplyAdd(Vector512.Create(parameter - 1), lack, SgdKink.Loss(lack, width));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<double> Loss, Vector512<double> Slope, Vector512<double> Curvature) Derive(
        Vector512<double> output, Vector512<double> target, double parameter, double width)
    {
        Vector512<double> lack = target - output;
        return (Loss(output, target, parameter, width), Vector512.Create(1 - parameter) - SgdKink.Slope(lack, width), SgdKink.Curvature(lack, width));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Distance(Vector512<double> output, Vector512<double> target, double parameter) => Vector512.Abs(target - output);
}
