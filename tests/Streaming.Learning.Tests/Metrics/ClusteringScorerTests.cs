using Streaming.Learning.Data;
using Streaming.Learning.Metrics;
using Streaming.Learning.Models;
using Streaming.Learning.Tests.Models;
using Xunit;

namespace Streaming.Learning.Tests.Metrics;

public class ClusteringScorerTests
{
    // Expected numbers: scikit-learn 1.2.1, -KMeans.score with these cluster_centers_; the weights of the sample add up to 42.
    [Theory]
    [InlineData(false, 174.875, 174.875 / 24)]
    [InlineData(true, 308.09375, 308.09375 / 42)]
    public void Results_EqualScikitLearn(bool weights, double inertia, double inertiaPerRow)
    {
        Scorer scorer = TestModels.KMeans().NewScorer();
        using RowBatch tile = TestTiles.Create(3, TestTiles.SampleRows, TestTiles.Sample, weight: weights ? TestTiles.SampleWeight : null);
        scorer.Add(tile);

        Assert.Equal(["inertia", "inertia_per_row", "simplified_silhouette", "davies_bouldin_score"], scorer.Results().Select(m => m.Name));
        TestTiles.AssertClose([inertia, inertiaPerRow], [.. scorer.Results().Take(2).Select(m => m.Value)]);
    }

    [Fact]
    public void Results_OneCluster_HasNoSeparation()
    {
        Scorer scorer = new KMeansModel(TestTiles.Header(3), [0, 0, 0], [1]).NewScorer();
        using RowBatch tile = TestTiles.Create(3, TestTiles.SampleRows, TestTiles.Sample);
        scorer.Add(tile);

        Assert.All(scorer.Results().Take(2), m => Assert.True(m.Value > 0));
        Assert.All(scorer.Results().Skip(2), m => Assert.Equal(double.NaN, m.Value));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(8)]
    public void Tables_ByCluster_AddUpToTheResults(int clusters)
    {
        double[] centers = [.. Enumerable.Range(0, clusters * 3).Select(i => TestTiles.Sample(i / 3 + 100, i % 3))];
        Scorer scorer = new KMeansModel(TestTiles.Header(3), centers, new double[clusters]).NewScorer();
        using RowBatch tile = TestTiles.Create(3, TestTiles.SampleRows, TestTiles.Sample, weight: TestTiles.SampleWeight);
        scorer.Add(tile);
        double weight = 0, inertia = 0, silhouette = 0;
        for (int row = 0; row < TestTiles.SampleRows; row++)
        {
            double[] near = [.. Enumerable.Range(0, clusters).Select(c => Distance(row, centers.AsSpan(3 * c, 3))).Order()];
            weight += TestTiles.SampleWeight(row);
            inertia += TestTiles.SampleWeight(row) * near[0] * near[0];
            silhouette += TestTiles.SampleWeight(row) * (1 - near[0] / near[1]);
        }

        IReadOnlyList<(string Name, double[] Values)> rows = scorer.Tables().Single().Rows;
        Assert.Equal(clusters, rows.Count);
        Assert.Equal(weight, rows.Sum(r => r.Values[0]), 1e-12);
        Assert.Equal(inertia, rows.Sum(r => r.Values[1]), 1e-9);
        Assert.Equal(silhouette / weight, scorer.Results().Single(m => m.Name == "simplified_silhouette").Value, 1e-12);

        static double Distance(int row, ReadOnlySpan<double> center)
        {
            double squares = 0;
            for (int j = 0; j < 3; j++)
                squares += (TestTiles.Sample(row, j) - center[j]) * (TestTiles.Sample(row, j) - center[j]);

            return Math.Sqrt(squares);
        }
    }
}
