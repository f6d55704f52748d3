using Streaming.Learning.Numerics;

namespace Streaming.Learning.Estimators;

/// <summary>
/// Leaves a local optimum of k-means by breathing (Fritzke, "The breathing k-means algorithm", 2020): a few centres more are chosen where they help
/// most, all settle by Lloyd's iterations, then as many go as were added, those that are missed least, and the rest settles again. What is
/// better is kept; else the next breath is shallower. Finds better optima than the best of many starts.
/// </summary>
sealed class CenterBreathing
{
    /// <summary>Centres added by the first breath (the paper's m).</summary>
    public const int Deepest = 5;

    // Breaths in vain before one gets shallower.
    const int MostInVain = 4;
    const int Iterations = 20;
    const double BreathTolerance = 1e-3;
    const double FinalTolerance = 1e-4;

    // Breaths that gain less than this are in vain.
    const double LeastGain = 1e-4;

    readonly SampledRows rows;
    readonly KMeansPlusPlus chooser;
    readonly LloydIterations lloyd;
    readonly long mostWork;
    readonly ClusterCenters?[] deeperCenters = new ClusterCenters?[Deepest + 1];

    /// <summary>Creates the search.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="chooser">Chooses the centres that are added.</param>
    /// <param name="lloyd">Iterations of the centres and <see cref="Deepest"/> more.</param>
    /// <param name="mostWork">A breath begins while there has been less work on the rows than this.</param>
    public CenterBreathing(SampledRows rows, KMeansPlusPlus chooser, LloydIterations lloyd, long mostWork)
    {
        this.mostWork = mostWork;
        this.rows = rows;
        this.chooser = chooser;
        this.lloyd = lloyd;
    }

    /// <summary>Memory of the search.</summary>
    public static long BytesFor(int clusters, int features) =>
        (Deepest + 1) * ClusterCenters.BytesFor(clusters + Deepest, features);

    /// <summary>Improves centres that have settled.</summary>
    /// <param name="centers">The centres; left at the best that was found.</param>
    /// <param name="nextRandom">Gives random numbers for the next breath.</param>
    public void Improve(ClusterCenters centers, Func<KeyedRandom> nextRandom)
    {
        var tried = new ClusterCenters(centers.Count, centers.Features);
        double lowest = lloyd.InertiaOf(centers);
        int depth = Math.Min(Deepest, rows.Count - centers.Count), inVain = 0;
        while (depth > 0 && rows.Work < mostWork)
        {
            BreatheOut(BreatheIn(centers, depth, nextRandom()), tried);
            double inertia = lloyd.Run(tried, Iterations, BreathTolerance);
            if (inertia < lowest * (1 - LeastGain))
            {
                lowest = inertia;
                centers.CopyFrom(tried);
                inVain = 0;
            }
            else if (++inVain == MostInVain)
            {
                depth--;
                inVain = 0;
            }
        }

        lloyd.Run(centers, Iterations, FinalTolerance);
    }

    ClusterCenters BreatheIn(ClusterCenters centers, int depth, KeyedRandom random)
    {
        int count = centers.Count + depth;
        ClusterCenters more = deeperCenters[depth] ??= new ClusterCenters(count, centers.Features);
        chooser.Extend(centers, more, random);
        lloyd.Run(more, Iterations, BreathTolerance);
        return more;
    }

    // Takes over the most useful centres. The nearest neighbour of one that goes stays, as it takes on its rows.
    void BreatheOut(ClusterCenters more, ClusterCenters kept)
    {
        double[] useful = rows.Usefulness(more);
        int surplus = more.Count - kept.Count;
        var gone = new HashSet<int>();
        var staying = new HashSet<int>();
        foreach (int c in Enumerable.Range(0, more.Count).OrderBy(c => useful[c]))
        {
            if (gone.Count == surplus)
                break;

            if (staying.Contains(c))
                continue;

            gone.Add(c);
            if (staying.Count + surplus < more.Count)
                staying.Add(NearestOf(more, c, gone));
        }

        // Who stays keeps its number, as then most rows keep theirs; those added take the numbers of those that go.
        int next = kept.Count;
        for (int c = 0; c < kept.Count; c++)
        {
            while (gone.Contains(next))
                next++;

            more[gone.Contains(c) ? next++ : c].CopyTo(kept[c]);
        }

        kept.Pack();
    }

    static int NearestOf(ClusterCenters centers, int center, HashSet<int> gone)
    {
        (int nearest, double lowest) = (-1, double.PositiveInfinity);
        for (int c = 0; c < centers.Count; c++)
        {
            if (gone.Contains(c))
                continue;

            double distance = SquaredDistance(centers[c], centers[center]);
            if (nearest < 0 || distance < lowest)
                (nearest, lowest) = (c, distance);
        }

        return nearest;
    }

    static double SquaredDistance(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (int j = 0; j < a.Length; j++)
            sum += (a[j] - b[j]) * (a[j] - b[j]);

        return sum;
    }
}
