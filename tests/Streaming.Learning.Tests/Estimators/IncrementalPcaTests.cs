using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Xunit;

namespace Streaming.Learning.Tests.Estimators;

/// <summary>
/// Wanted numbers: scikit-learn 1.2.1, <c>PCA(n_components=3, svd_solver="full")</c> on <see cref="Sample"/>, in double; signs of
/// the components from <c>IncrementalPCA(n_components=3, batch_size=200)</c>.
/// </summary>
public sealed class IncrementalPcaTests
{
    static readonly double[] Components =
    [
        -0.0018061957336723109, 0.006477502786521816, -0.003950471658980909, 0.07605125999685458, 0.9970734071477309,
        -0.0006481397809536149, -0.01528918503646405, -0.022536453711270908, 0.996734375231799, -0.07601653912893513,
        0.005793574476603906, 0.07972045000823408, 0.9965129869144899, 0.0238815653893653, 0.0016192870604214704,
    ];

    [Fact]
    public void Fit_ThreeComponents_EqualsScikitLearn()
    {
        foreach (double shift in (double[])[0, 0.5])
        {
            var scaling = new FeatureScaling([shift, shift, shift, shift, shift], [1, 1, 1, 1, 1]);
            var harness = new Harness(Sample.Features) { Partitions = 3, BatchSize = 23, Scaling = scaling };
            var model = (PcaModel)harness.Fit(new IncrementalPca { NComponents = 3 }).Model;

            double tolerance = shift == 0 ? 1e-12 : 1e-5;
            Near.Equal(Components, model.Components, tolerance);
            Near.Equal([19.103995631454517, 4.71855471792776, 1.3619768525420826], model.ExplainedVariance, tolerance);
            Near.Equal([0.746461189094069, 0.1843707480622793, 0.053217289224733504], model.ExplainedVarianceRatio, tolerance);
            Near.Equal([61.657887821911714, 30.642982701878488, 16.463091861976427], model.SingularValues, tolerance);
            Near.Equal([0.20411209181816908], [model.NoiseVariance], tolerance);
            Near.Equal(
                [0.029305304288864135, -0.03126891851425171, -0.026639543771743775, 0.043470194339752195, -0.5501018857955933],
                model.Mean, tolerance);
        }
    }

    [Fact]
    public void Fit_AllComponents_ReachesTheWholeVariance()
    {
        var model = (PcaModel)new Harness(Sample.Features).Fit(new IncrementalPca()).Model;

        Assert.Equal(5, model.ExplainedVariance.Length);
        Assert.Equal(0, model.NoiseVariance);
        double share = 0;
        foreach (double ratio in model.ExplainedVarianceRatio)
            share += ratio;

        Assert.Equal(1, share, 1e-14);
    }

    [Fact]
    public void Fit_FewerRowsThanFeatures_KeepsAsManyComponentsAsRows()
    {
        var model = (PcaModel)new Harness(Sample.Features[..3]).Fit(new IncrementalPca()).Model;
        Assert.Equal(3, model.ExplainedVariance.Length);
    }

    [Fact]
    public void Begin_MoreComponentsThanFeatures_SaysSo()
    {
        var e = Assert.Throws<ArgumentException>(() => new Harness(Sample.Features).Fit(new IncrementalPca { NComponents = 6 }));
        Assert.Contains("found 6 with 5 features", e.Message, StringComparison.Ordinal);
    }

    // scikit-learn 1.2.1: PCA(n_components=share, svd_solver="full").fit(X): n_components_, noise_variance_.
    [Theory]
    [InlineData("0.5", 1, 1.6221889385265453)]
    [InlineData("0.9", 2, 0.5900670120594735)]
    [InlineData("0.95", 3, 0.20411209181816908)]
    [InlineData("0.99", 4, 0.08049904177064132)]
    [InlineData("mle", 4, 0.08049904177064132)]
    public void Fit_ShareOfVarianceOrMle_KeepsAsManyAsScikitLearn(string wanted, int kept, double noise)
    {
        (Model model, var metrics) = new Harness(Sample.Features).Fit(new IncrementalPca { NComponents = ComponentCount.Parse(wanted) });
        var pca = (PcaModel)model;
        Assert.Equal(kept, pca.ExplainedVariance.Length);
        Assert.Equal(noise, pca.NoiseVariance, 1e-12);
        Assert.Equal(pca.ExplainedVarianceRatio.ToArray().Sum(), metrics.Single(m => m.Name == "explained_variance_ratio").Value, 1e-14);
    }

    // scikit-learn 1.2.1: sklearn.decomposition._pca._infer_dimension(spectrum, n_samples).
    [Theory]
    [InlineData(6, 50, new[] { 5, 3, 2.5, 0.1, 0.09, 0.08, 1e-17 })]
    [InlineData(8, 1000, new double[] { 9, 8, 7, 6, 5, 4, 3, 2, 1 })]
    [InlineData(1, 10, new[] { 3, 1e-16, 0 })]
    [InlineData(9, 30, new[] { 4, 0.5, 0.45, 0.4, 0.39, 0.38, 0.37, 0.36, 0.35, 0.34 })]
    public void Minka_EqualsScikitLearn(int wanted, int rows, double[] spectrum) =>
        Assert.Equal(wanted, MinkaDimension.Of(spectrum, rows));

    [Fact]
    public void Fit_Whitened_EqualsScikitLearn_AndComesBack()
    {
        // scikit-learn 1.2.1: PCA(3, whiten=True, svd_solver="full"): transform(X[:2]) with the second component turned to our sign, inverse_transform of it.
        double[][] wanted = [[0.938098811548818, 0.6492722472065955, -1.1900224320660628], [-0.1927855665007341, 1.1195696991769344, 0.8843063929604275]];
        double[][] back =
        [
            [0.012939209074083927, -0.1369886767153545, -1.4585802936021468, 1.72789156588719, 3.4286917919379603],
            [0.035230088865009154, 0.008363335348455812, 0.9503017685221797, 2.428047090847324, -1.5734629877803383],
        ];
        foreach (FeatureScaling scaling in (FeatureScaling[])[FeatureScaling.Identity(5), new([0.5, 0.25, 0, -1, 0], [1, 1, 1, 1, 1])])
        {
            var harness = new Harness(Sample.Features) { Scaling = scaling };
            var model = (PcaModel)harness.Fit(new IncrementalPca { NComponents = 3, Whiten = true }).Model;
            var projected = new double[6];
            var restored = new double[10];
            harness.WithTile(0, 2, tile => model.Predict(tile, projected));
            model.InverseTransform(projected, 2, restored);
            for (int row = 0; row < 2; row++)
            {
                Near.Equal(wanted[row], [.. Enumerable.Range(0, 3).Select(c => projected[c * 2 + row])], 1e-5);
                Near.Equal(back[row], [.. Enumerable.Range(0, 5).Select(j => restored[j * 2 + row])], 1e-5);
            }
        }
    }

    [Fact]
    public void Fit_4096Columns_FindsTheDirectionsThatTheRowsWereMadeOf()
    {
        // Rows in pairs, s and -s times a direction, so the mean is 0 and the covariance the sum of 2 s² v v' / (rows - 1). The directions are columns of
        // the reflection 1 - 2 u u', thus orthonormal, each with its largest entry positive; the wanted figures follow from s alone.
        const int Columns = 4096, Pairs = 60, Kept = 12;
        double length = Math.Sqrt(Enumerable.Range(0, Columns).Sum(j => Sample.U(1, j) * Sample.U(1, j)));
        double[] u = [.. Enumerable.Range(0, Columns).Select(j => Sample.U(1, j) / length)];
        double[][] directions = [.. Enumerable.Range(0, Pairs).Select(p => u.Select((v, j) => (j == p ? 1 : 0) - 2 * u[p] * v).ToArray())];
        double[] strengths = [.. Enumerable.Range(0, Pairs).Select(p => 10 * Math.Pow(0.9, p))];
        double[][] rows = [.. Enumerable.Range(0, 2 * Pairs).Select(i => directions[i / 2].Select(v => (i % 2 == 0 ? 1 : -1) * strengths[i / 2] * v).ToArray())];
        double[] variances = [.. strengths.Select(s => 2 * s * s / (2 * Pairs - 1))];

        // The harness' tiles are single.
        const double Tolerance = 1e-6;
        var model = (PcaModel)new Harness(rows).Fit(new IncrementalPca { NComponents = Kept }).Model;
        Near.Equal(variances[..Kept], model.ExplainedVariance, Tolerance);
        Near.Equal([.. variances[..Kept].Select(v => v / variances.Sum())], model.ExplainedVarianceRatio, Tolerance);
        Near.Equal([.. strengths[..Kept].Select(s => Math.Sqrt(2) * s)], model.SingularValues, Tolerance);
        Near.Equal([variances[Kept..].Sum() / (2 * Pairs - Kept)], [model.NoiseVariance], Tolerance);
        Near.Equal([.. directions[..Kept].SelectMany(v => v)], model.Components, Tolerance);
    }

    [Fact]
    public void Validate_ComponentsOutOfRange_NamesParameter()
    {
        Assert.Equal(
            "Parameter n_components: wanted a whole number of at least 1, a share between 0 and 1, or mle, found 1.5.",
            Assert.Throws<ArgumentException>(new IncrementalPca { NComponents = 1.5 }.Validate).Message);
        Assert.Equal(
            "Parameter n_components: the randomized solver wants a whole number, found mle.",
            Assert.Throws<ArgumentException>(new IncrementalPca { NComponents = ComponentCount.Mle, SvdSolver = SvdSolver.Randomized }.Validate).Message);
        Assert.Throws<ArgumentException>(new IncrementalPca { NComponents = 0 }.Validate);
    }

    [Fact]
    public void Fit_MleOfFewRows_SaysSo()
    {
        var e = Assert.Throws<ArgumentException>(() => new Harness(Sample.Features[..4]).Fit(new IncrementalPca { NComponents = ComponentCount.Mle }));
        Assert.Equal("Parameter n_components: mle wants at least as many rows as features (5), found 4 rows.", e.Message);
    }
}
