using System.Globalization;
using Streaming.Learning.Data;
using Streaming.Learning.Metrics;

namespace Streaming.Learning.Models;

/// <summary>
/// Assigns every row to the nearest of k centres. Near is meant in the space of the scaled features; a row at the same distance
/// from several centres goes to the one of the lowest index.
/// </summary>
public sealed class KMeansModel : Model, ILoadableModel<KMeansModel>
{
    readonly double[] scaledClusterCenters;
    readonly double[] clusterCenters;
    readonly double[] counts;
    readonly NearestCenter nearest;

    /// <summary>Creates a model.</summary>
    /// <param name="header">What the model knows about itself.</param>
    /// <param name="clusterCenters">The centres in the space of the scaled features; [k × features], k at least 1.</param>
    /// <param name="counts">Weight of the rows that each centre stands for; length: k.</param>
    /// <exception cref="ArgumentException">Lengths don't fit, or a value isn't finite.</exception>
    public KMeansModel(ModelHeader header, double[] clusterCenters, double[] counts)
        : base(header)
    {
        int features = header.Features.Count;
        int clusters = ModelGuard.RowsOf(clusterCenters, features, nameof(clusterCenters));
        scaledClusterCenters = ModelGuard.Checked(clusterCenters, clusters * features, nameof(clusterCenters));
        this.counts = ModelGuard.Checked(counts, clusters, nameof(counts));
        this.clusterCenters = UserUnits.Points(header.Scaling, scaledClusterCenters);
        nearest = new NearestCenter(scaledClusterCenters, features);
        Tensors =
        [
            new Tensor("cluster_centers", [clusters, features], scaledClusterCenters),
            new Tensor("counts", [clusters], this.counts),
        ];
    }

    /// <inheritdoc/>
    public static string KindName => "k-means";

    /// <inheritdoc/>
    public override string Kind => KindName;

    /// <summary>
    /// <c>prediction</c>: index of the nearest centre. <c>distance</c>: Euclidean distance to it in the space of the scaled features
    /// (that is in standard deviations where features were standardised, else in the user's units).
    /// </summary>
    public override IReadOnlyList<OutputColumn> Outputs { get; } =
        [new("prediction", OutputKind.Index), new("distance", OutputKind.Number)];

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Tensors { get; }

    /// <summary>The centres in the user's units; [k × features].</summary>
    public ReadOnlySpan<double> ClusterCenters => clusterCenters;

    /// <summary>The centres in the space of the scaled features; [k × features].</summary>
    public ReadOnlySpan<double> ScaledClusterCenters => scaledClusterCenters;

    /// <summary>Weight of the rows that each centre stands for; length: k.</summary>
    public ReadOnlySpan<double> Counts => counts;

    /// <inheritdoc/>
    public static KMeansModel FromTensors(ModelHeader header, IReadOnlyDictionary<string, Tensor> tensors) =>
        new(header, tensors.ValuesOf("cluster_centers", rank: 2), tensors.ValuesOf("counts", rank: 1));

    /// <inheritdoc/>
    public override void Predict(RowBatch tile, Span<double> output)
    {
        CheckPrediction(tile, output);
        nearest.Find(tile, output);
    }

    /// <inheritdoc/>
    public override Scorer NewScorer() => new ClusteringScorer(scaledClusterCenters, counts.Length, nearest.FindTwo);

    /// <inheritdoc/>
    public override IReadOnlyList<ModelTable> Describe()
    {
        int features = Header.Features.Count;
        return
        [
            new ModelTable(
                "Cluster centers",
                ["cluster", "count", .. Header.Features],
                [
                    .. counts.Select((count, c) =>
                        (NameOf(c), (double[])[count, .. clusterCenters.AsSpan(c * features, features)])),
                ]),
            new ModelTable(
                "Distances between centers (of scaled features)",
                ["cluster", .. counts.Select((_, c) => NameOf(c))],
                [.. counts.Select((_, c) => (NameOf(c), counts.Select((_, other) => DistanceBetween(c, other)).ToArray()))]),
        ];
    }

    /// <summary>Euclidean distance between two centres in the space of the scaled features.</summary>
    public double DistanceBetween(int cluster, int other)
    {
        int features = Header.Features.Count;
        double sum = 0;
        for (int j = 0; j < features; j++)
        {
            double difference = scaledClusterCenters[cluster * features + j] - scaledClusterCenters[other * features + j];
            sum += difference * difference;
        }

        return Math.Sqrt(sum);
    }

    static string NameOf(int cluster) => cluster.ToString(CultureInfo.InvariantCulture);
}
