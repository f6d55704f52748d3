using Streaming.Learning.Data;
using Streaming.Learning.Preprocessing;
using Streaming.Learning.Tests.Estimators;
using Xunit;

namespace Streaming.Learning.Tests.Preprocessing;

/// <summary>Wanted numbers: scikit-learn 1.2.1, <c>StandardScaler</c> on <see cref="Sample"/>, in double.</summary>
public sealed class StandardScalerTests
{
    static readonly double[] Mean =
        [0.029305304288864135, -0.03126891851425171, -0.026639543771743775, 0.043470194339752195, -0.5501018857955933];

    static readonly double[] Scale =
        [0.2834749494199191, 0.5781725029689361, 1.1621093533647233, 2.185203902759653, 4.350233544613567];

    [Fact]
    public void NewPass_AnyCut_EqualsScikitLearn()
    {
        foreach ((int partitions, int batchSize) in ((int, int)[])[(1, 200), (1, 7), (5, 16), (4, 33)])
            Check(new Harness(Sample.Features) { Partitions = partitions, BatchSize = batchSize }, Mean, Scale, 1e-13);
    }

    [Fact]
    public void NewPass_Weights_EqualsScikitLearn() =>
        Check(
            new Harness(Sample.Features, weights: Sample.Weights) { Partitions = 3 },
            [0.031027543880371763, -0.020423010136331587, -0.011874593400620167, 0.1067907715884425, -0.4409611643922521],
            [0.2834604197307068, 0.5722698186737154, 1.1742730824830667, 2.164375562784785, 4.365604318563264],
            1e-13);

    [Fact]
    public void NewPass_OnScaledTiles_GivesTheScalingOfFileValues() =>
        Check(
            new Harness(Sample.Features) { Scaling = new([0.25, 1, 0, -2, 100], [2, 1, 0.5, 1, 4]) },
            Mean, Scale, 1e-5);

    [Fact]
    public void NewPass_ConstantColumn_IsOnlyCentred()
    {
        double[][] features = Sample.Make(i => [0.1f, i % 2]);
        FeatureScaling found = Measure(new Harness(features) { BatchSize = 13 });

        Assert.Equal(0.1f, found.Offset[0], 1e-15);
        Assert.Equal(1, found.Factor[0]);
        Assert.Equal(0.5, found.Offset[1], 1e-15);
        Assert.Equal(2, found.Factor[1], 1e-15);
    }

    [Fact]
    public void Merge_EmptyMoments_ChangesNothing()
    {
        var moments = new Moments(5);
        new Harness(Sample.Features) { BatchSize = 200 }.WithTile(0, 200, moments.Add);
        double mean = moments.Mean[3], variance = moments.Variance(3);
        moments.Merge(new Moments(5));
        var fresh = new Moments(5);
        fresh.Merge(moments);

        Assert.Equal((mean, variance, 200), (moments.Mean[3], moments.Variance(3), moments.RowCount));
        Assert.Equal((mean, variance, 200), (fresh.Mean[3], fresh.Variance(3), fresh.RowCount));
        Assert.Equal(Sample.Features.Min(x => x[3]), fresh.Minimum[3]);
        Assert.Equal(Sample.Features.Max(x => x[3]), fresh.Maximum[3]);
    }

    static void Check(Harness harness, double[] mean, double[] scale, double tolerance)
    {
        FeatureScaling found = Measure(harness);
        Near.Equal(mean, found.Offset, tolerance);
        Near.Equal([.. scale.Select(s => 1 / s)], found.Factor, tolerance);
    }

    static FeatureScaling Measure(Harness harness)
    {
        Moments? found = null;
        harness.Run(new FeatureMeasurement(harness.FeatureCount, "standardise", FeatureFacts.Moments, [], new HashSet<int>()).NewPass(m => found = m.Moments));
        return StandardScaler.ToScaling(found!, harness.Scaling ?? FeatureScaling.Identity(harness.FeatureCount));
    }
}
