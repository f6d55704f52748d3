using Streaming.Learning.Data;
using Streaming.Learning.Models;
using Xunit;

namespace Streaming.Learning.Tests.Models;

public class LinearModelTests
{
    [Fact]
    public void Predict_TwoClasses_EqualsScikitLearn()
    {
        using RowBatch tile = TestTiles.Create(3, TestTiles.SampleRows, TestTiles.Sample);
        double[] output = TestTiles.Predict(TestModels.TwoClasses(), tile);

        // scikit-learn 1.2.1: LogisticRegression with these coef_ and intercept_, predict and predict_proba[:6, 1].
        Assert.Equal([0, 1, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1], output[..24]);
        TestTiles.AssertClose(
            [0.01052157551982744, 0.9958788772392054, 0.011905827774903729, 0.43474925243290014, 0.9974170839272474, 0.559097471902393],
            output.AsSpan(48, 6));
        for (int row = 0; row < 24; row++)
            Assert.Equal(1, output[24 + row] + output[48 + row], 1e-15);
    }

    [Fact]
    public void Predict_ThreeClasses_EqualsScikitLearn()
    {
        using RowBatch tile = TestTiles.Create(3, TestTiles.SampleRows, TestTiles.Sample);
        double[] output = TestTiles.Predict(TestModels.ThreeClasses(), tile);

        // scikit-learn 1.2.1: LogisticRegression(multi_class='multinomial'), predict and predict_proba[:3].
        Assert.Equal([2, 0, 1, 2, 0, 0, 1, 1, 0, 0, 2, 2, 0, 1, 1, 1, 1, 2, 0, 0, 2, 2, 2, 0], output[..24]);
        TestTiles.AssertClose([0.012138430891435719, 0.8738595033747163, 0.01536952280323109], output.AsSpan(24, 3));
        TestTiles.AssertClose([0.3374362238751611, 0.06823240587443818, 0.7044282703663005], output.AsSpan(48, 3));
        TestTiles.AssertClose([0.6504253452334032, 0.05790809075084553, 0.2802022068304685], output.AsSpan(72, 3));
    }

    [Fact]
    public void Predict_Number_EqualsScikitLearn()
    {
        using RowBatch tile = TestTiles.Create(3, TestTiles.SampleRows, TestTiles.Sample);
        double[] output = TestTiles.Predict(TestModels.Regressor(), tile);

        // scikit-learn 1.2.1: LinearRegression with these coef_ and intercept_, predict[:6].
        TestTiles.AssertClose([-4.54375, 5.4875, -4.41875, -0.2625, 5.95625, 0.2375], output.AsSpan(0, 6));
    }

    [Fact]
    public void Predict_ScoreOfZero_GivesTheFirstClass()
    {
        var model = new LinearClassifierModel(TestTiles.Header(3, TestTiles.Classes("no", "yes")), [1, 1, 1], [0]);
        using RowBatch tile = TestTiles.Create(3, 1, (_, _) => 0);

        Assert.Equal([0, 0.5, 0.5], TestTiles.Predict(model, tile));
    }

    [Fact]
    public void Coef_ScaledFeatures_IsInTheUsersUnits()
    {
        FeatureScaling scaling = TestModels.Scaling();
        LinearRegressorModel regressor = TestModels.Regressor(scaling);
        LinearClassifierModel classifier = TestModels.ThreeClasses(scaling);
        using RowBatch tile = TestTiles.Create(3, TestTiles.SampleRows, TestTiles.Sample);
        double[] predictions = TestTiles.Predict(regressor, tile);

        for (int row = 0; row < tile.RowCount; row++)
        {
            double prediction = regressor.Intercept;
            for (int j = 0; j < 3; j++)
                prediction += regressor.Coef[j] * scaling.Restore(j, tile.Column(j)[row]);

            Assert.Equal(predictions[row], prediction, 1e-8);
        }

        Assert.Equal(0.25 / 3, classifier.Coef[5]);
        Assert.Equal(0.25, classifier.ScaledCoef[5]);
        TestTiles.AssertClose([0.1 - 0.5e6 - 1.5 - 0.0125 / 3], classifier.Intercept[..1]);
    }

    [Fact]
    public void Describe_ShowsCoefficientsByFeature()
    {
        ModelTable two = Assert.Single(TestModels.TwoClasses().Describe());
        ModelTable three = Assert.Single(TestModels.ThreeClasses().Describe());

        Assert.Equal(["feature", "yes"], two.Columns);
        Assert.Equal(["x0", "x1", "x2", "(intercept)"], two.Rows.Select(r => r.Name));
        Assert.Equal([0.5, -1.25, 0.75, 0.3], two.Rows.Select(r => Assert.Single(r.Values)));
        Assert.Equal(["feature", "a", "b", "c"], three.Columns);
        Assert.Equal([-0.25, 0.5, 0.25], three.Rows[1].Values);
        Assert.Equal([0.1, -0.2, 0.3], three.Rows[3].Values);
    }

    [Fact]
    public void Outputs_NameTheProbabilitiesByLabel() =>
        Assert.Equal(["prediction", "probability_a", "probability_b", "probability_c"], TestModels.ThreeClasses().Outputs.Select(o => o.Name));

    [Fact]
    public void Constructor_PartsThatDontFit_SaysWhatWasWantedAndFound()
    {
        ModelHeader header = TestTiles.Header(3, TestTiles.Classes("a", "b", "c"));

        Assert.Contains("Wanted 9 values of coef, found 3", Message(() => new LinearClassifierModel(header, [1, 2, 3], [0, 0, 0])));
        Assert.Contains("Wanted 3 values of intercept, found 1", Message(() => new LinearClassifierModel(header, new double[9], [0])));
        Assert.Contains("Wanted a target of kind Number, found Classes", Message(() => new LinearRegressorModel(header, [1, 2, 3], 0)));
        Assert.Contains("Wanted finite values of coef, found NaN",
            Message(() => new LinearRegressorModel(TestTiles.Header(1, TestTiles.Number()), [double.NaN], 0)));
        Assert.Contains("Wanted at least two classes of 'y', found 1",
            Message(() => new LinearClassifierModel(TestTiles.Header(1, TestTiles.Classes("a")), [1], [0])));
        Assert.Contains("the same name twice",
            Message(() => new LinearRegressorModel(TestTiles.Header(2, TestTiles.Number()) with { Features = ["x", "x"] }, [1, 2], 0)));
        Assert.Contains("Feature 'x1': wanted a finite offset",
            Message(() => new LinearRegressorModel(TestTiles.Header(2, TestTiles.Number(), new FeatureScaling([0, 0], [1, 0])), [1, 2], 0)));

        static string Message(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;
    }

    [Theory]
    [MemberData(nameof(TestModels.Names), MemberType = typeof(TestModels))]
    public void Predict_EveryRowCount_GivesEachRowWhatItGetsAlone(string name)
    {
        Model model = TestModels.Named(name);
        for (int rows = 0; rows <= 40; rows++)
        {
            using RowBatch tile = TestTiles.Create(3, rows, TestTiles.Sample);
            double[] output = TestTiles.Predict(model, tile);
            for (int row = 0; row < rows; row++)
            {
                using RowBatch alone = TestTiles.Create(3, 1, (_, j) => TestTiles.Sample(row, j));
                double[] wanted = TestTiles.Predict(model, alone);
                Assert.Equal(wanted, Enumerable.Range(0, model.Outputs.Count).Select(c => output[c * rows + row]));
            }
        }
    }

    [Theory]
    [MemberData(nameof(TestModels.Names), MemberType = typeof(TestModels))]
    public void Predict_WrongTileOrShortOutput_Throws(string name)
    {
        Model model = TestModels.Named(name);
        using RowBatch wide = TestTiles.Create(4, 2, TestTiles.Sample);
        using RowBatch tile = TestTiles.Create(3, 2, TestTiles.Sample);

        Assert.Contains(
            "Wanted a tile of 3 features, found 4",
            Assert.Throws<ArgumentException>(() => model.Predict(wide, new double[100])).Message);
        Assert.Contains("found 1", Assert.Throws<ArgumentException>(() => model.Predict(tile, new double[1])).Message);
    }

    [Theory]
    [MemberData(nameof(TestModels.Names), MemberType = typeof(TestModels))]
    public void Predict_AllocatesNothing(string name)
    {
        Model model = TestModels.Named(name);
        using RowBatch tile = TestTiles.Create(3, 100, TestTiles.Sample);
        var output = new double[model.Outputs.Count * 100];
        model.Predict(tile, output);

        // The runtime itself may take something in one of the calls.
        long least = long.MaxValue;
        for (int call = 0; call < 10; call++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            model.Predict(tile, output);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }
}
