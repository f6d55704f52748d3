using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>Lloyd's iterations over all rows, a pass each, until centres hardly move or there have been enough.</summary>
/// <param name="centers">The centres to move.</param>
/// <param name="most">Most passes.</param>
/// <param name="tolerance">Passes end when the squared distance that all centres moved is at most this share of the features' mean variance, as in scikit-learn.</param>
/// <param name="batchSize">Most rows per tile.</param>
sealed class LloydPasses(ClusterCenters centers, int most, double tolerance, int batchSize) : IPersistent
{
    /// <summary>What its passes are for.</summary>
    public const string Purpose = "Lloyd's iteration";

    double inertia;
    double[] counts = [];
    int passes;
    bool hasConverged;

    /// <summary>Passes so far.</summary>
    public int Passes => passes;

    /// <summary>Whether the centres hardly moved in the last pass.</summary>
    public bool HasConverged => hasConverged;

    /// <summary>Sum of weight · squared distance of the rows to the centres, as these stood in the last pass.</summary>
    public double Inertia => inertia;

    /// <summary>Weight of the rows of each centre in the last pass; empty before.</summary>
    public double[] Counts => counts;

    /// <summary>The next pass, or null.</summary>
    public Pass? NextPass() => hasConverged || passes == most
        ? null
        : new SumPass<LloydSums>($"{Purpose} {passes + 1}", () => new LloydSums(centers, batchSize), Move);

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        centers.Persist(state);
        state.Value(ref inertia);
        state.Array(ref counts);
        state.Value(ref passes);
        state.Value(ref hasConverged);
    }

    void Move(LloydSums sums)
    {
        inertia = centers.InertiaOf(sums.Groups);
        counts = [.. sums.Groups.Weights];
        passes++;
        hasConverged = centers.MoveToMeans(sums.Groups) <= tolerance * sums.Groups.MeanVariance();
    }
}
