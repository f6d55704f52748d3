using Streaming.Learning.Numerics;

namespace Streaming.Learning.Estimators;

/// <summary>
/// Chooses centres among sampled rows by greedy k-means++ (Arthur, Vassilvitskii 2007): a row is drawn with a probability
/// proportional to its weight and its squared distance to the nearest centre so far; of 2 + ln k rows drawn the one is taken that
/// lowers the inertia most, as in scikit-learn.
/// </summary>
sealed class KMeansPlusPlus
{
    readonly SampledRows rows;
    readonly float[][] trials;
    readonly double[] cumulated;
    readonly AlignedBlock<float> closest;

    /// <summary>Creates a chooser of up to <paramref name="count"/> centres.</summary>
    public KMeansPlusPlus(SampledRows rows, int count, int features)
    {
        this.rows = rows;
        trials = [.. Enumerable.Range(0, 2 + (int)Math.Log(count)).Select(_ => new float[features])];
        cumulated = new double[rows.Count];
        closest = rows.NewDistances();
    }

    /// <summary>Memory of a chooser among that many rows: their distances to the centres so far.</summary>
    public static long BytesFor(int rows) => rows * (sizeof(float) + (long)sizeof(double));

    /// <summary>Chooses all centres.</summary>
    public void Choose(ClusterCenters centers, KeyedRandom random)
    {
        // The first one at equal chances: no row is nearer to a centre than any other yet.
        closest.Span.Fill(1);
        Cumulate();
        rows.Get(Draw(random.NextDouble()), trials[0]);
        closest.Span.Fill(float.PositiveInfinity);
        Take(centers, 0, trials[0]);
        for (int c = 1; c < centers.Count; c++)
            Add(centers, c, ref random);

        centers.Pack();
    }

    /// <summary>Chooses some centres anew, the others standing.</summary>
    public void Replace(ClusterCenters centers, IReadOnlyList<int> replaced, KeyedRandom random)
    {
        int[] standing = [.. Enumerable.Range(0, centers.Count).Except(replaced)];
        var others = new ClusterCenters(standing.Length, centers.Features);
        for (int c = 0; c < standing.Length; c++)
            centers[standing[c]].CopyTo(others[c]);

        others.Pack();
        rows.FindClosest(others, closest);
        foreach (int c in replaced)
            Add(centers, c, ref random);

        centers.Pack();
    }

    /// <summary>Takes over centres, and chooses further ones.</summary>
    /// <param name="standing">The centres to take over.</param>
    /// <param name="centers">Receives them and, behind them, the further ones.</param>
    /// <param name="random">Random numbers.</param>
    public void Extend(ClusterCenters standing, ClusterCenters centers, KeyedRandom random)
    {
        centers.CopyFrom(standing);
        rows.FindClosest(standing, closest);
        for (int c = standing.Count; c < centers.Count; c++)
            Add(centers, c, ref random);

        centers.Pack();
    }

    void Add(ClusterCenters centers, int center, ref KeyedRandom random)
    {
        Cumulate();
        foreach (float[] trial in trials)
            rows.Get(Draw(random.NextDouble()), trial);

        double[] inertias = rows.InertiasWith(trials, closest);
        Take(centers, center, trials[Array.IndexOf(inertias, inertias.Min())]);
    }

    void Take(ClusterCenters centers, int center, float[] point)
    {
        rows.TakeCloser(point, closest);
        for (int j = 0; j < point.Length; j++)
            centers[center][j] = point[j];
    }

    void Cumulate()
    {
        ReadOnlySpan<double> weights = rows.Weights;
        ReadOnlySpan<float> distances = closest.Span;
        double sum = 0;
        for (int i = 0; i < cumulated.Length; i++)
            cumulated[i] = sum += weights[i] * distances[i];
    }

    // The first row whose cumulated share is above the number; any row if all of them are centres already.
    int Draw(double number)
    {
        double wanted = number * cumulated[^1];
        int low = 0, high = cumulated.Length - 1;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (cumulated[middle] > wanted)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }
}
