using Streaming.Learning.Data;
using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Passes;
using Xunit;

namespace Streaming.Learning.Tests.Estimators;

public sealed class MiniBatchKMeansTests
{
    // 4000 rows around 20 uneven groups of points in six dimensions.
    static readonly double[][] Groups = MakeGroups();

    // scikit-learn 1.2.1: MiniBatchKMeans(k, random_state=s, n_init=3).fit(X), inertia of X, mean over s = 0..9; all other settings
    // default (up to 100 passes). KMeans(k, n_init=10, random_state=0) reaches 17751, 7886 and 6797.
    [Theory]
    [InlineData(8, 18229.8)]
    [InlineData(20, 8481.8)]
    [InlineData(32, 6971.5)]
    public void Fit_OneEpoch_IsNoWorseThanScikitLearn(int clusters, double scikitLearn)
    {
        double sum = 0;
        for (long seed = 0; seed < 5; seed++)
            sum += InertiaOf(Groups, Fit(new Harness(Groups) { Partitions = 3, BatchSize = 256, Seed = seed }, clusters));

        Assert.InRange(sum / 5, 0, scikitLearn * 1.02);
    }

    [Fact]
    public void Fit_FarApartGroups_FindsTheirMeans_AndCountsTheirRows()
    {
        double[][] rows = Sample.Make(i => [i % 4 * 100 + Sample.U(i, 0), i % 4 * i % 4 + Sample.U(i, 1)]);
        foreach (FeatureScaling scaling in (FeatureScaling[])[FeatureScaling.Identity(2), new([1000, -3], [1, 1])])
        {
            KMeansModel model = Fit(new Harness(rows) { Partitions = 2, BatchSize = 16, Scaling = scaling, Epochs = 2 }, 4);

            // The order of the clusters is free.
            int[] order = [.. Enumerable.Range(0, 4).OrderBy(c => model.ClusterCenters[c * 2])];
            for (int g = 0; g < 4; g++)
            {
                double[][] group = [.. rows.Where((_, i) => i % 4 == g)];
                Assert.Equal(group.Average(x => x[0]), model.ClusterCenters[order[g] * 2], 1e-3);
                Assert.Equal(group.Average(x => x[1]), model.ClusterCenters[order[g] * 2 + 1], 1e-3);
                Assert.Equal(50, model.Counts[order[g]]);
            }
        }
    }

    [Fact]
    public void Fit_Weights_PullCentresAndCount()
    {
        KMeansModel model = Fit(new Harness(Sample.Features, weights: Sample.Weights), 1);
        double total = Sample.Weights.Sum();
        for (int j = 0; j < 5; j++)
            Assert.Equal(Sample.Features.Select((x, i) => x[j] * Sample.Weights[i]).Sum() / total, model.ClusterCenters[j], 1e-12);

        Assert.Equal(total, model.Counts[0], 1e-10);
    }

    [Fact]
    public void Fit_TrainingMetric_IsInertiaPerRow()
    {
        (Model model, var metrics) = new Harness(Sample.Features) { BatchSize = 200 }.Fit(new MiniBatchKMeans { NClusters = 1 });

        // The sample is all rows, and one round sees them all: the centre is at their mean before and after.
        Assert.Equal(
            InertiaOf(Sample.Features, (KMeansModel)model) / Sample.Rows,
            metrics.Single(m => m.Name == "progressive_inertia_per_row").Value, 1e-10);
    }

    [Fact]
    public void Fit_SameSeed_SameBits_OtherSeed_OtherStart()
    {
        double[] first = [.. Fit(new Harness(Groups) { Seed = 1 }, 32).ClusterCenters];
        Assert.Equal(first, Fit(new Harness(Groups) { Seed = 1 }, 32).ClusterCenters.ToArray());
        Assert.NotEqual(first, Fit(new Harness(Groups) { Seed = 2 }, 32).ClusterCenters.ToArray());
    }

    [Fact]
    public void Fit_FewerRowsThanClusters_SaysSo()
    {
        var e = Assert.Throws<InvalidDataException>(() => Fit(new Harness(Sample.Features[..7]), 8));
        Assert.Equal("Wanted at least as many rows as clusters (8), found 7.", e.Message);
    }

    [Fact]
    public void Fit_AllRowsEqual_PutsCentresThere()
    {
        KMeansModel model = Fit(new Harness(Sample.Make(_ => [3, 4])), 3);
        Assert.Equal([3, 4, 3, 4, 3, 4], model.ClusterCenters.ToArray());
    }

    [Fact]
    public void Sample_AnyCut_TakesTheSameRows()
    {
        SampledRows wanted = SampleOf(1, 200);
        Assert.Equal(50, wanted.Count);
        foreach ((int partitions, int batch) in ((int, int)[])[(1, 7), (4, 16), (3, 50)])
        {
            SampledRows found = SampleOf(partitions, batch);
            Assert.Equal(wanted.Weights, found.Weights);
            for (int i = 0; i < 50; i++)
                Assert.Equal(Row(wanted, i), Row(found, i));
        }

        // Spread over the whole data: each fifth of the rows gives about a fifth of the sample.
        int[] positions = [.. Enumerable.Range(0, 50).Select(i => Array.FindIndex(Sample.Features, x => x[0] == Row(wanted, i)[0]))];
        Assert.Equal(50, positions.Distinct().Count());
        Assert.All(Enumerable.Range(0, 5), fifth => Assert.InRange(positions.Count(p => p / 40 == fifth), 4, 18));
    }

    [Fact]
    public void Reassign_StarvedCentre_MovesWhereItHelps_AndStaysWhereItDoesNot()
    {
        var sample = new SampledRows(90, 1, new Workers(1));
        for (int i = 0; i < 90; i++)
            sample.Set(i, [i < 88 ? i % 2 * 10 + i % 3 * 0.01f : 1000], 1);

        // One centre between two heavy groups, two on a rare one: one of the two is better used among the heavy groups.
        var clustering = new SampleClustering(sample, 3, 1, reassignmentRatio: 0.02, effort: 1, seed: 1, new Workers(1));
        ((double[])[5, 999.9, 1000.1]).CopyTo(clustering.Centers.Values, 0);
        clustering.Centers.Pack();
        clustering.Reassign([88, 1, 1]);
        Assert.Equal([0.01, 10.01, 1000], [.. clustering.Centers.Values.Order().Select(v => Math.Round(v, 2))]);

        // The rare group's centre is starved still, but every other place is worse.
        clustering.Reassign([44, 44, 0.5]);
        Assert.Equal([0.01, 10.01, 1000], [.. clustering.Centers.Values.Order().Select(v => Math.Round(v, 2))]);
    }

    static SampledRows SampleOf(int partitions, int batch)
    {
        RowSample? sample = null;
        new Harness(Sample.Features, weights: Sample.Weights) { Partitions = partitions, BatchSize = batch }.Run(
            new SamplePass("sample", new RowSample(5, 50, 0, Sample.Features.Length, 3), 5, batch, s => sample = s));
        return sample!.ToRows(new Workers(1));
    }

    static float[] Row(SampledRows rows, int row)
    {
        var values = new float[5];
        rows.Get(row, values);
        return values;
    }

    static KMeansModel Fit(Harness harness, int clusters) => (KMeansModel)harness.Fit(new MiniBatchKMeans { NClusters = clusters }).Model;

    static double InertiaOf(double[][] rows, KMeansModel model)
    {
        double sum = 0;
        foreach (double[] row in rows)
        {
            double nearest = double.PositiveInfinity;
            for (int c = 0; c < model.Counts.Length; c++)
            {
                double distance = 0;
                for (int j = 0; j < row.Length; j++)
                    distance += Math.Pow(row[j] - model.ClusterCenters[c * row.Length + j], 2);

                nearest = Math.Min(nearest, distance);
            }

            sum += nearest;
        }

        return sum;
    }

    static double[][] MakeGroups()
    {
        var rows = new double[4000][];
        for (int i = 0; i < rows.Length; i++)
        {
            double share = Sample.U(i, 900) + 0.5;
            int group = (int)(share * share * 20);
            rows[i] = [.. Enumerable.Range(0, 6).Select(j => Sample.U(group, 700 + j) * 6 + Sample.U(i, j) * 2)];
        }

        return rows;
    }
}
