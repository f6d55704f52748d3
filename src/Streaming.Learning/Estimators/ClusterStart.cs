using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>Passes that look for a start of k-means.</summary>
/// <param name="estimator">The parameters.</param>
/// <param name="context">The run.</param>
abstract class ClusterStart(KMeansEstimator estimator, FitContext context) : IPersistent
{
    SampleClustering? found;

    /// <summary>The start, when <see cref="NextPass"/> has returned null.</summary>
    public SampleClustering Found => found!;

    /// <summary>The run.</summary>
    protected FitContext Context => context;

    /// <summary>The next pass, or null when a start is found.</summary>
    public Pass? NextPass() => found == null ? Next() : null;

    /// <inheritdoc/>
    public virtual void Persist(StateStream state)
    {
        int rows = found?.RowCount ?? 0;
        state.Count<float>(ref rows);
        if (rows == 0)
            return;

        found ??= NewClustering(new SampledRows(rows, context.Features.Count, context.Workers));
        found.Persist(state);
    }

    /// <summary>Makes a clustering of rows in memory.</summary>
    public SampleClustering NewClustering(SampledRows rows) =>
        new(rows, estimator.NClusters, context.Features.Count, estimator.StarvedShare, estimator.SearchEffort, context.Seed, context.Workers);

    /// <summary>The next pass of a start that is not yet found.</summary>
    protected abstract Pass Next();

    /// <summary>Ends the search: the start is found in memory.</summary>
    /// <param name="rows">Rows with their weights.</param>
    protected void Cluster(SampledRows rows)
    {
        if (rows.Count < estimator.NClusters)
            throw new InvalidDataException($"Wanted at least as many rows as clusters ({estimator.NClusters}), found {rows.Count}.");

        found = NewClustering(rows);
        found.Run(estimator.NInit);
    }
}
