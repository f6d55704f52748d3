using Streaming.Learning.Data;
using Streaming.Learning.Models;
using Xunit;

namespace Streaming.Learning.Tests.Models;

public class PcaModelTests
{
    [Fact]
    public void Predict_EqualsScikitLearn()
    {
        using RowBatch tile = TestTiles.Create(3, TestTiles.SampleRows, TestTiles.Sample);
        double[] output = TestTiles.Predict(TestModels.Pca(), tile);

        // scikit-learn 1.2.1: transform(sample)[:3].
        TestTiles.AssertClose([1.3551150638597682, -3.127263122889656, 1.112424802954333], output.AsSpan(0, 3));
        TestTiles.AssertClose([4.580129994081365, -1.3623446256378244, 2.670918601935501], output.AsSpan(24, 3));
    }

    [Fact]
    public void Loadings_ScaledFeatures_AreInTheUsersUnits()
    {
        FeatureScaling scaling = TestModels.Scaling();
        PcaModel model = TestModels.Pca(scaling);
        using RowBatch tile = TestTiles.Create(3, TestTiles.SampleRows, TestTiles.Sample);
        double[] output = TestTiles.Predict(model, tile);

        for (int row = 0; row < tile.RowCount; row++)
        {
            double pc2 = 0;
            for (int j = 0; j < 3; j++)
                pc2 += model.Loadings[3 + j] * (scaling.Restore(j, tile.Column(j)[row]) - model.Mean[j]);

            Assert.Equal(output[tile.RowCount + row], pc2, 1e-8);
        }
    }

    [Fact]
    public void Describe_ShowsVarianceAndComponents()
    {
        IReadOnlyList<ModelTable> tables = TestModels.Pca().Describe();

        Assert.Equal(["pc1", "pc2"], tables[0].Rows.Select(r => r.Name));
        Assert.Equal([0.5402588014638257, 10.166554891676606, 15.291525839776812], tables[0].Rows[0].Values);
        Assert.Equal(["feature", "mean", "pc1", "pc2"], tables[1].Columns);
        TestTiles.AssertClose([0.3333333333333333, 0.629645312864738, -0.0012892159684317617], tables[1].Rows[1].Values);
    }

    [Fact]
    public void Constructor_MoreComponentsThanFeatures_Throws() =>
        Assert.Contains(
            "Wanted at most as many components as features (1), found 2",
            Assert.Throws<ArgumentException>(() => new PcaModel(TestTiles.Header(1), [0], [1, 1], [1, 1], [1, 1], [1, 1], 0)).Message);
}
