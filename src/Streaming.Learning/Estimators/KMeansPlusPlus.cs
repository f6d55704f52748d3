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
    readonly int trials;
    readonly float[] point;
    readonly double[] cumulated;
    float[] closest;
    float[] candidate;
    float[] bestCandidate;

    /// <summary>Creates a chooser of up to <paramref name="count"/> centres.</summary>
    public KMeansPlusPlus(SampledRows rows, int count, int features)
    {
        this.rows = rows;
        trials = 2 + (int)Math.Log(count);
        point = new float[features];
        cumulated = new double[rows.Count];
        closest = rows.NewDistances();
        candidate = rows.NewDistances();
        bestCandidate = rows.NewDistances();
    }

    /// <summary>Memory of a chooser among that many rows: their distances to the centres so far and to those that are tried.</summary>
    public static long BytesFor(int rows) => rows * (3L * sizeof(float) + sizeof(double));

    /// <summary>Chooses all centres.</summary>
    public void Choose(ClusterCenters centers, KeyedRandom random)
    {
        Array.Fill(closest, 1);
        Add(centers, 0, trials: 1, ref random, first: true);
        for (int c = 1; c < centers.Count; c++)
            Add(centers, c, trials, ref random, first: false);

        centers.Pack();
    }

    /// <summary>Chooses some centres anew, the others standing.</summary>
    public void Replace(ClusterCenters centers, IReadOnlyList<int> replaced, KeyedRandom random)
    {
        Array.Fill(closest, float.PositiveInfinity);
        for (int c = 0; c < centers.Count; c++)
        {
            if (replaced.Contains(c))
                continue;

            for (int j = 0; j < point.Length; j++)
                point[j] = (float)centers[c][j];

            rows.Distances(point, candidate);
            TakeCloser(candidate, closest);
        }

        foreach (int c in replaced)
            Add(centers, c, trials, ref random, first: false);

        centers.Pack();
    }

    void Add(ClusterCenters centers, int center, int trials, ref KeyedRandom random, bool first)
    {
        Cumulate();
        double lowest = double.PositiveInfinity;
        int chosen = 0;
        for (int trial = 0; trial < trials; trial++)
        {
            int row = Draw(random.NextDouble());
            rows.Get(row, point);
            rows.Distances(point, candidate);
            if (!first)
                TakeCloser(closest, candidate);

            double inertia = Inertia(candidate);
            if (inertia < lowest)
            {
                (lowest, chosen) = (inertia, row);
                (bestCandidate, candidate) = (candidate, bestCandidate);
            }
        }

        (closest, bestCandidate) = (bestCandidate, closest);
        rows.Get(chosen, point);
        for (int j = 0; j < point.Length; j++)
            centers[center][j] = point[j];
    }

    void Cumulate()
    {
        ReadOnlySpan<double> weights = rows.Weights;
        double sum = 0;
        for (int i = 0; i < cumulated.Length; i++)
            cumulated[i] = sum += weights[i] * closest[i];
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

    double Inertia(float[] distances)
    {
        ReadOnlySpan<double> weights = rows.Weights;
        double sum = 0;
        for (int i = 0; i < weights.Length; i++)
            sum += weights[i] * distances[i];

        return sum;
    }

    static void TakeCloser(float[] from, float[] to)
    {
        for (int i = 0; i < to.Length; i++)
            to[i] = from[i] < to[i] ? from[i] : to[i];
    }
}
