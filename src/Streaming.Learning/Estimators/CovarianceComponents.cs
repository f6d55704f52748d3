using Streaming.Learning.Data;
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

    readonly LearnedSum<CovarianceSums> learned;
    readonly int? wanted;

    /// <summary>Creates the run.</summary>
    public CovarianceComponents(IncrementalPca estimator, FeatureScaling scaling)
        : base(estimator, scaling.Count)
    {
        learned = new LearnedSum<CovarianceSums>(Purpose, () => new CovarianceSums(scaling), needsDoubles: true);
        wanted = estimator.NComponents?.Number;
    }

    /// <inheritdoc/>
    public override Pass? NextPass() => learned.NextPass();

    /// <inheritdoc/>
    public override void Persist(StateStream state) => learned.Persist(state);

    /// <inheritdoc/>
    public void PersistLearned(StateStream state) => learned.PersistLearned(state);

    /// <inheritdoc/>
    protected override ComponentsFound Find()
    {
        CovarianceSums sums = learned.Total;
        double[] mean = sums.Means();
        double[] products = sums.Centered();

        // Where the data decide how many are kept, the variances of all have a say.
        (double[] values, double[] vectors) = LeadingEigen.Of(products, mean.Length, wanted ?? mean.Length);
        double[] squares = [.. values.Select(v => Math.Max(v, 0))];
        double squareSum = squares.Length == mean.Length ? squares.Sum() : Enumerable.Range(0, mean.Length).Sum(j => products[j * mean.Length + j]);
        return new ComponentsFound(sums.RowCount, sums.WeightSum, mean, squares, vectors, squareSum);
    }
}
