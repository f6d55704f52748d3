using Streaming.Learning.Numerics;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>
/// Clusters a sample in memory, to give mini-batch k-means a good start: several choices by k-means++, each improved by a few of
/// Lloyd's iterations, the best one by inertia then improved until it hardly changes. Centres that stand for next to no rows are
/// chosen anew if that lowers the inertia.
/// </summary>
sealed class SampleClustering : IPersistent
{
    const int FirstIterations = 3;
    const int MostIterations = 30;

    // Iterations end when one lowers the inertia by less than this share: the rows outside the sample move the centres more.
    const double Tolerance = 1e-4;

    readonly SampledRows rows;
    readonly KMeansPlusPlus chooser;
    readonly GroupSums sums;
    readonly double reassignmentRatio;
    readonly long seed;
    int choices;

    /// <summary>Creates the clustering of <paramref name="rows"/>, of which there are at least as many as clusters.</summary>
    public SampleClustering(SampledRows rows, int clusters, int features, double reassignmentRatio, long seed)
    {
        this.rows = rows;
        this.reassignmentRatio = reassignmentRatio;
        this.seed = seed;
        chooser = new KMeansPlusPlus(rows, clusters, features);
        sums = new GroupSums(clusters, features);
        Centers = new ClusterCenters(clusters, features);
    }

    /// <summary>Rows in the sample.</summary>
    public int RowCount => rows.Count;

    /// <summary>Memory of the clustering of a sample, the sampled rows included.</summary>
    public static long BytesFor(int rows, int clusters, int features, int tries) =>
        SampledRows.BytesFor(rows, features) + KMeansPlusPlus.BytesFor(rows)
        + GroupSums.BytesFor(clusters, features) + (tries + 1) * ClusterCenters.BytesFor(clusters, features);

    /// <summary>The best centres.</summary>
    public ClusterCenters Centers { get; private set; }

    /// <summary>Finds the best of <paramref name="tries"/> starts.</summary>
    public void Run(int tries)
    {
        double lowest = double.PositiveInfinity;
        for (int i = 0; i < tries; i++)
        {
            var centers = new ClusterCenters(Centers.Count, Centers.Features);
            chooser.Choose(centers, NextRandom());
            double inertia = Improve(centers, FirstIterations);
            if (inertia < lowest)
                (lowest, Centers) = (inertia, centers);
        }

        Improve(Centers, MostIterations);
        Reassign(Weigh());
    }

    /// <summary>The weight of the sampled rows that each centre stands for now; length: clusters.</summary>
    public double[] Weigh()
    {
        rows.Sum(Centers, sums);
        return [.. sums.Weights];
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

        var centers = new ClusterCenters(Centers.Count, Centers.Features);
        Centers.Values.CopyTo(centers.Values, 0);
        chooser.Replace(centers, starved, NextRandom());
        double before = InertiaOf(Centers);
        if (Improve(centers, FirstIterations) < before)
            Centers = centers;
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        rows.Persist(state);
        Centers.Persist(state);
        state.Value(ref choices);
    }

    double InertiaOf(ClusterCenters centers)
    {
        rows.Sum(centers, sums);
        return centers.InertiaOf(sums);
    }

    // Lloyd's iterations; the inertia is that of the centres as they are left.
    double Improve(ClusterCenters centers, int iterations)
    {
        double inertia = InertiaOf(centers);
        for (int i = 0; i < iterations; i++)
        {
            centers.Move(sums, new double[centers.Count]);
            double after = InertiaOf(centers);
            bool settled = after >= inertia * (1 - Tolerance);
            inertia = after;
            if (settled)
                break;
        }

        return inertia;
    }

    KeyedRandom NextRandom() => new(seed, "k-means++", choices++);
}
