using System.Globalization;
using Streaming.Learning.Data;
using Streaming.Learning.State;

namespace Streaming.Learning.Metrics;

/// <summary>
/// Scores clusters about given centres, in the space of the scaled features and weighted by the rows' weights:
/// <list type="bullet">
/// <item><c>inertia</c>: the sum of the squared distances of the rows to their nearest centres; <c>inertia_per_row</c>: the same divided
/// by the sum of the weights;</item>
/// <item><c>simplified_silhouette</c>: the mean over the rows of (b - a) / max(a, b), where a is the distance to the nearest centre and b
/// that to the second nearest (Hruschka, de Castro, Campello, "Evolutionary algorithms for clustering gene-expression data",
/// ICDM 2004). From 0, between two clusters, to 1; a row at its centre has 1, or 0 if another centre is there too;</item>
/// <item><c>davies_bouldin_score</c>: the mean over the clusters of the largest (Sᵢ + Sⱼ) / |cᵢ - cⱼ|, where S is the mean distance of a
/// cluster's rows to its centre c (Davies and Bouldin, "A cluster separation measure", 1979). It equals scikit-learn's where the
/// centres are the means of their clusters, as they are at the end of k-means. Clusters without rows are left out.</item>
/// </list>
/// The last two are NaN (not defined) for a single cluster.
/// </summary>
public sealed class ClusteringScorer : Scorer
{
    // Weight, and weighted sums of the distances, of their squares and of the silhouettes.
    const int Sums = 4;

    readonly PredictionBuffer predictions;
    readonly double[] centers;
    readonly int clusters;
    readonly double[] sums;
    readonly double[] tileSums;

    /// <summary>Creates an empty scorer.</summary>
    /// <param name="centers">The centres in the space of the scaled features; [k × features].</param>
    /// <param name="clusters">How many they are, k.</param>
    /// <param name="predict">Writes the index of the nearest centre, the distance to it, and that to the second nearest (+∞ without one).</param>
    public ClusteringScorer(ReadOnlySpan<double> centers, int clusters, TilePrediction predict)
    {
        this.centers = centers.ToArray();
        this.clusters = clusters;
        predictions = new PredictionBuffer(predict, columns: 3);
        sums = new double[clusters * Sums];
        tileSums = new double[clusters * Sums];
    }

    /// <inheritdoc/>
    public override void Add(RowBatch tile)
    {
        int rows = tile.RowCount;
        ReadOnlySpan<double> output = predictions.Of(tile);
        Array.Clear(tileSums);
        for (int row = 0; row < rows; row++)
        {
            double weight = tile.WeightOf(row), nearest = output[rows + row], second = output[2 * rows + row];
            Span<double> cluster = tileSums.AsSpan((int)output[row] * Sums, Sums);
            cluster[0] += weight;
            cluster[1] += weight * nearest;
            cluster[2] += weight * nearest * nearest;
            cluster[3] += clusters > 1 && second > 0 ? weight * ((second - nearest) / second) : 0;
        }

        RowCount += rows;
        for (int i = 0; i < sums.Length; i++)
            sums[i] += tileSums[i];
    }

    /// <inheritdoc/>
    public override void Merge(Scorer other)
    {
        var from = (ClusteringScorer)other;
        RowCount += from.RowCount;
        for (int i = 0; i < sums.Length; i++)
            sums[i] += from.sums[i];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Metric> Results()
    {
        double weight = Total(0), inertia = Total(2);
        return
        [
            new Metric("inertia", inertia),
            new Metric("inertia_per_row", inertia / weight),
            new Metric("simplified_silhouette", clusters > 1 ? Total(3) / weight : double.NaN),
            new Metric("davies_bouldin_score", DaviesBouldin()),
        ];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ScoreTable> Tables() =>
    [
        new ScoreTable(
            "clusters",
            "By cluster",
            ["cluster", "weight", "inertia", "mean_distance", "simplified_silhouette"],
            [
                .. Enumerable.Range(0, clusters).Select(c => (
                    c.ToString(CultureInfo.InvariantCulture),
                    new[] { Of(c, 0), Of(c, 2), Of(c, 1) / Of(c, 0), clusters > 1 ? Of(c, 3) / Of(c, 0) : double.NaN })),
            ]),
    ];

    /// <inheritdoc/>
    protected override void PersistSums(StateStream state)
    {
        state.Values(sums.AsSpan());
    }

    double DaviesBouldin()
    {
        int[] used = [.. Enumerable.Range(0, clusters).Where(c => Of(c, 0) > 0)];
        return used.Length < 2 ? double.NaN : used.Average(i => used.Where(j => j != i).Max(j => Similarity(i, j)));
    }

    double Similarity(int i, int j)
    {
        int features = centers.Length / clusters;
        double squares = 0;
        for (int f = 0; f < features; f++)
        {
            double difference = centers[i * features + f] - centers[j * features + f];
            squares += difference * difference;
        }

        return (Of(i, 1) / Of(i, 0) + Of(j, 1) / Of(j, 0)) / Math.Sqrt(squares);
    }

    double Of(int cluster, int sum) => sums[cluster * Sums + sum];

    double Total(int sum) => Enumerable.Range(0, clusters).Sum(c => Of(c, sum));
}
