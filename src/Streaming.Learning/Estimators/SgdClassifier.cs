using Streaming.Learning.Data;
using Streaming.Learning.Metrics;
using Streaming.Learning.Models;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>
/// Logistic regression by stochastic descent. With the default schedule one pass comes close to the fit of all rows at once; with those
/// of scikit-learn it is <c>SGDClassifier(loss="log_loss", tol=None)</c>, and two classes give the same coefficients as there when rows
/// come in the same order. For more classes one joint softmax model is learned, where scikit-learn learns one model per class against the
/// rest: the probabilities are then those of the model itself, not scaled to sum to 1 afterwards. The steps of the schedule
/// <c>optimal</c> are then half as long, with which two classes would become exactly the model of one output. Memory: with the default
/// schedule 24 bytes per class and pair of features, up to 12 MB, beyond that 24 bytes per class and feature; with the others 8 bytes
/// per class and feature. (Two classes count as one.)
/// </summary>
public sealed class SgdClassifier : SgdEstimator
{
    /// <summary>Creates a classifier with scikit-learn's defaults.</summary>
    public SgdClassifier()
        : base(eta0: 0, powerT: 0.5)
    {
    }

    /// <inheritdoc/>
    public override string Name => "sgd-classifier";

    /// <inheritdoc/>
    public override string Summary => "Logistic regression by stochastic gradient descent; softmax for more than two classes.";

    /// <inheritdoc/>
    public override TargetKind TargetKind => TargetKind.Classes;

    /// <inheritdoc/>
    public override Fitting Begin(FitContext context)
    {
        IReadOnlyList<string> classes = context.Target!.Classes;
        if (classes.Count < 2)
        {
            throw new InvalidDataException(
                $"Column '{context.Target.Name}': wanted at least two classes, found {classes.Count} ({string.Join(", ", classes)}).");
        }

        int outputs = classes.Count == 2 ? 1 : classes.Count;
        return LearningRate == LearningRateSchedule.Normalized ? Normalized(context, outputs) : Plain(context, outputs);
    }

    SgdFitting Normalized(FitContext context, int outputs)
    {
        ISgdLearner learner = outputs == 1
            ? SgdLearner.Of<LogisticTileLoss>(this, context, outputs)
            : SgdLearner.Of<SoftmaxTileLoss>(this, context, outputs);
        return Fitting(context, learner, purpose => new SgdLearnerPass(purpose, LogisticLoss.Name, learner, Shuffle), learner.Result);
    }

    SgdFitting Plain(FitContext context, int outputs)
    {
        var weights = new SgdWeights(this, outputs, context.Features.Count);
        return Fitting(
            context,
            weights,
            purpose => outputs == 1
                ? new SgdPass<LogisticLoss>(purpose, weights, Shuffle)
                : new SoftmaxPass(purpose, weights, Shuffle),
            weights.Result);
    }

    static SgdFitting Fitting(
        FitContext context, IPersistent learned, Func<string, SgdPass> newPass, Func<(double[] Coef, double[] Intercept)> result) => new(
        context,
        learned,
        newPass,
        header =>
        {
            (double[] coef, double[] intercept) = result();
            return new LinearClassifierModel(header, coef, intercept);
        },
        seen => [new Metric("progressive_log_loss", seen.Loss), new Metric("progressive_accuracy", seen.Accuracy)]);
}
