namespace Streaming.Learning.Estimators;

/// <summary>
/// Least squares, exact, in one pass, as scikit-learn's <c>LinearRegression</c>: columns that hang on others get the coefficients of
/// smallest length. With an <see cref="LeastSquaresEstimator.Alpha"/> above 0 it is <see cref="Ridge"/>.
/// </summary>
public sealed class LinearRegression : LeastSquaresEstimator
{
    /// <summary>Creates an estimator without a penalty.</summary>
    public LinearRegression()
        : base(alpha: 0)
    {
    }

    /// <inheritdoc/>
    public override string Name => "linear-regression";

    /// <inheritdoc/>
    public override string Summary => "Least squares, exact, in one pass; with standard errors, t and p values.";
}
