using Streaming.Learning.Data;
using Streaming.Learning.Metrics;
using Streaming.Learning.Tests.Models;
using Xunit;

namespace Streaming.Learning.Tests.Metrics;

public class DecompositionScorerTests
{
    [Fact]
    public void Results_TrainingRows_EqualScikitLearn()
    {
        Scorer scorer = TestModels.Pca().NewScorer();
        using RowBatch tile = TestTiles.Create(3, TestTiles.SampleRows, TestTiles.Sample);
        scorer.Add(tile);

        // scikit-learn 1.2.1: explained_variance_ratio_.sum(), ((X - inverse_transform(transform(X)))**2).sum(axis=1).mean().
        Assert.Equal(["explained_variance_ratio", "reconstruction_error"], scorer.Results().Select(m => m.Name));
        TestTiles.AssertClose([0.8315410389142818, 3.0379643372880203], [.. scorer.Results().Select(m => m.Value)]);
    }

    [Fact]
    public void Results_OtherRowsWithWeights_EqualScikitLearn()
    {
        Scorer scorer = TestModels.Pca().NewScorer();
        using RowBatch tile = TestTiles.Create(3, 12, (i, j) => TestTiles.Sample(5 + i, j), weight: i => TestTiles.SampleWeight(5 + i));
        scorer.Add(tile);

        // scikit-learn 1.2.1 and numpy 1.24.2: the same on rows 5 to 16, with np.average(..., weights=w).
        TestTiles.AssertClose([0.8906662947348192, 2.9873681926513513], [.. scorer.Results().Select(m => m.Value)]);
    }

    [Fact]
    public void Results_RowsThatDontVary_AreNotDefined()
    {
        Scorer scorer = TestModels.Pca().NewScorer();
        using RowBatch tile = TestTiles.Create(3, 1, TestTiles.Sample);
        scorer.Add(tile);

        Assert.Equal(double.NaN, scorer.Results()[0].Value);
    }
}
