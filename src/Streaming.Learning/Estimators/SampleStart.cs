using Streaming.Learning.Passes;

namespace Streaming.Learning.Estimators;

/// <summary>A start from a sample of the rows, which one pass draws.</summary>
/// <param name="estimator">The parameters.</param>
/// <param name="context">The run.</param>
/// <param name="size">Rows to draw at equal chances.</param>
sealed class SampleStart(KMeansEstimator estimator, FitContext context, int size) : ClusterStart(estimator, context)
{
    const string Purpose = "sample of rows";

    /// <summary>The pass, and what is left of it for the passes that follow.</summary>
    public static (IReadOnlyList<PassPlan> Passes, long Held) Plan(KMeansEstimator estimator, RunShape run, int size)
    {
        int rows = (int)Math.Min(size + (long)FarOf(size), run.RowCount);
        long clustering = SampleClustering.BytesFor(rows, estimator.NClusters, run.Features, estimator.NInit);
        var pass = new PassPlan(PassKind.Round, Purpose)
        {
            PartitionBytes = SamplePass.ContributionBytes(run.Features, run.BatchSize),
            FixedBytes = RowSample.BytesFor(run.Features, size + FarOf(size), run.RowCount) + clustering,
        };
        return ([pass], clustering);
    }

    /// <inheritdoc/>
    protected override Pass Next() => new SamplePass(
        Purpose,
        new RowSample(Context.Features.Count, size, FarOf(size), Context.RowCount, Context.Seed),
        Context.Features.Count,
        Context.BatchSize,
        sample => Cluster(sample.ToRows(Context.Workers)));

    static int FarOf(int size) => size / 2;
}
