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
}
