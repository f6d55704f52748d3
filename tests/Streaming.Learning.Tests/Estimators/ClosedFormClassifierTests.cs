using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Tests.Training;
using Streaming.Learning.Training;
using Xunit;

namespace Streaming.Learning.Tests.Estimators;

/// <summary>What holds for naive Bayes and linear discriminants beyond their agreement with scikit-learn.</summary>
public sealed class ClosedFormClassifierTests : IDisposable
{
    static readonly string[] Labels = ["a", "b", "c"];

    readonly TestData data = new();

    public static TheoryData<string> Estimators => ["gaussian-nb", "multinomial-nb", "linear-discriminant-analysis"];

    public void Dispose() => data.Dispose();

    [Theory]
    [MemberData(nameof(Estimators))]
    public void Fit_WeightOfTwo_IsTheRowTwice(string name)
    {
        double[][] features = Sample.FeaturesFor(EstimatorCatalog.Create(name));
        double[] weights = [.. Enumerable.Range(0, Sample.Rows).Select(i => i % 3 + 0.0)];
        int[] copies = [.. Enumerable.Range(0, Sample.Rows).SelectMany(i => Enumerable.Repeat(i, i % 3))];
        Model weighted = Fit(name, features, Sample.ThreeClasses, weights);
        Model repeated = Fit(name, [.. copies.Select(i => features[i])], [.. copies.Select(i => Sample.ThreeClasses[i])], null);
        foreach ((Tensor wanted, Tensor found) in repeated.Tensors.Zip(weighted.Tensors))
            Near.Equal(wanted.Values, found.Values, 1e-9);
    }

    [Theory]
    [MemberData(nameof(Estimators))]
    public void Fit_RowsCutInAnyWay_GivesTheSameModel(string name)
    {
        double[][] features = Sample.FeaturesFor(EstimatorCatalog.Create(name));
        Model whole = Fit(name, features, Sample.ThreeClasses, Sample.Weights);
        foreach ((int partitions, int batch) in new[] { (1, 1), (3, 7), (5, 64) })
        {
            var harness = new Harness(features, Sample.ThreeClasses, Sample.Weights) { Partitions = partitions, BatchSize = batch, Classes = Labels };
            Model cut = harness.Fit(EstimatorCatalog.Create(name)).Model;
            foreach ((Tensor wanted, Tensor found) in whole.Tensors.Zip(cut.Tensors))
                Near.Equal(wanted.Values, found.Values, 1e-9);
        }
    }

    [Theory]
    [InlineData("gaussian-nb")]
    [InlineData("linear-discriminant-analysis")]
    public async Task Fit_FeaturesFarFromZero_KeepsItsDigits(string name)
    {
        // Means up to a million deviations from zero: what is learned moves with them and does not change.
        const double Far = 3e7;
        double[][] columns = [.. Enumerable.Range(0, 5).Select(j => Sample.Features.Select(row => row[j]).ToArray())];
        string[] labels = [.. Sample.ThreeClasses.Select(c => Labels[(int)c])];
        await data.WriteAsync("near.parquet", [90, 110], [.. columns.Select((c, j) => ($"x{j}", (Array)c)), ("label", labels)]);
        await data.WriteAsync("far.parquet", [90, 110], [.. columns.Select((c, j) => ($"x{j}", (Array)c.Select(v => v + Far).ToArray())), ("label", labels)]);
        Model near = await LearnAsync("near.parquet"), far = await LearnAsync("far.parquet");
        if (near is GaussianNbModel normal)
        {
            Near.Equal(normal.Theta, [.. ((GaussianNbModel)far).Theta.ToArray().Select(t => t - Far)], 1e-6);
            Near.Equal(normal.Var, ((GaussianNbModel)far).Var, 1e-6);
        }
        else
        {
            Near.Equal(((LinearDiscriminantModel)near).Coef, ((LinearDiscriminantModel)far).Coef, 1e-6);
            Near.Equal(((LinearDiscriminantModel)near).Scalings, ((LinearDiscriminantModel)far).Scalings, 1e-6);
        }

        async Task<Model> LearnAsync(string file)
        {
            using Dataset dataset = data.Open(file);
            return (await EstimatorCatalog.Create(name).FitAsync(dataset, new TrainingOptions { Target = "label" })).Model;
        }
    }

    [Theory]
    [MemberData(nameof(Estimators))]
    public void Fit_ClassWithoutWeight_SaysWhich(string name)
    {
        double[] weights = [.. Sample.ThreeClasses.Select(c => c == 1 ? 0.0 : 1.0)];
        var e = Assert.Throws<InvalidDataException>(
            () => Fit(name, Sample.FeaturesFor(EstimatorCatalog.Create(name)), Sample.ThreeClasses, weights));
        Assert.Contains("Class 'b' of 'y'", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.5,0.5", "wanted one for each of the 3 classes of 'y', found 2")]
    [InlineData("0.5,0.3,0.3", "wanted numbers that add up to 1")]
    [InlineData("1.5,-0.2,-0.3", "wanted more than 0, found -0.2")]
    public void Fit_Priors_MustBeProbabilitiesOfTheClasses(string priors, string message)
    {
        foreach (Estimator estimator in (Estimator[])
            [
                new GaussianNb { Priors = NumberList.Parse(priors) },
                new MultinomialNb { ClassPrior = NumberList.Parse(priors) },
                new LinearDiscriminantAnalysis { Priors = NumberList.Parse(priors) },
            ])
        {
            var harness = new Harness(Sample.FeaturesFor(estimator), Sample.ThreeClasses) { Classes = Labels };
            Assert.Contains(message, Assert.Throws<ArgumentException>(() => harness.Fit(estimator)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task MultinomialNb_NegativeValue_IsRefusedByColumnAndRow()
    {
        int[] counts = [.. Enumerable.Range(0, 500).Select(i => i == 321 ? -2 : i % 7)];
        await data.WriteAsync("a.parquet", [200, 300], ("words", counts), ("label", counts.Select(c => c % 2).ToArray()));
        using Dataset dataset = data.Open("a.parquet");
        var e = await Assert.ThrowsAsync<DatasetException>(
            () => new MultinomialNb().FitAsync(dataset, new TrainingOptions { Target = "label" }, TestContext.Current.CancellationToken));
        Assert.Contains("Feature 'words': wanted counts, at least 0, found -2 in row 321", e.Message, StringComparison.Ordinal);
        Assert.Equal(0, dataset.Pool.RentedBytes);
    }

    [Fact]
    public async Task MultinomialNb_Standardised_IsRefused()
    {
        await data.WriteAsync("a.parquet", [4], ("words", new[] { 1, 2, 3, 4 }), ("label", new[] { 0, 1, 0, 1 }));
        using Dataset dataset = data.Open("a.parquet");
        var options = new TrainingOptions { Target = "label", Standardize = true };
        var e = await Assert.ThrowsAsync<ArgumentException>(() => new MultinomialNb().FitAsync(dataset, options, TestContext.Current.CancellationToken));
        Assert.Contains("leave standardize out", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GaussianNb_FeatureThatDoesNotVaryWithinAClass_NeedsSmoothing()
    {
        double[][] features = [.. Sample.ThreeClasses.Select((c, i) => new[] { c, Sample.U(i, 0) })];
        var model = (GaussianNbModel)Fit("gaussian-nb", features, Sample.ThreeClasses, null);
        Assert.Equal(model.Epsilon, model.Var[0]);

        var harness = new Harness(features, Sample.ThreeClasses) { Classes = Labels };
        var e = Assert.Throws<InvalidDataException>(() => harness.Fit(new GaussianNb { VarSmoothing = 0 }));
        Assert.Contains("Feature 'x0': wanted values that vary within class 'a'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LinearDiscriminantAnalysis_ColumnThatHangsOnOthers_ChangesNoPrediction()
    {
        double[][] dependent = [.. Sample.Features.Select(x => (double[])[.. x, x[0] + x[1]])];
        Model plain = Fit("linear-discriminant-analysis", Sample.Features, Sample.ThreeClasses, null);
        Model more = Fit("linear-discriminant-analysis", dependent, Sample.ThreeClasses, null);
        new Harness(Sample.Features) { BatchSize = Sample.Rows }.WithTile(0, Sample.Rows, tile =>
            new Harness(dependent) { BatchSize = Sample.Rows }.WithTile(0, Sample.Rows, wide =>
            {
                var wanted = new double[4 * Sample.Rows];
                var found = new double[4 * Sample.Rows];
                plain.Predict(tile, wanted);
                more.Predict(wide, found);
                Near.Equal(wanted, found, 1e-5);
            }));
    }

    [Fact]
    public void LinearDiscriminantAnalysis_ClassesOfTheSameMean_AreRefused()
    {
        double[][] features = [[1], [-1], [1], [-1]];
        var harness = new Harness(features, [0, 0, 1, 1]) { Classes = ["a", "b"] };
        Assert.Contains(
            "Wanted classes whose means differ", Assert.Throws<InvalidDataException>(() => harness.Fit(new LinearDiscriminantAnalysis())).Message, StringComparison.Ordinal);
    }

    static Model Fit(string name, double[][] features, double[] target, double[]? weights) =>
        new Harness(features, target, weights) { Partitions = 2, Classes = Labels }.Fit(EstimatorCatalog.Create(name)).Model;
}
