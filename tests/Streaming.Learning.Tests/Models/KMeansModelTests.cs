using Streaming.Learning.Data;
using Streaming.Learning.Models;
using Streaming.Learning.Numerics;
using Xunit;

namespace Streaming.Learning.Tests.Models;

public class KMeansModelTests
{
    [Fact]
    public void Predict_EqualsScikitLearn()
    {
        using RowBatch tile = TestTiles.Create(3, TestTiles.SampleRows, TestTiles.Sample);
        double[] output = TestTiles.Predict(TestModels.KMeans(), tile);

        // scikit-learn 1.2.1: KMeans with these cluster_centers_, predict and transform(sample).min(axis=1)[:6].
        Assert.Equal([0, 2, 4, 1, 2, 3, 2, 0, 2, 2, 1, 1, 3, 3, 4, 3, 4, 1, 2, 2, 1, 0, 1, 2], output[..24]);
        TestTiles.AssertClose(
            [3.7687033579203337, 0.649519052838329, 1.5662455107677085, 2.7698149757700423, 2.797878660699924, 0.414578098794425],
            output.AsSpan(24, 6));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 4)]
    [InlineData(5, 9)]
    [InlineData(28, 17)]
    public void Predict_EveryRowCount_EqualsScalarTwin(int features, int clusters)
    {
        var random = new KeyedRandom(2, "k-means model");
        double[] centers = [.. Enumerable.Range(0, features * clusters).Select(_ => random.NextDouble() * 10)];
        var model = new KMeansModel(TestTiles.Header(features), centers, new double[clusters]);
        for (int rows = 0; rows <= 35; rows++)
        {
            using RowBatch tile = TestTiles.Create(features, rows, (i, j) => (i * 31 + j * 17) % 101 / 10.0);
            Assert.Equal(Scalar(tile, centers, clusters), TestTiles.Predict(model, tile));
        }
    }

    [Fact]
    public void Predict_EqualDistances_GivesTheLowestIndex()
    {
        var model = new KMeansModel(TestTiles.Header(1), [5, -1, 1, 1, -1], new double[5]);
        using RowBatch tile = TestTiles.Create(1, 3, (i, _) => i - 1);

        Assert.Equal([1, 1, 2, 0, 1, 0], TestTiles.Predict(model, tile));
    }

    [Fact]
    public void ClusterCenters_ScaledFeatures_AreInTheUsersUnits()
    {
        KMeansModel model = TestModels.KMeans(TestModels.Scaling());
        ModelTable table = model.Describe()[0];

        TestTiles.AssertClose([1e9 - 2000, -3.5, 0.1], model.ClusterCenters[..3]);
        TestTiles.AssertClose([1e9 + 1000, -2, -4.4], model.ClusterCenters[3..6]);
        Assert.Equal([-2, -1, 0], model.ScaledClusterCenters[..3]);
        Assert.Equal(["cluster", "count", "x0", "x1", "x2"], table.Columns);
        Assert.Equal(["0", "1", "2", "3", "4"], table.Rows.Select(r => r.Name));
        TestTiles.AssertClose([5, 1e9 - 2000, -3.5, 0.1], table.Rows[0].Values);

        ModelTable distances = model.Describe()[1];
        Assert.Equal(["cluster", "0", "1", "2", "3", "4"], distances.Columns);
        Assert.Equal(0, distances.Rows[2].Values[2]);
        ReadOnlySpan<double> centers = model.ScaledClusterCenters;
        double expected = Math.Sqrt(
            Math.Pow(centers[0] - centers[3], 2) + Math.Pow(centers[1] - centers[4], 2) + Math.Pow(centers[2] - centers[5], 2));
        Assert.Equal(expected, distances.Rows[0].Values[1], 1e-12);
        Assert.Equal(expected, distances.Rows[1].Values[0], 1e-12);
    }

    [Fact]
    public void Constructor_PartsThatDontFit_SaysWhatWasWantedAndFound()
    {
        Assert.Contains("Wanted rows of 3 values of clusterCenters, found 4",
            Assert.Throws<ArgumentException>(() => new KMeansModel(TestTiles.Header(3), new double[4], [1])).Message);
        Assert.Contains("Wanted 2 values of counts, found 1",
            Assert.Throws<ArgumentException>(() => new KMeansModel(TestTiles.Header(3), new double[6], [1])).Message);
    }

    static double[] Scalar(RowBatch tile, double[] centers, int clusters)
    {
        int rows = tile.RowCount;
        var output = new double[2 * rows];
        for (int row = 0; row < rows; row++)
        {
            double best = double.PositiveInfinity;
            for (int c = 0; c < clusters; c++)
            {
                double sum = 0;
                for (int j = 0; j < tile.FeatureCount; j++)
                {
                    double difference = tile.Column(j)[row] - centers[c * tile.FeatureCount + j];
                    sum = Math.FusedMultiplyAdd(difference, difference, sum);
                }

                if (sum < best)
                    (best, output[row]) = (sum, c);
            }

            output[rows + row] = Math.Sqrt(best);
        }

        return output;
    }
}
