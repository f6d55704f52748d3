using Streaming.Learning.Data;
using Streaming.Learning.Metrics;
using Streaming.Learning.Models;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>
/// Least squares by stochastic descent. With the default schedule one pass gives the fit of all rows at once up to about 700 features, and
/// comes near it beyond; with those of scikit-learn it is <c>SGDRegressor(loss="squared_error", tol=None)</c>, with the same
/// coefficients when rows come in the same order, and the target is learned as it is, not scaled. Where d² numbers fit in memory,
/// linear-regression is exact and needs one pass. Memory: with the default schedule 24 bytes per pair of features, up to 12 MB, beyond
/// that 24 bytes per feature; with the others 8 bytes per feature.
/// </summary>
public sealed class SgdRegressor : SgdEstimator
{
    /// <summary>Creates a regressor with scikit-learn's defaults.</summary>
    public SgdRegressor()
        : base(eta0: 0.01, powerT: 0.25)
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
        if (LearningRate == LearningRateSchedule.Normalized)
        {
            ISgdLearner learner = SgdLearner.Of<SquaredTileLoss>(this, context, outputs: 1);
            return Fitting(context, learner, purpose => new SgdLearnerPass(purpose, SquaredLoss.Name, learner, Shuffle), learner.Result);
        }

        var weights = new SgdWeights(this, outputs: 1, context.Features.Count);
        return Fitting(context, weights, purpose => new SgdPass<SquaredLoss>(purpose, weights, Shuffle), weights.Result);
    }

    static SgdFitting Fitting(
        FitContext context, IPersistent learned, Func<string, SgdPass> newPass, Func<(double[] Coef, double[] Intercept)> result) => new(
        context,
        learned,
        newPass,
        header =>
        {
            (double[] coef, double[] intercept) = result();
            return new LinearRegressorModel(header, coef, intercept[0]);
        },
        seen => [new Metric("progressive_mse", seen.Loss)]);
}
