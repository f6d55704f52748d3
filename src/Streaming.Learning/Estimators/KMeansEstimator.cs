using System.ComponentModel;
using Streaming.Learning.Data;
using Streaming.Learning.Passes;

namespace Streaming.Learning.Estimators;

/// <summary>What k-means in all its forms has in common: how many centres, and how a start is found.</summary>
public abstract class KMeansEstimator : Estimator
{
    /// <summary>k-means++ on a sample, improved in memory: one pass.</summary>
    internal const string OnSample = "k-means++";

    /// <summary>k-means|| over all rows: passes in place of a sample.</summary>
    internal const string OverRows = "k-means||";

    /// <summary>Number of clusters, k. Default: 8.</summary>
    [Description("Number of clusters.")]
    public int NClusters { get; set; } = 8;

    /// <summary>
    /// How a start is found: <c>k-means++</c> on a sample that one pass draws, or <c>k-means||</c>, which draws candidates by their distance
    /// from those drawn before, in seven passes. Default: <c>k-means++</c>.
    /// </summary>
    [Description("How a start is found: k-means++ on a sample (one pass), or k-means|| (seven passes).")]
    public string InitMode { get; set; } = OnSample;

    /// <summary>
    /// How many starts are tried in memory; the best by inertia is kept and improved, which finds more than further tries do. Default: 1.
    /// </summary>
    [Description("Starts that are tried in memory; the best one is kept and improved.")]
    public int NInit { get; set; } = 1;

    /// <summary>
    /// Rows in the sample; half as many more are taken for being far away. Default: null, which is the largest of 3 · batch size, 50 · k, 256 · k as far as that
    /// fits in 64 MiB, and 1,024 · k, at least 16,384 and at most 32,768, as far as that fits in 16 MiB, or twice that as far as it fits in 4 MiB;
    /// <see cref="KMeans"/> takes 2,048 · k, at least 32,768 and at most 65,536, as far as that fits in 32 MiB.
    /// </summary>
    [Description("Rows in the sample that the start is found on; without it, as many as serve the number of clusters.")]
    public int? InitSize { get; set; }

    /// <inheritdoc/>
    public override TargetKind TargetKind => TargetKind.None;

    /// <inheritdoc/>
    public override bool IsShiftInvariant => true;

    /// <summary>Share of the heaviest centre's weight below which a centre is chosen anew if that helps.</summary>
    internal virtual double StarvedShare => 0.01;

    /// <summary>How many times as many rows are searched for a start as mini-batches need.</summary>
    internal virtual int SearchRows => 1;

    /// <summary>How many times as much work goes into that search.</summary>
    internal virtual int SearchEffort => 1;

    /// <inheritdoc/>
    public override void Validate()
    {
        ParameterCheck.Count("n_clusters", NClusters, 1, 1 << 24);
        ParameterCheck.Count("n_init", NInit, 1, 1 << 24);
        if (InitMode is not (OnSample or OverRows))
            throw new ArgumentException($"Parameter init_mode: wanted {OnSample} or {OverRows}, found '{InitMode}'.");

        if (InitSize is { } size)
            ParameterCheck.AtLeast("init_size", size, NClusters);
    }

    /// <summary>Begins to look for a start.</summary>
    private protected ClusterStart BeginStart(FitContext context) =>
        InitMode == OverRows
            ? new ScalableStart(this, context)
            : new SampleStart(this, context, SampleSize(context.Features.Count, context.BatchSize, context.RowCount));

    /// <summary>The passes of the start, and what is left of it for the passes that follow.</summary>
    private protected (IReadOnlyList<PassPlan> Passes, long Held) PlanStart(RunShape run) =>
        InitMode == OverRows
            ? ScalableStart.Plan(this, run)
            : SampleStart.Plan(this, run, SampleSize(run.Features, run.BatchSize, run.RowCount));

    /// <summary>A pass of Lloyd's iterations, as it is planned.</summary>
    private protected PassPlan PlanLloyd(RunShape run, int most, long held, int least) => new(PassKind.Sum, LloydPasses.Purpose)
    {
        Least = least,
        Most = most,
        PartitionBytes = LloydSums.BytesFor(NClusters, run.Features, run.BatchSize),
        FixedBytes = held + LloydSums.BytesFor(NClusters, run.Features, run.BatchSize),
    };

    int SampleSize(int features, int batchSize, long rowCount)
    {
        // Fewer rows are searched farther in the same time, but what is best for them is less than best for all rows.
        // Rows of few features cost little, and have many optima that are nearly as good on a sample.
        const long MostValues = 1 << 24, SomeValues = 1 << 22, FewValues = 1 << 20;
        const long LeastGood = 1 << 14, MostGood = 1 << 15, GoodPerCluster = 1 << 10;
        long rows = Math.Clamp(GoodPerCluster * NClusters, LeastGood, MostGood);
        long good = Math.Max(Math.Min(rows, SomeValues / features), Math.Min(2 * rows / SearchRows, FewValues / features));
        long generous = Math.Max(Math.Min(256L * NClusters, MostValues / features), SearchRows * good);
        long auto = Math.Max(Math.Max(3L * batchSize, 50L * NClusters), generous);
        return (int)Math.Min(InitSize ?? auto, Math.Max(rowCount, 1));
    }
}
