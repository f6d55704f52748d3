using Streaming.Learning.Data;
using Streaming.Learning.Metrics;
using Streaming.Learning.Models;
using Streaming.Learning.Tests.Models;
using Xunit;

namespace Streaming.Learning.Tests.Metrics;

public class RegressionScorerTests
{
    // Expected numbers: scikit-learn 1.2.1, r2_score, the root of mean_squared_error, mean_absolute_error.
    [Theory]
    [InlineData(true, -11.326254457069506, 4.286296556427572, 3.6529761904761906)]
    [InlineData(false, -10.670360660486674, 4.18154037980224, 3.5765625)]
    public void Results_EqualScikitLearn(bool weights, double r2, double rmse, double mae)
    {
        Scorer scorer = TestModels.Regressor().NewScorer();
        using RowBatch tile = TestTiles.Create(
            3, TestTiles.SampleRows, TestTiles.Sample, row => row * 29 % 17 / 4.0 - 2, weights ? TestTiles.SampleWeight : null);
        scorer.Add(tile);

        Assert.Equal(
            ["r2", "rmse", "mae", "mape", "mean_pinball_loss", "explained_variance", "max_error"], scorer.Results().Select(m => m.Name));
        TestTiles.AssertClose([r2, rmse, mae], [.. scorer.Results().Take(3).Select(m => m.Value)]);
    }

    [Fact]
    public void R2_TargetsLargeBesideTheirSpread_KeepsItsDigits()
    {
        // Targets alternate by ±1 about a trillion, predictions are half a unit off: R² = 1 - 0.25 / 1.
        const double Large = 1e12;
        var scorer = new RegressionScorer((tile, output) =>
        {
            for (int row = 0; row < tile.RowCount; row++)
                output[row] = tile.Target[row] + 0.5;
        });
        for (int i = 0; i < 1000; i++)
        {
            using RowBatch tile = TestTiles.Create(1, 10, (_, _) => 0, row => Large + (row % 2 == 0 ? 1 : -1));
            scorer.Add(tile);
        }

        TestTiles.AssertClose([0.75, 0.5, 0.5], [.. scorer.Results().Take(3).Select(m => m.Value)]);
    }

    [Theory]
    [InlineData("quantile", 0.9 * 2)]
    [InlineData("squared_error", 0.5 * 2)]
    public void PinballLoss_IsThatOfTheQuantileThatWasLearned(string loss, double expected)
    {
        ModelHeader header = TestTiles.Header(1, TestTiles.Number());
        var parameters = new Dictionary<string, string> { ["loss"] = loss, ["quantile"] = "0.9" };
        Scorer scorer = new LinearRegressorModel(header with { Parameters = parameters }, [0], 1).NewScorer();
        using RowBatch tile = TestTiles.Create(1, 5, (_, _) => 0, _ => 3);
        scorer.Add(tile);

        Assert.Equal(expected, scorer.Results().Single(m => m.Name == "mean_pinball_loss").Value, 1e-12);
    }

    [Fact]
    public void R2_ConstantTargets_IsNotDefined()
    {
        Scorer scorer = TestModels.Regressor().NewScorer();
        using RowBatch tile = TestTiles.Create(3, 5, TestTiles.Sample, _ => 7);
        scorer.Add(tile);

        Assert.Equal(double.NaN, scorer.Results()[0].Value);
    }
}
