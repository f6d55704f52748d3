namespace Streaming.Learning.Estimators;

/// <summary>
/// Least squares with a penalty on the squared length of the coefficients, exact, in one pass, as scikit-learn's <c>Ridge</c>; any
/// number of penalties from the same pass, of which the best is kept, as by its <c>RidgeCV</c>.
/// </summary>
public sealed class Ridge : LeastSquaresEstimator
{
    /// <summary>Creates an estimator with scikit-learn's penalty of 1.</summary>
    public Ridge()
        : base(alpha: 1)
    {
    }

    /// <inheritdoc/>
    public override string Name => "ridge";

    /// <inheritdoc/>
    public override string Summary => "Ridge regression, exact, in one pass for any number of penalties.";
}
