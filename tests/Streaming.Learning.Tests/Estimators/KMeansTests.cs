using Streaming.Learning.Estimators;
using Streaming.Learning.Models;
using Streaming.Learning.Numerics;
using Streaming.Learning.Passes;
using Xunit;

namespace Streaming.Learning.Tests.Estimators;

/// <summary>k-means to convergence, its starts, and what mini-batches share with it.</summary>
public sealed class KMeansTests
{
    // 3000 rows around twelve uneven groups of points in four dimensions, and two rows far away.
    static readonly double[][] Groups =
    [
        .. Enumerable.Range(0, 3000).Select(i =>
            Math.Pow(Sample.U(i, 900) + 0.5, 2) * 12 is var share
                ? Enumerable.Range(0, 4).Select(j => Sample.U((int)share, 700 + j) * 8 + Sample.U(i, j)).ToArray() : []),
        [90, 0, 0, 0],
        [0, -120, 0, 0],
    ];

    // scikit-learn 1.2.1: KMeans(k, n_init=10, random_state=0).fit(X).inertia_.
    const double Inertia6 = 11987.001828836397, Inertia14 = 986.4142379054917;

    [Theory]
    [InlineData(6, Inertia6)]
    [InlineData(14, Inertia14)]
    public void Fit_IsNoWorseThanScikitLearn_AndHasSettled(int clusters, double scikitLearn)
    {
        foreach (string init in (string[])["k-means++", "k-means||"])
        {
            var harness = new Harness(Groups) { Partitions = 3, BatchSize = 100 };
            (Model model, var metrics) = harness.Fit(new KMeans { NClusters = clusters, InitMode = init });
            (double[] sums, double[] counts, double inertia) = Assign((KMeansModel)model, Groups);
            Assert.InRange(inertia, 0, scikitLearn * 1.0001);
            Assert.Equal(1, metrics.Single(m => m.Name == "inertia").Value / inertia, 1e-4);

            // Counts are those of the last iteration, in which a row at the border may have changed sides; centres are the means of their rows, near enough.
            for (int c = 0; c < clusters; c++)
                Assert.InRange(((KMeansModel)model).Counts[c], counts[c] - 5, counts[c] + 5);

            for (int i = 0; i < sums.Length; i++)
                Assert.Equal(sums[i] / counts[i / 4], ((KMeansModel)model).ClusterCenters[i], 0.02);
        }
    }

    [Fact]
    public void Fit_EndedByMaxIter_SaysSo()
    {
        Fitting fitting = Run(new KMeans { NClusters = 5, InitSize = 40, MaxIter = 1, Tol = 0 }, new Harness(Groups));
        Assert.Equal("k-means was ended by max_iter in iteration 1, before it settled.", fitting.Remarks.Single());
        Assert.Matches("^k-means settled in iteration [0-9]+.$", Run(new KMeans { NClusters = 5 }, new Harness(Groups)).Remarks.Single());
    }

    [Theory]
    [InlineData(0, 0, "k-means++", 2)]
    [InlineData(2, 0, "k-means++", 4)]
    [InlineData(0, 4, "k-means++", 2)]
    [InlineData(2, 3, "k-means||", 10)]
    public void MiniBatch_Interrupted_GivesTheSameBits_InAsManyPasses(int lloydPasses, int factor, string init, int passes)
    {
        var estimator = new MiniBatchKMeans { NClusters = 5, InitSize = 100, LloydPasses = lloydPasses, ExtraCenterFactor = Math.Max(factor, 1), InitMode = init };
        Model whole = new Harness(Groups) { Partitions = 3, BatchSize = 300 }.Fit(estimator).Model;
        Model interrupted = new Harness(Groups) { Partitions = 3, BatchSize = 300, IsInterrupted = true }.Fit(estimator).Model;
        Assert.Equal(whole.Tensors.SelectMany(t => t.Values), interrupted.Tensors.SelectMany(t => t.Values));
        Assert.Equal(passes, whole.Header.Summary.Passes);
    }

    [Fact]
    public void MiniBatch_ExtraCenters_AreReducedToClustersOfAllRows()
    {
        var estimator = new MiniBatchKMeans { NClusters = 6, ExtraCenterFactor = 5 };
        var model = (KMeansModel)new Harness(Groups) { Partitions = 2 }.Fit(estimator).Model;
        Assert.Equal(6, model.Counts.Length);
        Assert.Equal(Groups.Length, model.Counts.ToArray().Sum(), 1e-6);
        Assert.InRange(Assign(model, Groups).Inertia, 0, Inertia6 * 1.05);
    }

    [Fact]
    public void MiniBatch_HalfLife_FollowsTheLastRows()
    {
        // Groups at 0 and 10 that drift by 4 in the second half.
        double[][] rows = [.. Enumerable.Range(0, 2000).Select(i => (double[])[i % 2 * 10 + (i < 1000 ? 0 : 4) + Sample.U(i, 1)])];
        double[] Centers(double? halfLife) =>
            [.. ((KMeansModel)new Harness(rows) { BatchSize = 50 }.Fit(new MiniBatchKMeans { NClusters = 2, HalfLife = halfLife }).Model).ClusterCenters.ToArray().Order()];

        double[] follows = Centers(100), stays = Centers(null);
        Assert.Equal(4, follows[0], 0.2);
        Assert.Equal(14, follows[1], 0.2);
        Assert.InRange(stays[0], 1, 3);
        Assert.InRange(stays[1], 11, 13);
    }

    [Fact]
    public void Sample_TakesFarRows_AndWeighsAllForTheRowsTheyStandFor()
    {
        RowSample? sample = null;
        var drawn = new RowSample(4, 300, 100, Groups.Length, 1);
        new Harness(Groups) { Partitions = 3 }.Run(new SamplePass("sample", drawn, 4, 64, s => sample = s));
        SampledRows rows = sample!.ToRows(new Workers(1));
        Assert.InRange(rows.Count, 301, 400);

        // The two rows far away hold most of the squared distance: they are certain to be taken, and stand for themselves.
        var values = new float[4];
        double[] far = [.. Enumerable.Range(0, rows.Count).Where(i => Get(i).Max(Math.Abs) > 50).Select(i => rows.Weights[i])];
        Assert.Equal([1, 1], far);

        // Weights are unbiased: they add up to about the number of rows.
        Assert.Equal(1, rows.Weights.ToArray().Sum() / Groups.Length, 0.1);

        float[] Get(int row)
        {
            rows.Get(row, values);
            return values;
        }
    }

    [Fact]
    public void Search_AnyWorkers_FindsTheSameCentres()
    {
        double[] Centers(int workers)
        {
            var rows = new SampledRows(6000, 3, new Workers(workers));
            for (int i = 0; i < rows.Count; i++)
                rows.Set(i, [(float)Sample.U(i, 1), (float)Sample.U(i, 2), i % 7], 1 + i % 3);

            var clustering = new SampleClustering(rows, 12, 3, 0.01, effort: 1, seed: 5, new Workers(workers));
            clustering.Run(2);
            return clustering.Centers.Values;
        }

        double[] wanted = Centers(1);
        foreach (int workers in (int[])[2, 3, 16])
            Assert.Equal(wanted, Centers(workers));
    }

    [Fact]
    public void Usefulness_IsWhatTheInertiaGains_WhenACentreGoes()
    {
        var rows = new SampledRows(5000, 2, new Workers(2));
        for (int i = 0; i < rows.Count; i++)
            rows.Set(i, [(float)Sample.U(i, 1), (float)Sample.U(i, 2)], 1 + i % 2);

        int[] all = [.. Enumerable.Range(0, 11)];
        double[] useful = rows.Usefulness(Chosen(all));
        for (int c = 0; c < all.Length; c++)
            Assert.Equal(Inertia([.. all.Where(a => a != c)]) - Inertia(all), useful[c], 1e-2);

        double Inertia(IReadOnlyList<int> chosen) => new LloydIterations(rows, chosen.Count, 2).InertiaOf(Chosen(chosen));

        static ClusterCenters Chosen(IReadOnlyList<int> numbers)
        {
            var centers = new ClusterCenters(numbers.Count, 2);
            for (int c = 0; c < numbers.Count; c++)
                ((double[])[Sample.U(numbers[c], 3), Sample.U(numbers[c], 4)]).CopyTo(centers[c]);

            centers.Pack();
            return centers;
        }
    }

    [Fact]
    public void Sums_KeptWhileCentresMove_AreThoseOfAFreshStart()
    {
        // Some steps change few rows, which are moved from sum to sum, and some many; centres come, go and lose all their rows.
        var rows = new SampledRows(5000, 3, new Workers(1));
        for (int i = 0; i < 5000; i++)
            rows.Set(i, [(float)Sample.U(i, 3), (float)Sample.U(i, 4), (float)Sample.U(i, 5)], 0.1 + i % 7);

        var kept = new LloydIterations(rows, 12, 3);
        foreach ((int count, double shift) in ((int, double)[])[(7, 0), (7, 0.001), (7, 0.01), (12, 0.01), (7, 0.011), (9, 0.3), (9, 0.301), (9, 50), (9, 50.001)])
        {
            var centers = new ClusterCenters(count, 3);
            for (int c = 0; c < count; c++)
                ((double[])[Sample.U(c, 13) + (c % 2 == 0 ? shift : 0), Sample.U(c, 14), Sample.U(c, 15)]).CopyTo(centers[c]);

            centers.Pack();
            var fresh = new LloydIterations(rows, 12, 3);
            Assert.Equal(fresh.InertiaOf(centers), kept.InertiaOf(centers), 1e-7);
            for (int c = 0; c < 12; c++)
            {
                Assert.Equal(fresh.Sums.Weights[c] == 0, kept.Sums.Weights[c] == 0);
                Assert.Equal(fresh.Sums.Weights[c], kept.Sums.Weights[c], 1e-8);
                for (int j = 0; j < 3; j++)
                    Assert.Equal(fresh.Sums.Of(c)[j], kept.Sums.Of(c)[j], 1e-8);
            }
        }
    }

    [Fact]
    public void Breathing_LeavesABadOptimum()
    {
        // Eight groups on a line; five of eight centres sit on the first one.
        var rows = new SampledRows(800, 1, new Workers(1));
        for (int i = 0; i < 800; i++)
            rows.Set(i, [(float)(i % 8 * 10 + Sample.U(i, 3))], 1);

        var centers = new ClusterCenters(8, 1);
        ((double[])[-0.4, -0.2, 0, 0.2, 0.4, 15, 35, 60]).CopyTo(centers.Values, 0);
        centers.Pack();
        var lloyd = new LloydIterations(rows, 8 + CenterBreathing.Deepest, 1);
        double stuck = lloyd.Run(centers, 100, 0);
        int position = 0;
        new CenterBreathing(rows, new KMeansPlusPlus(rows, 8, 1), lloyd, 1 << 30).Improve(centers, () => new KeyedRandom(1, "breath", position++));
        Assert.True(lloyd.InertiaOf(centers) < stuck / 100);
        Assert.Equal([0, 10, 20, 30, 40, 50, 60, 70], centers.Values.Order().Select(v => Math.Round(v / 10) * 10));
    }

    [Fact]
    public void Validate_OutOfRange_NamesParameter()
    {
        Assert.Equal(
            "Parameter init_mode: wanted k-means++ or k-means||, found 'random'.",
            Assert.Throws<ArgumentException>(new KMeans { InitMode = "random" }.Validate).Message);
        Assert.Contains("half_life", Assert.Throws<ArgumentException>(new MiniBatchKMeans { HalfLife = 0 }.Validate).Message);
        Assert.Contains("extra_center_factor", Assert.Throws<ArgumentException>(new MiniBatchKMeans { ExtraCenterFactor = 0.5 }.Validate).Message);
    }

    static Fitting Run(Estimator estimator, Harness harness)
    {
        Fitting fitting = estimator.Begin(harness.Context);
        while (fitting.NextPass() is { } pass)
            harness.Run(pass);

        return fitting;
    }

    static (double[] Sums, double[] Counts, double Inertia) Assign(KMeansModel model, double[][] rows)
    {
        int k = model.Counts.Length, d = rows[0].Length;
        var sums = new double[k * d];
        var counts = new double[k];
        double inertia = 0;
        foreach (double[] row in rows)
        {
            double Distance(int c) => Enumerable.Range(0, d).Sum(j => Math.Pow(row[j] - model.ClusterCenters[c * d + j], 2));
            int nearest = Enumerable.Range(0, k).MinBy(Distance);
            inertia += Distance(nearest);
            counts[nearest]++;
            for (int j = 0; j < d; j++)
                sums[nearest * d + j] += row[j];
        }

        return (sums, counts, inertia);
    }
}
