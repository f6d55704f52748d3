using Streaming.Learning.Metrics;
using Streaming.Learning.Models;

namespace Streaming.Learning.Training;

/// <summary>How one of several models that a run offered did.</summary>
/// <param name="Name">What sets it apart: "alpha=0.1".</param>
/// <param name="Metrics">Its scores, on the rows that all were scored on.</param>
/// <param name="IsChosen">Whether it is the run's model.</param>
public sealed record CandidateScore(string Name, IReadOnlyList<Metric> Metrics, bool IsChosen)
{
    /// <summary>The epoch after which it was dropped because others did better; 0 if it was not.</summary>
    public int DroppedAfter { get; init; }

    /// <summary>Whether its numbers ran away while it learned; it then has no scores.</summary>
    public bool HasDiverged { get; init; }

    // What decides, the first that there is; of each, less is better.
    static readonly string[] Deciding = ["gcv", "log_loss", "rmse", "inertia_per_row", "reconstruction_error"];

    /// <summary>
    /// The position of the best: that with the lowest error; of equals, and where there is no error to go by, the first. More clusters always have
    /// the lower inertia, so clusterings of different numbers of clusters are told apart by their silhouettes.
    /// </summary>
    internal static int BestOf(IReadOnlyList<Model> models, IReadOnlyList<IReadOnlyList<Metric>> scores)
    {
        bool bySilhouette = models.OfType<KMeansModel>().Select(m => m.Counts.Length).Distinct().Count() > 1;
        double[] errors = [.. scores.Select(s => bySilhouette ? -SilhouetteOf(s) : ErrorOf(s))];
        int best = 0;
        for (int i = 1; i < errors.Length; i++)
        {
            if (errors[i] < errors[best])
                best = i;
        }

        return best;
    }

    static double SilhouetteOf(IReadOnlyList<Metric> metrics)
    {
        double value = metrics.First(m => m.Name == "simplified_silhouette").Value;
        return double.IsNaN(value) ? double.NegativeInfinity : value;
    }

    /// <summary>The error that decides; null where there is none.</summary>
    internal static Metric? Decisive(IReadOnlyList<Metric> metrics) =>
        Deciding.Select(name => metrics.FirstOrDefault(m => m.Name == name && m.Class == null)).FirstOrDefault(m => m != null);

    /// <summary>That error; +∞ where there is none.</summary>
    internal static double ErrorOf(IReadOnlyList<Metric> metrics) =>
        Decisive(metrics) is { } error && !double.IsNaN(error.Value) ? error.Value : double.PositiveInfinity;
}
