using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Streaming.Learning.Models;
using Streaming.Learning.Numerics;

namespace Streaming.Learning.Estimators;

/// <summary>
/// max(0, u), the one kink that losses of straight lines are made of, rounded by a logistic curve that varies as much as equal chances within u ± width:
/// the smooth support vector machine of Lee and Mangasarian (Comput. Optim. Appl. 20, 2001), smoothed quantile regression (Fernandes, Guerre and
/// Horta, J. Bus. Econ. Stat. 39, 2021). Its tails reach everywhere, so that no row is without a slope.
/// </summary>
static class SgdKink
{
    /// <summary>A width that rounds nothing: numbers this close to a kink there are not.</summary>
    public const double None = 1e-300;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Loss(Vector512<double> u, double width)
    {
        Vector512<double> unit = Unit(width), e = Tail(u, unit);
        return Vector512.FusedMultiplyAdd(unit, ElementaryLanes.Log(Vector512<double>.One + e), Vector512.Max(u, Vector512<double>.Zero));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Slope(Vector512<double> u, double width)
    {
        Vector512<double> one = Vector512<double>.One, e = Tail(u, Unit(width)), larger = one / (one + e);
        return Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(u, Vector512<double>.Zero), larger, e * larger);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Curvature(Vector512<double> u, double width)
    {
        Vector512<double> unit = Unit(width), one = Vector512<double>.One, e = Tail(u, unit), larger = one / (one + e);
        return e * larger * larger / unit;
    }

    // The standard deviation of a logistic curve is π / √3 units, that of equal chances width / √3.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<double> Unit(double width) => Vector512.Create(width / Math.PI);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<double> Tail(Vector512<double> u, Vector512<double> unit) => Probabilities.Exp(-Vector512.Abs(u) / unit);
}
