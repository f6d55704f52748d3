using System.ComponentModel;
using Streaming.Learning.Data;
using Streaming.Learning.Metrics;
using Streaming.Learning.Models;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>What a regressor by stochastic gradient descent minimises.</summary>
public enum RegressionLoss
{
    /// <summary>The squared error.</summary>
    SquaredError,

    /// <summary>Half the squared error up to epsilon, beyond that epsilon · |error|, and a constant.</summary>
    Huber,

    /// <summary>What |error| is above epsilon.</summary>
    EpsilonInsensitive,

    /// <summary>The square of that.</summary>
    SquaredEpsilonInsensitive,

    /// <summary>The pinball loss, which is least at a quantile.</summary>
    Quantile,
}

/// <summary>
/// Linear regression by stochastic descent. With the default schedule one pass gives the fit of all rows at once up to about 700 features, and
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

    /// <summary>The loss. Default: squared_error.</summary>
    [Description("What is minimised: squared_error, or one that outliers matter less to, or a quantile.")]
    public RegressionLoss Loss { get; set; }

    /// <summary>
    /// Width of the zone in which an error counts as small, in units of the target: for <c>huber</c> and the insensitive losses. At least 0.
    /// Default: 0.1.
    /// </summary>
    [Description("Error, in units of the target, up to which huber is a square and epsilon_insensitive is 0.")]
    public double Epsilon { get; set; } = 0.1;

    /// <summary>The quantile that the loss <c>quantile</c> is about, between 0 and 1. Default: 0.5, the median.</summary>
    [Description("The quantile that the loss quantile is about.")]
    public double Quantile { get; set; } = 0.5;

    /// <inheritdoc/>
    public override string Name => "sgd-regressor";

    /// <inheritdoc/>
    public override string Summary => "Linear regression by stochastic gradient descent: least squares, robust losses, quantiles.";

    /// <inheritdoc/>
    public override TargetKind TargetKind => TargetKind.Number;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        ParameterCheck.AtLeast("epsilon", Epsilon, 0);
        if (Loss == RegressionLoss.Huber)
            ParameterCheck.Above("epsilon (with the loss huber)", Epsilon, 0);

        ParameterCheck.Share("quantile", Quantile);
    }

    private protected override long NormalizedBytes(int outputs, int features) => Loss == RegressionLoss.SquaredError
        ? SgdLearner.BytesFor<SgdSeparateLoss<SquaredLanes>>(outputs, features)
        : SgdLearner.BytesFor<SgdSeparateLoss<QuantileLanes>>(outputs, features);

    // The loss is half of the squared error, and reported is all of it.
    private protected override double LossUnit => Loss == RegressionLoss.SquaredError ? 2 : 1;

    string PassName => Loss switch
    {
        RegressionLoss.Huber => HuberLoss.Name,
        RegressionLoss.EpsilonInsensitive => EpsilonInsensitiveLoss.Name,
        RegressionLoss.SquaredEpsilonInsensitive => SquaredEpsilonInsensitiveLoss.Name,
        RegressionLoss.Quantile => QuantileLoss.Name,
        _ => SquaredLoss.Name,
    };

    /// <inheritdoc/>
    public override Fitting Begin(FitContext context)
    {
        if (LearningRate == LearningRateSchedule.Normalized)
        {
            ISgdLearner learner = Loss switch
            {
                RegressionLoss.Huber => Learner<HuberLanes>(context, Epsilon),
                RegressionLoss.EpsilonInsensitive => Learner<EpsilonInsensitiveLanes>(context, Epsilon),
                RegressionLoss.SquaredEpsilonInsensitive => Learner<SquaredEpsilonInsensitiveLanes>(context, Epsilon),
                RegressionLoss.Quantile => Learner<QuantileLanes>(context, Quantile),
                _ => Learner<SquaredLanes>(context, 0),
            };
            return Fitting(context, learner, purpose => learner.NewPass(purpose, PassName, Shuffle), learner.Result);
        }

        var weights = new SgdWeights(this, outputs: 1, context.Features.Count);
        Func<string, SgdPass> newPass = Loss switch
        {
            RegressionLoss.Huber => Passes<HuberLoss, HuberLanes>(weights, Epsilon),
            RegressionLoss.EpsilonInsensitive => Passes<EpsilonInsensitiveLoss, EpsilonInsensitiveLanes>(weights, Epsilon),
            RegressionLoss.SquaredEpsilonInsensitive => Passes<SquaredEpsilonInsensitiveLoss, SquaredEpsilonInsensitiveLanes>(weights, Epsilon),
            RegressionLoss.Quantile => Passes<QuantileLoss, QuantileLanes>(weights, Quantile),
            _ => Passes<SquaredLoss, SquaredLanes>(weights, 0),
        };
        return Fitting(context, weights, newPass, weights.Result);
    }

    ISgdLearner Learner<TLoss>(FitContext context, double parameter)
        where TLoss : ISgdLaneLoss => SgdLearner.Of<SgdSeparateLoss<TLoss>>(this, context, outputs: 1, ClassWeights.None, parameter);

    Func<string, SgdPass> Passes<TLoss, TLanes>(SgdWeights weights, double parameter)
        where TLoss : ISgdLoss
        where TLanes : ISgdLaneLoss => MiniBatchSize > 1 ? MiniBatches<SgdRoundedLoss<SgdSeparateLoss<TLanes>>>(weights, ClassWeights.None, parameter)
        : purpose => new SgdPass<TLoss>(purpose, weights, ClassWeights.None, Shuffle, parameter);

    SgdFitting Fitting(
        FitContext context, IPersistent learned, Func<string, SgdPass> newPass, Func<(double[] Coef, double[] Intercept)> result) => new(
        context,
        this,
        learned,
        newPass,
        header =>
        {
            (double[] coef, double[] intercept) = result();
            return new LinearRegressorModel(header, coef, intercept[0]);
        },
        seen => [new Metric("progressive_" + PassName, seen.Loss)]);
}
