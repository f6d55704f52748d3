using System.ComponentModel;

namespace Streaming.Learning.Estimators;

/// <summary>What keeps the weights of stochastic gradient descent small.</summary>
public enum Penalty
{
    /// <summary>Half the sum of squares, by shrinking the weights at every step.</summary>
    L2,

    /// <summary>The sum of sizes, by the cumulative penalty of Tsuruoka, Tsujii and Ananiadou (2009); makes weights exactly 0.</summary>
    L1,

    /// <summary>Both, mixed by the L1 ratio.</summary>
    Elasticnet,

    /// <summary>Nothing.</summary>
    None,
}

/// <summary>How the step size of stochastic gradient descent moves with the number of rows learned, t = 1, 2, ….</summary>
public enum LearningRateSchedule
{
    /// <summary>
    /// 1 / (alpha · (t₀ + t - 1)), with t₀ such that the first step is √(1 / √alpha) (Bottou; as scikit-learn); half of it for more
    /// than two classes.
    /// </summary>
    Optimal,

    /// <summary>eta0.</summary>
    Constant,

    /// <summary>eta0 / t^power_t.</summary>
    Invscaling,
}

/// <summary>
/// What the linear learners by stochastic gradient descent share: scikit-learn's parameters and defaults. Rows are learned one after
/// another, for the number of epochs of the run (<c>max_iter</c>, with <c>tol=None</c>); features should be standardised.
/// </summary>
public abstract class SgdEstimator : Estimator
{
    /// <summary>Creates an estimator with the defaults in which the two differ.</summary>
    private protected SgdEstimator(LearningRateSchedule learningRate, double eta0, double powerT)
    {
        LearningRate = learningRate;
        Eta0 = eta0;
        PowerT = powerT;
    }

    /// <summary>The penalty. Default: l2.</summary>
    [Description("What keeps the weights small.")]
    public Penalty Penalty { get; set; }

    /// <summary>
    /// Strength of the penalty, at least 0; above 0 for the schedule <c>optimal</c>, which gets its step size from it too.
    /// Default: 0.0001.
    /// </summary>
    [Description("Strength of the penalty; the learning rate 'optimal' is computed from it too.")]
    public double Alpha { get; set; } = 1e-4;

    /// <summary>Share of L1 in the penalty <c>elasticnet</c>, from 0 to 1. Default: 0.15.</summary>
    [Description("Share of l1 in the penalty elasticnet, from 0 to 1.")]
    public double L1Ratio { get; set; } = 0.15;

    /// <summary>Whether to learn an intercept. Default: true.</summary>
    [Description("Learn an intercept.")]
    public bool FitIntercept { get; set; } = true;

    /// <summary>How the step size moves. Default: optimal for the classifier, invscaling for the regressor.</summary>
    [Description("How the step size falls: optimal 1/(alpha (t0 + t)), constant eta0, invscaling eta0/t^power_t.")]
    public LearningRateSchedule LearningRate { get; set; }

    /// <summary>
    /// First step size for the schedules <c>constant</c> and <c>invscaling</c>, above 0 for them. Default: 0 for the classifier, 0.01
    /// for the regressor.
    /// </summary>
    [Description("First step size, for the learning rates constant and invscaling.")]
    public double Eta0 { get; set; }

    /// <summary>Exponent of the schedule <c>invscaling</c>. Default: 0.5 for the classifier, 0.25 for the regressor.</summary>
    [Description("Exponent of the learning rate invscaling.")]
    public double PowerT { get; set; }

    /// <summary>Whether the model gets the average of the weights after every row, instead of the last weights. Default: false.</summary>
    [Description("Use the average of the weights after every row instead of the last weights.")]
    public bool Average { get; set; }

    /// <summary>
    /// Whether rows are learned in random order, another one in each epoch, within blocks of many tiles from all partitions
    /// (scikit-learn shuffles all rows, which have to be in memory for that). Default: true.
    /// </summary>
    [Description("Learn rows in random order, within blocks from all over the data.")]
    public bool Shuffle { get; set; } = true;

    /// <inheritdoc/>
    public sealed override bool IsShiftInvariant => false;

    /// <inheritdoc/>
    public sealed override void Validate()
    {
        if (LearningRate == LearningRateSchedule.Optimal)
            ParameterCheck.Above("alpha (with the learning rate optimal)", Alpha, 0);
        else
            ParameterCheck.Above("eta0 (with the learning rates constant and invscaling)", Eta0, 0);

        ParameterCheck.AtLeast("alpha", Alpha, 0);
        ParameterCheck.AtLeast("eta0", Eta0, 0);
        ParameterCheck.AtLeast("power_t", PowerT, 0);
        ParameterCheck.Share("l1_ratio", L1Ratio);
    }
}
