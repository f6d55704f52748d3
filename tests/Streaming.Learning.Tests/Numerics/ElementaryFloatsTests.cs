using System.Runtime.Intrinsics;
using Streaming.Learning.Numerics;
using Xunit;

namespace Streaming.Learning.Tests.Numerics;

public sealed class ElementaryFloatsTests
{
    [Fact]
    public void Exp_WholeRange_IsWithinTwoUnitsInTheLastPlace()
    {
        for (float x = -87; x < 88; x += 0.0037f)
            AssertNear(Math.Exp(x), ElementaryFloats.Exp(Vector512.Create(x))[5]);

        Assert.Equal(1, ElementaryFloats.Exp(Vector512<float>.Zero)[0]);
    }

    [Fact]
    public void Exp_Outside_IsFinite_AndNaNStaysNaN()
    {
        Assert.Equal(ElementaryFloats.Exp(Vector512.Create(-87f)), ElementaryFloats.Exp(Vector512.Create(float.NegativeInfinity)));
        Assert.True(float.IsFinite(ElementaryFloats.Exp(Vector512.Create(1e30f))[15]));
        Assert.Equal(float.NaN, ElementaryFloats.Exp(Vector512.Create(float.NaN))[3]);
    }

    [Fact]
    public void LogOf1Plus_ZeroToOne_IsWithinTwoUnitsInTheLastPlace()
    {
        for (float x = 1e-37f; x < 1; x *= 1.0037f)
            AssertNear(Logarithm(x), ElementaryFloats.LogOf1Plus(Vector512.Create(x))[7]);

        AssertNear(Math.Log(2), ElementaryFloats.LogOf1Plus(Vector512<float>.One)[0]);
        Assert.Equal(0, ElementaryFloats.LogOf1Plus(Vector512<float>.Zero)[0]);
    }

    [Fact]
    public void SixteenNumbers_EachHaveTheirOwnResult()
    {
        Vector512<float> x = Vector512.CreateSequence(-8f, 0.7f), e = ElementaryFloats.Exp(x);
        for (int i = 0; i < 16; i++)
            Assert.Equal(ElementaryFloats.Exp(Vector512.Create(x[i]))[0], e[i]);
    }

    // ln (1 + x) where 1 + x has lost digits of x.
    static double Logarithm(double x)
    {
        double all = 1 + x;
        return all == 1 ? x : Math.Log(all) * x / (all - 1);
    }

    static void AssertNear(double wanted, float found)
    {
        double unit = MathF.BitIncrement((float)wanted) - (float)wanted;
        Assert.True(Math.Abs(wanted - found) <= 2 * unit, $"wanted {wanted:R}, found {found:R}");
    }
}
