using System.ComponentModel;
using Streaming.Learning.Data;
using Streaming.Learning.Estimators.Logistic;
using Streaming.Learning.Passes;

namespace Streaming.Learning.Estimators;

/// <summary>
/// Logistic regression at its optimum: the least of C · Σ loss + penalty, which is scikit-learn's <c>LogisticRegression</c>; for more than two
/// classes the multinomial (softmax) one. The intercept is not penalised. One online pass gives a start near the optimum, then every pass
/// sums the derivatives over all rows at once: Newton's method up to about 700 features (k classes: 1000 / k), where a handful of passes
/// do, and L-BFGS beyond (OWL-QN for l1). Memory: up to 4 MB per partition for the second derivatives.
/// </summary>
public sealed class LogisticRegression : Estimator
{
    /// <summary>The penalty. Default: l2.</summary>
    [Description("What keeps the coefficients small.")]
    public Penalty Penalty { get; set; }

    /// <summary>Weight of the losses beside the penalty, above 0: the smaller, the more is penalised. Default: 1.</summary>
    [Description("Weight of the losses beside the penalty: the smaller, the stronger the penalty.")]
    public double C { get; set; } = 1;

    /// <summary>Share of L1 in the penalty <c>elasticnet</c>, from 0 to 1. Default: 0.5.</summary>
    [Description("Share of l1 in the penalty elasticnet, from 0 to 1.")]
    public double L1Ratio { get; set; } = 0.5;

    /// <summary>Whether to learn an intercept. Default: true.</summary>
    [Description("Learn an intercept.")]
    public bool FitIntercept { get; set; } = true;

    /// <summary>
    /// Where to stop: when the norm of the gradient, measured by the inverse of the curvature, is at most this. It is about how many
    /// standard errors the coefficients are from the optimum. Above 0. Default: 0.0001.
    /// </summary>
    [Description("Stop when the gradient, measured by the inverse curvature, is at most this: the distance to the optimum in standard errors.")]
    public double Tol { get; set; } = 1e-4;

    /// <summary>Most steps; each is a pass, rarely more. Default: 100.</summary>
    [Description("Most steps, each a pass over the data.")]
    public int MaxIter { get; set; } = 100;

    /// <summary>
    /// What rows weigh by their class, beside their own weight: <c>balanced</c> for rows / (classes · rows of the class), or
    /// <c>label=weight,…</c>. Default, null: every class weighs 1.
    /// </summary>
    [Description("Weights of classes: 'balanced', or label=weight pairs with commas between them.")]
    public string? ClassWeight { get; set; }

    /// <inheritdoc/>
    public override string Name => "logistic-regression";

    /// <inheritdoc/>
    public override string Summary => "Logistic regression at its optimum: Newton's method or L-BFGS over all rows; softmax for more than two classes.";

    /// <inheritdoc/>
    public override TargetKind TargetKind => TargetKind.Classes;

    /// <inheritdoc/>
    public override bool IsShiftInvariant => FitIntercept;

    /// <inheritdoc/>
    internal override string WhyNotContinued => "every step to its optimum reads all rows; sgd-classifier can";

    internal double L1 => Penalty switch
    {
        Penalty.L1 => 1,
        Penalty.Elasticnet => L1Ratio,
        _ => 0,
    };

    internal double L2 => Penalty switch
    {
        Penalty.L2 => 1,
        Penalty.Elasticnet => 1 - L1Ratio,
        _ => 0,
    };

    /// <inheritdoc/>
    public override void Validate()
    {
        ParameterCheck.Above("C", C, 0);
        ParameterCheck.Share("l1_ratio", L1Ratio);
        ParameterCheck.Above("tol", Tol, 0);
        ParameterCheck.AtLeast("max_iter", MaxIter, 1);
        ClassWeights.Check(ClassWeight);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<PassPlan> Plan(RunShape run)
    {
        int outputs = run.Classes > 2 ? run.Classes : 1;
        var shape = LogisticShape.Of(outputs, FitIntercept, new double[run.Features]);
        long start = SgdLearner.BytesFor<SgdSeparateLoss<LogisticLanes>>(outputs, run.Features), sums = LogisticSums.BytesFor(shape);
        return
        [
            new PassPlan(PassKind.Ordered, LogisticFitting.Start) { NeedsRowMajor = true, WantsShuffledRows = true, FixedBytes = start },
            new PassPlan(PassKind.Sum, LogisticFitting.Iteration)
            {
                Most = null,
                NeedsDoubles = true,
                PartitionBytes = sums,
                FixedBytes = start + sums + LogisticDescent.BytesFor(shape),
            },
        ];
    }

    /// <inheritdoc/>
    public override Fitting Begin(FitContext context) => new LogisticFitting(this, context);
}
