using Streaming.Learning.Numerics;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>Principal components as eigenvectors of the covariance, which one pass sums up.</summary>
sealed class CovarianceComponents : ComponentsFitting, IContinuing
{
    /// <summary>What the pass is for.</summary>
    public const string Purpose = "products of columns";

    /// <summary>Matrices that the decomposition holds: the covariance, its reduction, the vectors in two orders, and those that the model keeps.</summary>
    public const int Copies = 7;

    readonly int features;
    CrossProducts? earlier;
    CrossProducts? sums;

    /// <summary>Creates the run.</summary>
    public CovarianceComponents(IncrementalPca estimator, int features)
        : base(estimator, features) => this.features = features;

    /// <inheritdoc/>
    public override Pass? NextPass() => sums is null
        ? new SumPass<CrossProducts>(Purpose, NewSums, total => sums = Sums.Joined(earlier, total), needsDoubles: true)
        : null;

    /// <inheritdoc/>
    public override void Persist(StateStream state) => state.Optional(ref sums, NewSums);

    /// <inheritdoc/>
    public void PersistLearned(StateStream state)
    {
        CrossProducts learned = sums ?? (earlier = NewSums());
        learned.Persist(state);
    }

    /// <inheritdoc/>
    protected override ComponentsFound Find()
    {
        double[] mean = sums!.Means();
        (double[] values, double[] vectors) = SymmetricEigen.Of(sums.About(mean).Features, mean.Length);
        double[] squares = [.. values.Select(v => Math.Max(v, 0))];
        return new ComponentsFound(sums.RowCount, sums.WeightSum, mean, squares, vectors, squares.Sum());
    }

    CrossProducts NewSums() => new(features, hasTarget: false);
}
