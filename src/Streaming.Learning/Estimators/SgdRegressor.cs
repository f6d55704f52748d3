using Streaming.Learning.Data;
using Streaming.Learning.Metrics;
using Streaming.Learning.Models;

namespace Streaming.Learning.Estimators;

/// <summary>
/// Least squares by stochastic gradient descent: scikit-learn's <c>SGDRegressor(loss="squared_error", tol=None)</c>, with the
/// same coefficients when rows come in the same order. The target is learned as it is, not scaled. Where d² numbers fit in memory,
/// linear-regression is exact and needs one pass. Memory: the weights, 8 bytes per feature.
/// </summary>
public sealed class SgdRegressor : SgdEstimator
{
    /// <summary>Creates a regressor with scikit-learn's defaults.</summary>
    public SgdRegressor()
        : base(LearningRateSchedule.Invscaling, eta0: 0.01, powerT: 0.25)
    {
    }

    /// <inheritdoc/>
    public override string Name => "sgd-regressor";

    /// <inheritdoc/>
    public override string Summary => "Linear regression by stochastic gradient descent.";

    /// <inheritdoc/>
    public override TargetKind TargetKind => TargetKind.Number;

    /// <inheritdoc/>
    public override Fitting Begin(FitContext context)
    {
        var weights = new SgdWeights(this, outputs: 1, context.Features.Count);
        return new SgdFitting(
            context,
            purpose => new SgdPass<SquaredLoss>(purpose, weights, Shuffle),
            header =>
            {
                (double[] coef, double[] intercept) = weights.Result();
                return new LinearRegressorModel(header, coef, intercept[0]);
            },
            seen => [new Metric("progressive_mse", seen.Loss)]);
    }
}
