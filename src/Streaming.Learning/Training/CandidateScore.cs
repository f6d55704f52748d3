using Streaming.Learning.Metrics;

namespace Streaming.Learning.Training;

/// <summary>How one of several models that a run offered did.</summary>
/// <param name="Name">What sets it apart: "alpha=0.1".</param>
/// <param name="Metrics">Its scores, on the rows that all were scored on.</param>
/// <param name="IsChosen">Whether it is the run's model.</param>
public sealed record CandidateScore(string Name, IReadOnlyList<Metric> Metrics, bool IsChosen)
{
    // What decides, the first that there is; of each, less is better.
    static readonly string[] Deciding = ["gcv", "log_loss", "rmse", "inertia_per_row", "reconstruction_error"];

    /// <summary>The position of the best: that with the lowest error; of equals, and where there is no error to go by, the first.</summary>
    internal static int BestOf(IReadOnlyList<IReadOnlyList<Metric>> scores)
    {
        int best = 0;
        for (int i = 1; i < scores.Count; i++)
        {
            if (ErrorOf(scores[i]) < ErrorOf(scores[best]))
                best = i;
        }

        return best;
    }

    /// <summary>The error that decides; null where there is none.</summary>
    internal static Metric? Decisive(IReadOnlyList<Metric> metrics) =>
        Deciding.Select(name => metrics.FirstOrDefault(m => m.Name == name && m.Class == null)).FirstOrDefault(m => m != null);

    /// <summary>That error; +∞ where there is none.</summary>
    internal static double ErrorOf(IReadOnlyList<Metric> metrics) =>
        Decisive(metrics) is { } error && !double.IsNaN(error.Value) ? error.Value : double.PositiveInfinity;
}
