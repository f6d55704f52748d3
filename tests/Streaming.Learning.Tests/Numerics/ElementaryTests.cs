using System.Runtime.Intrinsics;
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

    [Fact]
    public void EightAtATime_HaveTheSameBits()
    {
        for (double x = -760; x < 760; x += 0.0137)
            Assert.Equal(Elementary.Exp(x), ElementaryLanes.Exp(Vector512.Create(x))[5]);

        for (double x = 1e-300; x < 1e300; x *= 1.037)
        {
            Assert.Equal(Elementary.Log(x), ElementaryLanes.Log(Vector512.Create(x))[3]);
            Assert.Equal(Elementary.Pow(x, -0.25), ElementaryLanes.Pow(Vector512.Create(x), Vector512.Create(-0.25))[7]);
        }

        Assert.Equal(double.NaN, ElementaryLanes.Exp(Vector512.Create(double.NaN))[0]);
    }

    static void AssertNear(double wanted, double found)
    {
        double unit = Math.BitIncrement(Math.Abs(wanted)) - Math.Abs(wanted);
        Assert.True(Math.Abs(wanted - found) <= 2 * unit, $"wanted {wanted:R}, found {found:R}");
    }
}
