using Streaming.Learning.Numerics;
using Xunit;

namespace Streaming.Learning.Tests.Numerics;

/// <summary>The search for values that are no finite numbers, beside looking at each.</summary>
public sealed class FiniteTests
{
    public static TheoryData<double> Bad => [double.NaN, -double.NaN, double.PositiveInfinity, double.NegativeInfinity];

    [Theory]
    [MemberData(nameof(Bad))]
    public void BadValue_IsFoundAtEveryPlace_AndTheFirstOfThemCounts(double bad)
    {
        for (int length = 1; length <= 100; length++)
        {
            for (int at = 0; at < length; at++)
            {
                double[] values = FiniteValues(length);
                values[at] = bad;
                values[length - 1] = bad;
                Assert.Equal(at, Finite.IndexOfNonFinite(values));
                Assert.Equal(at, Finite.IndexOfNonFinite([.. values.Select(v => (float)v)]));
            }
        }
    }

    [Fact]
    public void LargestSmallestAndNegativeNumbers_AreFinite()
    {
        for (int length = 0; length <= 100; length++)
        {
            Assert.Equal(-1, Finite.IndexOfNonFinite(FiniteValues(length)));
            Assert.Equal(-1, Finite.IndexOfNonFinite([.. FiniteValues(length).Select(v => (float)v)]));
        }

        Assert.Equal(-1, Finite.IndexOfNonFinite([.. Enumerable.Range(0, 40).Select(i => i % 2 == 0 ? double.MaxValue : double.MinValue)]));
    }

    [Fact]
    public void ValueBeyondFloat_IsFoundAtEveryPlace_AndNoneThatRoundsToTheLargest()
    {
        double least = 2 * (double)float.MaxValue - BitConverter.UInt32BitsToSingle(0x7F7F_FFFE);
        least = ((double)float.MaxValue + least) / 2;
        foreach (double bad in new[] { least, -least, 1e39, -1e300, double.NaN, double.NegativeInfinity })
        {
            for (int length = 1; length <= 100; length++)
            {
                double[] values = FiniteValues(length);
                Assert.Equal(-1, Finite.IndexOfNonFiniteFloat(values));
                for (int at = 0; at < length; at++)
                {
                    values = FiniteValues(length);
                    values[at] = bad;
                    values[length - 1] = bad;
                    Assert.False(float.IsFinite((float)bad));
                    Assert.Equal(at, Finite.IndexOfNonFiniteFloat(values));
                    values.AsSpan().Replace(bad, Math.BitDecrement(least));
                    Assert.True(double.IsNaN(bad) || Finite.IndexOfNonFiniteFloat(values) == -1);
                }
            }
        }
    }

    static double[] FiniteValues(int length)
    {
        double[] kinds = [float.MaxValue, float.MinValue, 0, -0.0, float.Epsilon, -1.5, 3];
        return [.. Enumerable.Range(0, length).Select(i => kinds[i % kinds.Length])];
    }
}
