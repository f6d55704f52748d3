namespace Streaming.Benchmarks.Peers;

/// <summary>Whose code a contender is.</summary>
enum PeerLibrary
{
    Streaming,
    ScikitLearn,
    MlNet,
    DuckDb,
}

/// <summary>One that does a job in a process of its own.</summary>
/// <param name="Library">Whose code it is.</param>
/// <param name="Method">Estimator, trainer or SQL function.</param>
/// <param name="Input">Where its rows come from.</param>
sealed record Contender(PeerLibrary Library, string Method, string Input)
{
    const string Parquet = "Parquet", Memory = "arrays in memory", Csv = "CSV by pandas", Binary = "ML.NET's binary file", OurReader = "Parquet by our reader";

    /// <summary>The scan alone, which is added to those in memory to compute what Parquet would cost them at least.</summary>
    public static Contender Scan { get; } = new(PeerLibrary.DuckDb, "sum", Parquet);

    /// <summary>Whether the rows are in memory before the clock starts.</summary>
    public bool IsInMemory => Input == Memory;

    /// <summary>The name of the library as its makers write it.</summary>
    public string LibraryName => Library switch
    {
        PeerLibrary.ScikitLearn => "scikit-learn",
        PeerLibrary.MlNet => "ML.NET",
        PeerLibrary.DuckDb => "DuckDB",
        _ => "Streaming",
    };

    /// <summary>Those that do a job, ours first: the others are compared with it.</summary>
    public static IReadOnlyList<Contender> For(PeerJob job)
    {
        (string[] ours, string[] pythons, string[] trainers, string? sql) = job.Kind switch
        {
            JobKind.Logistic => (["sgd-classifier", "logistic-regression"], ["SGDClassifier", "SGDClassifier(eta0=0.001)"], ["SdcaLogisticRegression", "LbfgsLogisticRegression"], null),
            JobKind.Linear => (["sgd-regressor", "linear-regression"], ["SGDRegressor"], ["OnlineGradientDescent"], "regr_slope"),
            JobKind.Clusters => (["mini-batch-kmeans"], ["MiniBatchKMeans"], ["KMeans"], null),
            _ => ((string[])["incremental-pca"], (string[])["IncrementalPCA"], (string[])["ProjectToPrincipalComponents"], "covar_pop"),
        };
        return
        [
            .. ours.Select(m => new Contender(PeerLibrary.Streaming, m, Parquet)),
            .. pythons.Select(m => new Contender(PeerLibrary.ScikitLearn, m, Memory)),
            new(PeerLibrary.ScikitLearn, pythons[0], Csv),
            .. trainers.SelectMany(m => new Contender[] { new(PeerLibrary.MlNet, m, Binary), new(PeerLibrary.MlNet, m, OurReader) }),
            .. sql == null ? [] : new Contender[] { new(PeerLibrary.DuckDb, sql, Parquet) },
        ];
    }

    /// <summary>Does the job in this process, for contenders that are .NET code.</summary>
    public PeerOutcome Fit(PeerData data, PeerJob job, int fits) => Library switch
    {
        PeerLibrary.Streaming => OwnPeer.Fit(Method, data, job, fits),
        PeerLibrary.MlNet => MlNetPeer.Fit(Method, Input == OurReader, data, job, fits),
        PeerLibrary.DuckDb => DuckDbSums.Run(Method, data, fits),
        _ => throw new NotSupportedException($"{LibraryName} runs in Python."),
    };

    /// <inheritdoc/>
    public override string ToString() => $"{LibraryName} {Method}, {Input}";
}
