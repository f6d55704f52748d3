using Streaming.Learning.Numerics;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>
/// Clusters rows in memory, to give k-means over all rows a good start: several choices by k-means++, each improved by a few of Lloyd's
/// iterations, the best one by inertia then by <see cref="CenterBreathing"/>. Centres that stand for next to no rows are chosen anew if that
/// lowers the inertia.
/// </summary>
sealed class SampleClustering : IPersistent
{
    const int FirstIterations = 3;
    const int MostIterations = 30;

    // Searches from other starts: how many, and how much work there may be before the last one. Small data sets have them at once.
    const int MostSearches = 10;
    const long RestartWork = 1L << 31;

    // A search goes on while there has been less work than this for each cluster, of which at least and at most so many count: on one thread a tenth to a
    // fifth of a second. Few clusters gain nothing from more; many would lose a percent with less.
    const long WorkPerCluster = 1L << 27;
    const int FewClusters = 32;
    const int ManyClusters = 64;

    // Iterations end when one lowers the inertia by less than this share: the rows outside the sample move the centres more.
    const double Tolerance = 1e-4;

    readonly SampledRows rows;
    readonly KMeansPlusPlus chooser;
    readonly LloydIterations lloyd;
    readonly CenterBreathing breathing;
    readonly double reassignmentRatio;
    readonly int effort;
    readonly long seed;
    readonly Workers workers;
    int choices;

    /// <summary>Creates the clustering of rows.</summary>
    /// <param name="rows">The rows, at least as many as clusters.</param>
    /// <param name="clusters">Centres to find.</param>
    /// <param name="features">Features.</param>
    /// <param name="reassignmentRatio">Share of the heaviest centre's weight below which a centre is starved.</param>
    /// <param name="effort">How many times the usual work may go into the search.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="workers">Share the work.</param>
    public SampleClustering(SampledRows rows, int clusters, int features, double reassignmentRatio, int effort, long seed, Workers workers)
    {
        this.rows = rows;
        this.reassignmentRatio = reassignmentRatio;
        this.effort = effort;
        this.seed = seed;
        this.workers = workers;
        chooser = new KMeansPlusPlus(rows, clusters, features);
        lloyd = new LloydIterations(rows, clusters + CenterBreathing.Deepest, features);
        breathing = new CenterBreathing(rows, chooser, lloyd, effort * WorkPerCluster * Math.Clamp(clusters, FewClusters, ManyClusters));
        Centers = new ClusterCenters(clusters, features);
    }

    /// <summary>Rows in the sample.</summary>
    public int RowCount => rows.Count;

    /// <summary>Memory of the clustering of a sample, the sampled rows included.</summary>
    public static long BytesFor(int rows, int clusters, int features, int tries) =>
        SampledRows.BytesFor(rows, features) + KMeansPlusPlus.BytesFor(rows)
        + LloydIterations.BytesFor(rows, clusters + CenterBreathing.Deepest, features) + (tries + MostSearches) * ClusterCenters.BytesFor(clusters, features)
        + CenterBreathing.BytesFor(clusters, features);

    /// <summary>The best centres.</summary>
    public ClusterCenters Centers { get; private set; }

    /// <summary>
    /// Finds the best of <paramref name="tries"/> starts, and improves it; where that is soon done, improves other starts too, in case one leads further.
    /// </summary>
    public void Run(int tries)
    {
        lloyd.Forget();
        ClusterCenters best = Centers;
        double lowest = double.PositiveInfinity;
        for (int i = 0; i < MostSearches && (i == 0 || rows.Work < effort * RestartWork); i++)
        {
            Centers = BestStart(i == 0 ? tries : 1);
            Improve(Centers);
            double inertia = lloyd.InertiaOf(Centers);
            if (inertia < lowest)
                (lowest, best) = (inertia, Centers);
        }

        Centers = best;
        Reassign(Weigh());
    }

    /// <summary>The weight of the rows that each centre stands for now; length: clusters.</summary>
    public double[] Weigh()
    {
        lloyd.Forget();
        lloyd.InertiaOf(Centers);
        return lloyd.Sums.Weights[..Centers.Count];
    }

    /// <summary>
    /// Centres to begin an epoch with, and how many rows of the sample hold each in place: the best ones, and if more are asked for, some where
    /// they help most.
    /// </summary>
    public (ClusterCenters Centers, double[] Weights) Extend(int count)
    {
        lloyd.Forget();
        ClusterCenters centers = Centers;
        LloydIterations iterations = lloyd;
        if (count > centers.Count)
        {
            centers = new ClusterCenters(count, Centers.Features);
            chooser.Extend(Centers, centers, NextRandom());
            iterations = new LloydIterations(rows, count, Centers.Features);
        }

        iterations.InertiaOf(centers);
        double[] weights = iterations.Sums.Weights[..count];
        double all = weights.Sum();
        return (centers, [.. weights.Select(w => w * (rows.Count / all))]);
    }

    /// <summary>
    /// Chooses centres anew that stand for less than the ratio of the heaviest one's weight, if that lowers the inertia of the sample.
    /// </summary>
    /// <param name="weights">Weight that each centre stands for.</param>
    public void Reassign(double[] weights)
    {
        double least = reassignmentRatio * weights.Max();
        int[] starved = [.. Enumerable.Range(0, weights.Length).Where(c => weights[c] < least)];
        if (starved.Length == 0 || starved.Length == weights.Length)
            return;

        lloyd.Forget();
        var centers = new ClusterCenters(Centers.Count, Centers.Features);
        centers.CopyFrom(Centers);
        chooser.Replace(centers, starved, NextRandom());
        double before = lloyd.InertiaOf(Centers);
        if (lloyd.Run(centers, FirstIterations, Tolerance) < before)
            Centers = centers;
    }

    /// <summary>Clusters more centres than wanted, by the weights they stand for, and takes the result for the best centres.</summary>
    /// <returns>The weights that the new centres stand for.</returns>
    public double[] Reduce(ClusterCenters many, double[] weights)
    {
        int[] used = [.. Enumerable.Range(0, many.Count).Where(c => weights[c] > 0)];
        var points = new SampledRows(used.Length, many.Features, workers);
        for (int i = 0; i < used.Length; i++)
            points.Set(i, [.. many[used[i]].ToArray().Select(v => (float)v)], weights[used[i]]);

        var reduction = new SampleClustering(points, Centers.Count, many.Features, reassignmentRatio: 0, effort, seed, workers);
        reduction.Improve(Centers);
        Centers.CopyFrom(reduction.Centers);
        return reduction.Weigh();
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        rows.Persist(state);
        Centers.Persist(state);
        state.Value(ref choices);
    }

    ClusterCenters BestStart(int tries)
    {
        ClusterCenters? best = null;
        double lowest = double.PositiveInfinity;
        for (int i = 0; i < tries; i++)
        {
            var centers = new ClusterCenters(Centers.Count, Centers.Features);
            chooser.Choose(centers, NextRandom());
            double inertia = lloyd.Run(centers, FirstIterations, Tolerance);
            if (best == null || inertia < lowest)
                (lowest, best) = (inertia, centers);
        }

        return best!;
    }

    void Improve(ClusterCenters from)
    {
        Centers.CopyFrom(from);
        lloyd.Run(Centers, MostIterations, Tolerance);
        breathing.Improve(Centers, NextRandom);
    }

    KeyedRandom NextRandom() => new(seed, "k-means++", choices++);
}
