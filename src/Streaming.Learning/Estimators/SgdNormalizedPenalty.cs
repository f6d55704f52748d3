namespace Streaming.Learning.Estimators;

/// <summary>The penalty per row of the schedule <c>normalized</c>, meant on standardised features.</summary>
/// <param name="L1">Times Σ |σ w|.</param>
/// <param name="L2">Times ½ Σ (σ w)².</param>
/// <param name="IsRelative">
/// Whether the L2 penalty is meant for targets and slopes in units of their own: nobody asked for its strength, so no unit may matter.
/// </param>
readonly record struct SgdNormalizedPenalty(double L1, double L2, bool IsRelative)
{
    /// <summary>The penalty that an estimator asks for; without an alpha 1 / rows, which is C = 1 of scikit-learn's LogisticRegression.</summary>
    public static SgdNormalizedPenalty Of(SgdEstimator parameters, long rows)
    {
        double alpha = parameters.Alpha ?? 1.0 / Math.Max(rows, 1);
        return parameters.Penalty switch
        {
            Penalty.L1 => new(alpha, 0, false),
            Penalty.L2 => new(0, alpha, parameters.Alpha is null),
            Penalty.Elasticnet => new(alpha * parameters.L1Ratio, alpha * (1 - parameters.L1Ratio), parameters.Alpha is null),
            _ => default,
        };
    }
}
