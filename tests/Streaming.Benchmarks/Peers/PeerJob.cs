namespace Streaming.Benchmarks.Peers;

/// <summary>What is to be learned.</summary>
enum JobKind
{
    /// <summary>The chance of <c>label</c>.</summary>
    Logistic,

    /// <summary>The number <c>y</c>.</summary>
    Linear,

    /// <summary>Centres.</summary>
    Clusters,

    /// <summary>Directions.</summary>
    Components,
}

/// <summary>A job that all peers do: from the same Parquet file to a model.</summary>
/// <param name="Key">Its name on the command line.</param>
/// <param name="Title">Its name in tables.</param>
/// <param name="Kind">What is to be learned.</param>
/// <param name="Count">Centres or components; else 0.</param>
sealed record PeerJob(string Key, string Title, JobKind Kind, int Count = 0)
{
    /// <summary>All jobs; of few features fewer components are taken.</summary>
    public static IReadOnlyList<PeerJob> For(int features) =>
    [
        new("logistic", "Logistic regression", JobKind.Logistic),
        new("linear", "Linear regression", JobKind.Linear),
        new("kmeans8", "k-means, k = 8", JobKind.Clusters, 8),
        new("kmeans100", "k-means, k = 100", JobKind.Clusters, 100),
        new("pca", $"PCA, {ComponentsOf(features)} components", JobKind.Components, ComponentsOf(features)),
    ];

    /// <summary>What the quality of the answer is, always on rows that were held out.</summary>
    public string Measure => Kind switch
    {
        JobKind.Logistic => "log-loss (AUC)",
        JobKind.Linear => "RMSE",
        JobKind.Clusters => "inertia per row",
        _ => "variance kept",
    };

    static int ComponentsOf(int features) => Math.Min(10, features - 1);
}
