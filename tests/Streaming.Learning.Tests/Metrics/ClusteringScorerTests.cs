using Streaming.Learning.Data;
using Streaming.Learning.Metrics;
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

        Assert.Equal(["inertia", "inertia_per_row"], scorer.Results().Select(m => m.Name));
        TestTiles.AssertClose([inertia, inertiaPerRow], [.. scorer.Results().Select(m => m.Value)]);
    }
}
