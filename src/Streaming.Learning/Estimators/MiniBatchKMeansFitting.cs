using Streaming.Learning.Metrics;
using Streaming.Learning.Models;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>A run of mini-batch k-means: a start, epochs, and exact iterations if wanted.</summary>
/// <param name="estimator">The parameters.</param>
/// <param name="context">The run.</param>
/// <param name="start">Looks for the start.</param>
sealed class MiniBatchKMeansFitting(MiniBatchKMeans estimator, FitContext context, ClusterStart start) : Fitting, IContinuing
{
    // In place of a start: the centres of a finished model, and the weights of the rows that they stand for.
    SampleClustering? earlier;
    double[] earlierWeights = [];
    MiniBatchKMeansPass? pass;
    LloydPasses? lloyd;
    int epoch;
    double[] counts = [];
    double inertiaPerRow;

    SampleClustering Clusters => earlier ?? start.Found;

    double[] LastCounts => lloyd is { Passes: > 0 } ? lloyd.Counts : counts;

    // Centres that have learned already are moved as they are.
    int EpochCenters => earlier == null ? estimator.EpochCenters : estimator.NClusters;

    /// <inheritdoc/>
    public override int Epochs => epoch;

    /// <inheritdoc/>
    public override Pass? NextPass()
    {
        if (earlier == null && start.NextPass() is { } search)
            return search;

        EndEpoch();
        if (epoch < context.Epochs)
        {
            // Only a whole epoch tells that a centre is starved: in a sorted file its rows may come late.
            if (epoch > 0 && earlier == null)
                start.Found.Reassign(counts);

            // What holds centres in place when an epoch begins: each brings all the rows anew, so they don't count twice.
            (ClusterCenters centers, double[] weights) = earlier == null ? start.Found.Extend(EpochCenters) : (earlier.Centers, [.. earlierWeights]);
            epoch++;
            return pass = NewPass(centers, weights);
        }

        return (lloyd ??= NewLloyd()).NextPass();
    }

    /// <inheritdoc/>
    public override Model ToModel(ModelHeader header)
    {
        EndEpoch();
        return new KMeansModel(header, Clusters.Centers.Values, LastCounts);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Metric> TrainingMetrics() =>
        lloyd is { Passes: > 0 }
            ? [new Metric("inertia", lloyd.Inertia), new Metric("inertia_per_row", lloyd.Inertia / lloyd.Counts.Sum())]
            : [new Metric("progressive_inertia_per_row", inertiaPerRow)];

    /// <inheritdoc/>
    public override void Persist(StateStream state)
    {
        if (earlier == null)
            start.Persist(state);
        else
            earlier.Persist(state);

        state.Value(ref epoch);
        state.Array(ref counts);
        state.Value(ref inertiaPerRow);
        state.Optional(ref pass, PassToRead);
        state.Optional(ref lloyd, NewLloyd);
    }

    /// <inheritdoc/>
    public void PersistLearned(StateStream state)
    {
        if (state.IsReading)
            earlier = start.NewClustering(new SampledRows(estimator.NClusters, context.Features.Count, context.Workers));

        double[] weights = LearnedWeights();
        Clusters.Centers.Persist(state);
        state.Values(weights.AsSpan());
        if (state.IsReading)
            earlierWeights = weights;
    }

    // All rows that the centres stand for. A sample is part of the rows that come after it.
    double[] LearnedWeights()
    {
        var weights = new double[estimator.NClusters];
        for (int c = 0; c < weights.Length; c++)
            weights[c] = (earlierWeights.Length > 0 ? earlierWeights[c] : 0) + (LastCounts.Length > 0 ? LastCounts[c] : 0);

        return weights;
    }

    void EndEpoch()
    {
        if (pass is not { } ended)
            return;

        pass = null;
        counts = ended.Counts;
        inertiaPerRow = ended.InertiaPerRow;
        if (ended.Centers.Count > estimator.NClusters)
            counts = Clusters.Reduce(ended.Centers, counts);
    }

    MiniBatchKMeansPass NewPass(ClusterCenters centers, double[] weights) =>
        new($"epoch {epoch} of {context.Epochs}", centers, weights, estimator.HalfLife ?? double.PositiveInfinity);

    // A pass moves the centres of the start themselves, unless there are more.
    MiniBatchKMeansPass PassToRead()
    {
        int count = EpochCenters;
        return NewPass(
            count == estimator.NClusters ? Clusters.Centers : new ClusterCenters(count, context.Features.Count), new double[count]);
    }

    LloydPasses NewLloyd() => new(Clusters.Centers, estimator.LloydPasses, 0, context.BatchSize);
}
