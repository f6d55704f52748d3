using Streaming.Learning.Estimators;
using Xunit;

namespace Streaming.Learning.Tests.Estimators;

public sealed class CrossProductsTests
{
    [Fact]
    public void About_AnyCut_EqualsPlainSums()
    {
        double[] point = [0.1, 0.2, -0.3, 0, 5];
        foreach (double[]? weights in (double[]?[])[null, Sample.Weights])
        {
            var features = new double[25];
            var target = new double[5];
            double square = 0;
            for (int r = 0; r < Sample.Rows; r++)
            {
                double w = weights?[r] ?? 1, y = Sample.Numbers[r] - 7;
                square += w * y * y;
                for (int i = 0; i < 5; i++)
                {
                    target[i] += w * (Sample.Features[r][i] - point[i]) * y;
                    for (int j = 0; j < 5; j++)
                        features[i * 5 + j] += w * (Sample.Features[r][i] - point[i]) * (Sample.Features[r][j] - point[j]);
                }
            }

            foreach ((int cut, int batch) in ((int, int)[])[(0, 200), (1, 64), (13, 200), (100, 9), (199, 200), (200, 50)])
            {
                Products found = Cut(weights, cut, batch).About(point, 7);
                Near.Equal(features, found.Features, 1e-11);
                Near.Equal(target, found.Target, 1e-11);
                Near.Equal([square], [found.TargetSquare], 1e-12);
            }
        }
    }

    [Fact]
    public void About_ConstantColumn_GivesZeros()
    {
        var sums = new CrossProducts(2, hasTarget: false);
        new Harness(Sample.Make(i => [0.1f, i])) { BatchSize = 200 }.WithTile(0, 200, sums.Add);
        Products found = sums.About(sums.Means());

        Assert.Equal([0, 0, 0], found.Features[..3]);
        Assert.Equal(200 * (200.0 * 200 - 1) / 12, found.Features[3], 1e-6);
    }

    static CrossProducts Cut(double[]? weights, int cut, int batch)
    {
        var harness = new Harness(Sample.Features, Sample.Numbers, weights) { BatchSize = batch };
        var first = new CrossProducts(5, hasTarget: true);
        var second = new CrossProducts(5, hasTarget: true);
        for (int i = 0; i < cut; i += batch)
            harness.WithTile(i, Math.Min(batch, cut - i), first.Add);

        for (int i = cut; i < Sample.Rows; i += batch)
            harness.WithTile(i, Math.Min(batch, Sample.Rows - i), second.Add);

        var total = new CrossProducts(5, hasTarget: true);
        total.Merge(first);
        total.Merge(second);
        Assert.Equal(Sample.Rows, total.RowCount);
        return total;
    }
}
