using MathNet.Numerics.Distributions;

namespace Streaming.Learning.Models;

/// <summary>How well a linear regression fits its training rows, and how sure its coefficients are.</summary>
/// <param name="Alpha">The ridge penalty; 0 is ordinary least squares.</param>
/// <param name="Parameters">Coefficients that the rows determine: the rank; with a penalty, the effective number of them.</param>
/// <param name="DegreesOfFreedom">Rows less <paramref name="Parameters"/> and intercept.</param>
/// <param name="R2">Share of the target's variance that is explained; NaN if it does not vary.</param>
/// <param name="AdjustedR2">The same, made fair to models with more coefficients: 1 - (1 - R²)(rows - 1) / degrees of freedom.</param>
/// <param name="ResidualVariance">Squared errors by degrees of freedom, in squared units of the target.</param>
/// <param name="StandardErrors">
/// Standard error per coefficient on the scaled features; length: features. NaN with a penalty, for features that are left out, and
/// for those that hang on others.
/// </param>
/// <param name="InterceptStandardError">
/// Standard error of the intercept where the user's features are 0; NaN without an intercept, with a penalty, and if any column hangs on others.
/// </param>
public sealed record RegressionStatistics(
    double Alpha,
    double Parameters,
    double DegreesOfFreedom,
    double R2,
    double AdjustedR2,
    double ResidualVariance,
    double[] StandardErrors,
    double InterceptStandardError)
{
    /// <summary>
    /// The probability of a t value at least this far from 0 if the true coefficient were 0: Student's distribution, both sides.
    /// </summary>
    public double PValue(double t) =>
        double.IsNaN(t) ? double.NaN : 2 * StudentT.CDF(0, 1, DegreesOfFreedom, -Math.Abs(t));

    /// <summary>The arrays that a model file keeps of it.</summary>
    internal IEnumerable<Tensor> ToTensors() =>
    [
        new("standard_errors", [StandardErrors.Length], StandardErrors),
        new("intercept_standard_error", [], [InterceptStandardError]),
        new("alpha", [], [Alpha]),
        new("parameters", [], [Parameters]),
        new("degrees_of_freedom", [], [DegreesOfFreedom]),
        new("r2", [], [R2]),
        new("adjusted_r2", [], [AdjustedR2]),
        new("residual_variance", [], [ResidualVariance]),
    ];

    /// <summary>Takes them out of a file; null where there are none.</summary>
    internal static RegressionStatistics? FromTensors(IReadOnlyDictionary<string, Tensor> tensors)
    {
        if (!tensors.ContainsKey("standard_errors"))
            return null;

        return new RegressionStatistics(
            Number("alpha"),
            Number("parameters"),
            Number("degrees_of_freedom"),
            Number("r2"),
            Number("adjusted_r2"),
            Number("residual_variance"),
            tensors.ValuesOf("standard_errors", rank: 1),
            Number("intercept_standard_error"));

        double Number(string name) => tensors.ValuesOf(name, rank: 0)[0];
    }
}
