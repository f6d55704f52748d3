using Streaming.Learning.Numerics;
using Xunit;

namespace Streaming.Learning.Tests.Numerics;

public sealed class ElementaryTests
{
    [Fact]
    public void Exp_WholeRange_IsWithinTwoUnitsInTheLastPlace()
    {
        for (double x = -707; x < 709; x += 0.0137)
            AssertNear(Math.Exp(x), Elementary.Exp(x));

        Assert.Equal(1, Elementary.Exp(0));
    }

    [Fact]
    public void Exp_Outside_IsFinite_AndNaNStaysNaN()
    {
        Assert.Equal(Elementary.Exp(-708), Elementary.Exp(double.NegativeInfinity));
        Assert.Equal(Elementary.Exp(709), Elementary.Exp(1e300));
        Assert.True(double.IsFinite(Elementary.Exp(709)));
        Assert.Equal(double.NaN, Elementary.Exp(double.NaN));
    }

    [Fact]
    public void Log_ManyMagnitudes_IsWithinTwoUnitsInTheLastPlace()
    {
        for (double x = 1e-300; x < 1e300; x *= 1.037)
            AssertNear(Math.Log(x), Elementary.Log(x));

        for (double x = 0.5; x < 2; x += 0.00037)
            AssertNear(Math.Log(x), Elementary.Log(x));

        Assert.Equal(0, Elementary.Log(1));
    }

    static void AssertNear(double wanted, double found)
    {
        double unit = Math.BitIncrement(Math.Abs(wanted)) - Math.Abs(wanted);
        Assert.True(Math.Abs(wanted - found) <= 2 * unit, $"wanted {wanted:R}, found {found:R}");
    }
}
