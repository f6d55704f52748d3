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

    const string Accuracy = "accuracy";

    // What decides, the first that all have: without probabilities (hinge, perceptron) that is the accuracy. Of the others less is better.
    static readonly string[] Deciding = ["gcv", "log_loss", "rmse", "inertia_per_row", "reconstruction_error", Accuracy];

    /// <summary>
    /// The position of the best: that with the lowest error; of equals, and where there is no error to go by, the first. More clusters always have
    /// the lower inertia, so clusterings of different numbers of clusters are told apart by their silhouettes.
    /// </summary>
    internal static int BestOf(IReadOnlyList<Model> models, IReadOnlyList<IReadOnlyList<Metric>> scores)
    {
        bool bySilhouette = models.OfType<KMeansModel>().Select(m => m.Counts.Length).Distinct().Count() > 1;
        double[] errors = bySilhouette ? [.. scores.Select(s => -SilhouetteOf(s))] : ErrorsOf(scores);
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

    /// <summary>What decides among models, as the best of them has it; null where they have nothing of the kind.</summary>
    internal static Metric? Decisive(IReadOnlyList<IReadOnlyList<Metric>> scores) =>
        DecidingOf(scores) is { } name ? scores.Select(s => Find(s, name)!).MinBy(ErrorIn) : null;

    /// <summary>The errors of models, all in what decides among them; +∞ where there is nothing of the kind.</summary>
    internal static double[] ErrorsOf(IReadOnlyList<IReadOnlyList<Metric>> scores)
    {
        string? name = DecidingOf(scores);
        return [.. scores.Select(s => name == null ? double.PositiveInfinity : ErrorIn(Find(s, name)!))];
    }

    // A log-loss and a share of wrong labels can't be compared.
    static string? DecidingOf(IReadOnlyList<IReadOnlyList<Metric>> scores) => Deciding.FirstOrDefault(name => scores.All(s => Find(s, name) != null));

    static Metric? Find(IReadOnlyList<Metric> metrics, string name) => metrics.FirstOrDefault(m => m.Name == name && m.Class == null);

    static double ErrorIn(Metric metric) => double.IsNaN(metric.Value) ? double.PositiveInfinity : metric.Name == Accuracy ? 1 - metric.Value : metric.Value;
}
