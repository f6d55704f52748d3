using System.Runtime.Intrinsics;
using Streaming.Learning.Estimators;
using Xunit;

namespace Streaming.Learning.Tests.Estimators;

/// <summary>The losses for eight rows at a time, beside the scalar ones; and their slopes and curvatures, beside differences of theirs.</summary>
public sealed class SgdLaneLossTests
{
    static readonly double[] Outputs = [-7.3, -2.2, -1.3, -0.4, 0.1, 0.9, 1.6, 12.5];

    [Fact]
    public void Classes_AreTheScalarLosses()
    {
        foreach (double target in (double[])[0, 1])
        {
            AssertSame<LogisticLanes, LogisticLoss>(target, 0);
            AssertSame<HingeLanes, HingeLoss>(target, 0);
            AssertSame<SquaredHingeLanes, SquaredHingeLoss>(target, 0);
            AssertSame<ModifiedHuberLanes, ModifiedHuberLoss>(target, 0);
            AssertSame<PerceptronLanes, PerceptronLoss>(target, 0);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Logistic_InFloats_IsTheScalarLossToTheirDigits(double target)
    {
        for (float output = -80; output <= 80; output += 0.137f)
        {
            (Vector512<float> loss, Vector512<float> slope) = LogisticBlockLoss.Derive(Vector512.Create(output), Vector512.Create((float)target));
            double margin = target == 1 ? output : -output, e = Math.Exp(-Math.Abs(margin)), odds = 1 + Math.Exp(margin);
            double wanted = (e < 1e-4 ? e - e * e / 2 : Math.Log(1 + e)) + Math.Max(0, -margin);
            Assert.Equal(1, loss[3] / wanted, 1e-6);
            Assert.Equal(1, slope[12] * odds / (target == 1 ? -1 : 1), 1e-6);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2.7)]
    public void Numbers_AreTheScalarLosses(double target)
    {
        AssertSame<HuberLanes, HuberLoss>(target, 0.7);
        AssertSame<EpsilonInsensitiveLanes, EpsilonInsensitiveLoss>(target, 0.7);
        AssertSame<SquaredEpsilonInsensitiveLanes, SquaredEpsilonInsensitiveLoss>(target, 0.7);
        AssertSame<QuantileLanes, QuantileLoss>(target, 0.3);
    }

    [Theory]
    [InlineData(0.8)]
    [InlineData(40)]
    public void Slopes_AreThoseOfTheRoundedLoss(double width)
    {
        AssertDerivative<HingeLanes>(1, 0, width);
        AssertDerivative<EpsilonInsensitiveLanes>(0.5, 0.7, width);
        AssertDerivative<QuantileLanes>(0.5, 0.3, width);
        AssertDerivative<HuberLanes>(0.5, 0.7, width);
        AssertDerivative<SquaredHingeLanes>(1, 0, width);
        AssertDerivative<ModifiedHuberLanes>(0, 0, width);
        AssertDerivative<SquaredEpsilonInsensitiveLanes>(0.5, 0.7, width);
    }

    static void AssertSame<TLanes, TLoss>(double target, double parameter)
        where TLanes : ISgdLaneLoss
        where TLoss : ISgdLoss
    {
        Vector512<double> output = Vector512.Create(Outputs), targets = Vector512.Create(target);
        Vector512<double> loss = TLanes.Loss(output, targets, parameter, SgdKink.None);
        (Vector512<double> same, Vector512<double> slope, _) = TLanes.Derive(output, targets, parameter, SgdKink.None);
        Assert.Equal(loss, same);
        for (int i = 0; i < 8; i++)
        {
            (double wanted, double gradient) = TLoss.At(Outputs[i], target, parameter);
            Assert.Equal(wanted, loss[i], 1e-12);
            Assert.Equal(gradient, slope[i], 1e-12);
        }
    }

    static void AssertDerivative<TLanes>(double target, double parameter, double width)
        where TLanes : ISgdLaneLoss
    {
        const double Step = 1e-6;
        Vector512<double> output = Vector512.Create(Outputs), targets = Vector512.Create(target), step = Vector512.Create(Step);
        Vector512<double> rise = TLanes.Loss(output + step, targets, parameter, width) - TLanes.Loss(output - step, targets, parameter, width);
        (_, Vector512<double> slope, Vector512<double> curvature) = TLanes.Derive(output, targets, parameter, width);
        Vector512<double> change = TLanes.Derive(output + step, targets, parameter, width).Slope - TLanes.Derive(output - step, targets, parameter, width).Slope;
        for (int i = 0; i < 8; i++)
        {
            Assert.Equal(rise[i] / (2 * Step), slope[i], 1e-6);
            if (width > 2)
                Assert.Equal(change[i] / (2 * Step), curvature[i], 1e-6);
        }
    }
}
