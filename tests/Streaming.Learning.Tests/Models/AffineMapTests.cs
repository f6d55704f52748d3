using Streaming.Learning.Data;
using Streaming.Learning.Models;
using Streaming.Learning.Numerics;
using Xunit;

namespace Streaming.Learning.Tests.Models;

public class AffineMapTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(7, 4)]
    [InlineData(28, 11)]
    public void Apply_EveryRowCount_EqualsScalarTwin(int features, int outputs)
    {
        var random = new KeyedRandom(1, "affine map");
        double[] weights = [.. Enumerable.Range(0, features * outputs).Select(_ => random.NextDouble() - 0.5)];
        double[] bias = [.. Enumerable.Range(0, outputs).Select(_ => random.NextDouble())];
        for (int rows = 0; rows <= 67; rows++)
        {
            using RowBatch tile = TestTiles.Create(features, rows, (i, j) => (i * 31 + j * 17) % 101 / 7.0);
            var output = new double[outputs * rows];

            AffineMap.Apply(tile, weights, bias, output);

            Assert.Equal(Scalar(tile, weights, bias), output);
        }
    }

    static double[] Scalar(RowBatch tile, double[] weights, double[] bias)
    {
        var output = new double[bias.Length * tile.RowCount];
        for (int c = 0; c < bias.Length; c++)
        {
            for (int row = 0; row < tile.RowCount; row++)
            {
                double sum = bias[c];
                for (int j = 0; j < tile.FeatureCount; j++)
                    sum = Math.FusedMultiplyAdd(weights[c * tile.FeatureCount + j], tile.Column(j)[row], sum);

                output[c * tile.RowCount + row] = sum;
            }
        }

        return output;
    }
}
