using System.ComponentModel;
using Streaming.Learning.Passes;

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

/// <summary>How the step size of stochastic gradient descent comes about; t = 1, 2, … is the number of rows learned.</summary>
public enum LearningRateSchedule
{
    /// <summary>
    /// By the curvature of the rows seen so far (of single features, where that of all pairs would be too large): the units and zeros of the
    /// features don't matter, nor, up to a few hundred of them, how they correlate. Needs no step size and no standardisation.
    /// </summary>
    Normalized,

    /// <summary>
    /// 1 / (alpha · (t₀ + t - 1)), with t₀ such that the first step is √(1 / √alpha) (Bottou; as scikit-learn); half of it for more
    /// than two classes.
    /// </summary>
    Optimal,

    /// <summary>eta0.</summary>
    Constant,

    /// <summary>eta0 / t^power_t.</summary>
    Invscaling,

    /// <summary>eta0 as long as epochs get better; a fifth of it after n_iter_no_change that did not, and so on.</summary>
    Adaptive,
}

/// <summary>
/// What the linear learners by stochastic gradient descent share: scikit-learn's parameters and defaults. Rows are learned one after
/// another, for the number of epochs of the run (<c>max_iter</c>, with <c>tol=None</c>). The default schedule is our own
/// (<see cref="LearningRateSchedule.Normalized"/>) and wants nothing of the features; with those of scikit-learn they should be
/// standardised.
/// </summary>
public abstract class SgdEstimator : Estimator
{
    /// <summary>Creates an estimator with the defaults in which the two differ.</summary>
    private protected SgdEstimator(double eta0, double powerT)
    {
        Eta0 = eta0;
        PowerT = powerT;
    }

    /// <summary>The penalty. Default: l2.</summary>
    [Description("What keeps the weights small.")]
    public Penalty Penalty { get; set; }

    /// <summary>
    /// Strength of the penalty, at least 0: alpha/2 ‖w‖² (or alpha ‖w‖₁) beside the mean loss. With the schedule <c>normalized</c> w is
    /// meant on standardised features, whether they are or not; with the others on the features as they are scaled for training.
    /// Above 0 for the schedule <c>optimal</c>, which also gets its step size from it. Default, null: 1 / rows for <c>normalized</c>
    /// (the C = 1 of scikit-learn's <c>LogisticRegression</c>), else 0.0001.
    /// </summary>
    [Description("Strength of the penalty, on standardised features; default 1 / rows. With the learning rates of scikit-learn, which have 0.0001, on the features as they are.")]
    public double? Alpha { get; set; }

    /// <summary>Share of L1 in the penalty <c>elasticnet</c>, from 0 to 1. Default: 0.15.</summary>
    [Description("Share of l1 in the penalty elasticnet, from 0 to 1.")]
    public double L1Ratio { get; set; } = 0.15;

    /// <summary>Whether to learn an intercept. Default: true.</summary>
    [Description("Learn an intercept.")]
    public bool FitIntercept { get; set; } = true;

    /// <summary>How the step size comes about. Default: normalized.</summary>
    [Description("Step size: normalized from the data itself; as in scikit-learn optimal 1/(alpha (t0 + t)), constant eta0, invscaling eta0/t^power_t, adaptive eta0 / 5 whenever epochs do not get better.")]
    public LearningRateSchedule LearningRate { get; set; }

    /// <summary>
    /// First step size for the schedules <c>constant</c>, <c>invscaling</c> and <c>adaptive</c>, above 0 for them. Default: 0 for the classifier, 0.01
    /// for the regressor.
    /// </summary>
    [Description("First step size, for the learning rates constant, invscaling and adaptive.")]
    public double Eta0 { get; set; }

    /// <summary>Exponent of the schedule <c>invscaling</c>. Default: 0.5 for the classifier, 0.25 for the regressor.</summary>
    [Description("Exponent of the learning rate invscaling.")]
    public double PowerT { get; set; }

    /// <summary>
    /// Whether the model gets the average of the weights after every row, instead of the last weights; not with the schedule
    /// <c>normalized</c>, which counts all rows as it is. Default: false.
    /// </summary>
    [Description("Use the average of the weights after every row instead of the last weights; not with the learning rate normalized.")]
    public bool Average { get; set; }

    /// <summary>
    /// Rows whose mean gradient makes one step, at least 1; not with the schedule <c>normalized</c>, which has steps of its own. Hundreds are learned
    /// about three times faster, as none waits for another and products are float32, and want longer steps: t of the schedules counts steps. The last mini-batch of an epoch may be
    /// smaller.
    /// Default: 1, row by row, as <c>SGDClassifier</c>.
    /// </summary>
    [Description("Rows whose mean gradient makes one step; hundreds are learned about three times faster and want a larger eta0; not with the learning rate normalized.")]
    public int MiniBatchSize { get; set; } = 1;

    /// <summary>
    /// Whether rows are learned in random order, another one in each epoch, within blocks of many tiles from all partitions
    /// (scikit-learn shuffles all rows, which have to be in memory for that). Default: true.
    /// </summary>
    [Description("Learn rows in random order, within blocks from all over the data.")]
    public bool Shuffle { get; set; } = true;

    /// <summary>
    /// By how much an epoch's mean loss, each row's before it is learned, has to fall below the best so far. After
    /// <see cref="NIterNoChange"/> epochs in a row that did not, training ends, or goes on with smaller steps (<c>adaptive</c>). Default, null:
    /// 0.001 for <c>adaptive</c>, else training goes on for all epochs.
    /// </summary>
    [Description("End (or with the learning rate adaptive, slow down) when the loss of an epoch falls by less; default: all epochs, 0.001 for adaptive.")]
    public double? Tol { get; set; }

    /// <summary>Epochs in a row without progress (<see cref="Tol"/>) that are too many, at least 1. Default: 5.</summary>
    [Description("Epochs in a row that fall short of tol before training ends or slows down.")]
    public int NIterNoChange { get; set; } = 5;

    /// <inheritdoc/>
    public sealed override bool IsShiftInvariant => LearningRate == LearningRateSchedule.Normalized && FitIntercept;

    /// <summary>The strength of the penalty with scikit-learn's schedules.</summary>
    internal double PlainAlpha => Alpha ?? 1e-4;

    internal double? EffectiveTol => LossUnit * (Tol ?? (LearningRate == LearningRateSchedule.Adaptive ? 1e-3 : null));

    /// <summary>What is reported of a loss of 1.</summary>
    private protected virtual double LossUnit => 1;

    /// <summary>Memory of the learner of the schedule <c>normalized</c>.</summary>
    private protected abstract long NormalizedBytes(int outputs, int features);

    /// <summary>Makes the epochs of a loss in mini-batches.</summary>
    private protected Func<string, SgdPass> MiniBatches<TLoss>(SgdWeights weights, ClassWeights classWeights, double parameter = 0)
        where TLoss : ISgdBlockLoss => purpose => new SgdMiniBatchPass<TLoss>(purpose, weights, MiniBatchSize, classWeights, Shuffle, parameter);

    /// <inheritdoc/>
    public sealed override IReadOnlyList<PassPlan> Plan(RunShape run)
    {
        int outputs = run.Classes > 2 ? run.Classes : 1;
        return
        [
            new PassPlan(PassKind.Ordered, "epoch")
            {
                IsEpoch = true,
                Least = EffectiveTol is null ? run.Epochs : Math.Min(run.Epochs, NIterNoChange),
                Most = run.Epochs,
                NeedsRowMajor = true,
                WantsShuffledRows = Shuffle,
                FixedBytes = LearningRate == LearningRateSchedule.Normalized
                    ? NormalizedBytes(outputs, run.Features)
                    : SgdWeights.BytesFor(this, outputs, run.Features),
            },
        ];
    }

    /// <inheritdoc/>
    public override void Validate()
    {
        if (LearningRate == LearningRateSchedule.Optimal)
            ParameterCheck.Above("alpha (with the learning rate optimal)", PlainAlpha, 0);
        else if (LearningRate != LearningRateSchedule.Normalized)
            ParameterCheck.Above("eta0 (with the learning rates constant, invscaling and adaptive)", Eta0, 0);
        else if (Average)
            throw new ArgumentException("Parameter average: wanted false with the learning rate normalized, found true.");

        ParameterCheck.AtLeast("mini_batch_size", MiniBatchSize, 1);
        if (LearningRate == LearningRateSchedule.Normalized && MiniBatchSize > 1)
        {
            throw new ArgumentException(
                $"Parameter mini_batch_size: wanted 1 with the learning rate normalized, which has steps of its own, found {MiniBatchSize}; "
                + "try --learning-rate invscaling with --eta0.");
        }

        ParameterCheck.AtLeast("alpha", PlainAlpha, 0);
        ParameterCheck.AtLeast("eta0", Eta0, 0);
        ParameterCheck.AtLeast("power_t", PowerT, 0);
        ParameterCheck.Share("l1_ratio", L1Ratio);
        ParameterCheck.AtLeast("tol", Tol ?? 0, 0);
        ParameterCheck.AtLeast("n_iter_no_change", NIterNoChange, 1);
    }
}
