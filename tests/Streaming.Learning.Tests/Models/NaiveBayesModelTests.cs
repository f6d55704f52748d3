using Streaming.Learning.Data;
using Streaming.Learning.Models;
using Xunit;

namespace Streaming.Learning.Tests.Models;

public class NaiveBayesModelTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(24)]
    public void Predict_GaussianNb_EqualsTheDensities(int rows)
    {
        GaussianNbModel model = TestModels.GaussianNb();
        using RowBatch tile = TestTiles.Create(3, rows, TestTiles.Sample);
        double[] output = TestTiles.Predict(model, tile);
        for (int row = 0; row < rows; row++)
        {
            double[] joint = [.. Enumerable.Range(0, 3).Select(c => model.ClassPrior[c] * Enumerable.Range(0, 3).Aggregate(1.0, (product, j) =>
            {
                double distance = TestTiles.Sample(row, j) - model.Theta[3 * c + j], variance = model.Var[3 * c + j];
                return product * Math.Exp(-distance * distance / (2 * variance)) / Math.Sqrt(2 * Math.PI * variance);
            }))];
            Assert.Equal(Array.IndexOf(joint, joint.Max()), output[row]);
            for (int c = 0; c < 3; c++)
                Assert.Equal(joint[c] / joint.Sum(), output[(1 + c) * rows + row], 1e-12);
        }
    }

    [Fact]
    public void Attributes_ScaledFeatures_AreInTheUsersUnits()
    {
        FeatureScaling scaling = TestModels.Scaling();
        GaussianNbModel normal = TestModels.GaussianNb(scaling), plain = TestModels.GaussianNb();
        LinearDiscriminantModel linear = TestModels.LinearDiscriminant(scaling), plainLinear = TestModels.LinearDiscriminant();
        for (int j = 0; j < 3; j++)
        {
            Assert.Equal(scaling.Restore(j, plain.Theta[3 + j]), normal.Theta[3 + j], 1e-12);
            Assert.Equal(Math.Sqrt(plain.Var[3 + j]) / scaling.Factor[j], Math.Sqrt(normal.Var[3 + j]), 1e-9);
            Assert.Equal(scaling.Restore(j, plainLinear.Means[3 + j]), linear.Means[3 + j], 1e-12);
            Assert.Equal(scaling.Restore(j, plainLinear.Xbar[j]), linear.Xbar[j], 1e-12);
            Assert.Equal(plainLinear.Scalings[j] * scaling.Factor[j], linear.Scalings[j], 1e-12);
        }
    }

    [Fact]
    public void Constructor_VarianceOfZero_Throws() =>
        Assert.Contains(
            "Wanted values of var above 0, found 0",
            Assert.Throws<ArgumentException>(() => new GaussianNbModel(
                TestTiles.Header(1, TestTiles.Classes("a", "b")), [0, 1], [1, 0], [0.5, 0.5], [1, 1], 0)).Message,
            StringComparison.Ordinal);
}
