using Streaming.Learning.Metrics;
using Streaming.Learning.Models;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>A run of k-means: a start, then exact iterations.</summary>
/// <param name="estimator">The parameters.</param>
/// <param name="context">The run.</param>
/// <param name="start">Looks for the start.</param>
sealed class KMeansFitting(KMeans estimator, FitContext context, ClusterStart start) : Fitting
{
    LloydPasses? lloyd;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Remarks =>
    [
        lloyd!.HasConverged
            ? $"k-means settled in iteration {lloyd.Passes}."
            : $"k-means was ended by max_iter in iteration {lloyd.Passes}, before it settled.",
    ];

    /// <inheritdoc/>
    public override Pass? NextPass() => start.NextPass() ?? (lloyd ??= NewLloyd()).NextPass();

    /// <inheritdoc/>
    public override Model ToModel(ModelHeader header) => new KMeansModel(header, start.Found.Centers.Values, lloyd!.Counts);

    /// <inheritdoc/>
    public override IReadOnlyList<Metric> TrainingMetrics() =>
        [new Metric("inertia", lloyd!.Inertia), new Metric("inertia_per_row", lloyd.Inertia / lloyd.Counts.Sum())];

    /// <inheritdoc/>
    public override void Persist(StateStream state)
    {
        start.Persist(state);
        state.Optional(ref lloyd, NewLloyd);
    }

    LloydPasses NewLloyd() => new(start.Found.Centers, estimator.MaxIter, estimator.Tol, context.BatchSize);
}
