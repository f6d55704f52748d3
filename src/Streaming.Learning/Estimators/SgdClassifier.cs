using System.ComponentModel;
using Streaming.Learning.Data;
using Streaming.Learning.Metrics;
using Streaming.Learning.Models;
using Streaming.Learning.State;

namespace Streaming.Learning.Estimators;

/// <summary>What a classifier by stochastic gradient descent minimises; the margin is the output, or minus it for the other class.</summary>
public enum ClassificationLoss
{
    /// <summary>-ln of the probability of the row's class.</summary>
    LogLoss,

    /// <summary>max(0, 1 - margin).</summary>
    Hinge,

    /// <summary>max(0, 1 - margin)².</summary>
    SquaredHinge,

    /// <summary>max(0, 1 - margin)² for margins above -1, below that -4 margin.</summary>
    ModifiedHuber,

    /// <summary>max(0, -margin).</summary>
    Perceptron,
}

/// <summary>How more than two classes are learned.</summary>
public enum MultiClass
{
    /// <summary>Multinomial for log_loss, one against the rest for other losses.</summary>
    Auto,

    /// <summary>One joint model.</summary>
    Multinomial,

    /// <summary>A model per class, against the rest.</summary>
    Ovr,
}

/// <summary>
/// Linear classification by stochastic descent. With the default schedule one pass comes close to the fit of all rows at once, for every
/// loss; with those of scikit-learn it is <c>SGDClassifier(tol=None)</c>, and two classes give the same coefficients as there when rows
/// come in the same order. For more classes the log-loss learns one joint softmax model, where scikit-learn learns one model per class
/// against the rest (as the other losses do here): the probabilities are then those of the model itself, not scaled to sum to 1 afterwards.
/// The steps of the schedule <c>optimal</c> are then half as long, with which two classes would become exactly the model of one output.
/// Memory: with the default schedule 24 bytes per class and pair of features, up to 12 MB, beyond that 24 bytes per class and feature; with
/// the others 8 bytes per class and feature. (Two classes count as one.)
/// </summary>
public sealed class SgdClassifier : SgdEstimator
{
    /// <summary>Creates a classifier with scikit-learn's defaults.</summary>
    public SgdClassifier()
        : base(eta0: 0, powerT: 0.5)
    {
    }

    /// <summary>The loss. Default: log_loss.</summary>
    [Description("What is minimised: log_loss gives probabilities, modified_huber too; hinge is a linear support vector machine.")]
    public ClassificationLoss Loss { get; set; }

    /// <summary>How more than two classes are learned. Default: auto, which is multinomial for log_loss and ovr for the other losses.</summary>
    [Description("More than two classes: one joint softmax model (log_loss only), or one model per class against the rest.")]
    public MultiClass MultiClass { get; set; }

    /// <summary>
    /// What rows weigh by their class, beside their own weight: <c>balanced</c> for rows / (classes · rows of the class), or
    /// <c>label=weight,…</c>. Default, null: every class weighs 1.
    /// </summary>
    [Description("Weights of classes: 'balanced', or label=weight pairs with commas between them.")]
    public string? ClassWeight { get; set; }

    /// <inheritdoc/>
    public override string Name => "sgd-classifier";

    /// <inheritdoc/>
    public override string Summary => "Logistic regression by stochastic gradient descent, softmax for more than two classes; or support vectors and other losses.";

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
        var classWeights = ClassWeights.Of(ClassWeight, context.Target);
        return LearningRate == LearningRateSchedule.Normalized ? Normalized(context, outputs, classWeights) : Plain(context, outputs, classWeights);
    }

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        ClassWeights.Check(ClassWeight);
        if (MultiClass == MultiClass.Multinomial && Loss != ClassificationLoss.LogLoss)
            throw new ArgumentException($"Parameter multi_class: multinomial is there for log_loss only, found {LossName}; use ovr.");
    }

    private protected override long NormalizedBytes(int outputs, int features) => Loss switch
    {
        ClassificationLoss.Perceptron => SgdLearner.BytesFor<SgdSeparateLoss<PerceptronLanes>>(outputs, features),
        ClassificationLoss.Hinge => SgdLearner.BytesFor<SgdSeparateLoss<HingeLanes>>(outputs, features),
        _ => SgdLearner.BytesFor<SgdSeparateLoss<LogisticLanes>>(outputs, features),
    };

    string LossName => Loss switch
    {
        ClassificationLoss.Hinge => HingeLoss.Name,
        ClassificationLoss.SquaredHinge => SquaredHingeLoss.Name,
        ClassificationLoss.ModifiedHuber => ModifiedHuberLoss.Name,
        ClassificationLoss.Perceptron => PerceptronLoss.Name,
        _ => LogisticLoss.Name,
    };

    // Two classes have one output either way.
    bool IsOneVersusRest(int outputs) => outputs > 1 && (MultiClass == MultiClass.Ovr || Loss != ClassificationLoss.LogLoss);

    SgdFitting Normalized(FitContext context, int outputs, ClassWeights classWeights)
    {
        ISgdLearner learner = Loss switch
        {
            ClassificationLoss.Hinge => Learner<HingeLanes>(context, outputs, classWeights),
            ClassificationLoss.SquaredHinge => Learner<SquaredHingeLanes>(context, outputs, classWeights),
            ClassificationLoss.ModifiedHuber => Learner<ModifiedHuberLanes>(context, outputs, classWeights),
            ClassificationLoss.Perceptron => Learner<PerceptronLanes>(context, outputs, classWeights),
            _ when outputs > 1 && !IsOneVersusRest(outputs) => SgdLearner.Of<SoftmaxTileLoss>(this, context, outputs, classWeights),
            _ => Learner<LogisticLanes>(context, outputs, classWeights),
        };
        return Fitting(context, outputs, learner, purpose => learner.NewPass(purpose, LossName, Shuffle), learner.Result);
    }

    ISgdLearner Learner<TLoss>(FitContext context, int outputs, ClassWeights classWeights)
        where TLoss : ISgdLaneLoss => SgdLearner.Of<SgdSeparateLoss<TLoss>>(this, context, outputs, classWeights);

    SgdFitting Plain(FitContext context, int outputs, ClassWeights classWeights)
    {
        bool isJoint = outputs > 1 && !IsOneVersusRest(outputs);
        var weights = new SgdWeights(this, outputs, context.Features.Count, isJoint);
        Func<string, SgdPass> newPass = Loss switch
        {
            ClassificationLoss.Hinge => Passes<HingeLoss, HingeLanes>(weights, classWeights),
            ClassificationLoss.SquaredHinge => Passes<SquaredHingeLoss, SquaredHingeLanes>(weights, classWeights),
            ClassificationLoss.ModifiedHuber => Passes<ModifiedHuberLoss, ModifiedHuberLanes>(weights, classWeights),
            ClassificationLoss.Perceptron => Passes<PerceptronLoss, PerceptronLanes>(weights, classWeights),
            _ when isJoint && MiniBatchSize > 1 => MiniBatches<SgdRoundedLoss<SoftmaxTileLoss>>(weights, classWeights),
            _ when isJoint => purpose => new SoftmaxPass(purpose, weights, classWeights, Shuffle),
            _ when MiniBatchSize > 1 => MiniBatches<LogisticBlockLoss>(weights, classWeights),
            _ => Passes<LogisticLoss, LogisticLanes>(weights, classWeights),
        };
        return Fitting(context, outputs, weights, newPass, weights.Result);
    }

    Func<string, SgdPass> Passes<TLoss, TLanes>(SgdWeights weights, ClassWeights classWeights)
        where TLoss : ISgdLoss
        where TLanes : ISgdLaneLoss => MiniBatchSize > 1 ? MiniBatches<SgdRoundedLoss<SgdSeparateLoss<TLanes>>>(weights, classWeights)
        : weights.Outputs == 1 ? purpose => new SgdPass<TLoss>(purpose, weights, classWeights, Shuffle)
        : purpose => new OneVersusRestPass<TLoss>(purpose, weights, classWeights, Shuffle);

    SgdFitting Fitting(
        FitContext context,
        int outputs,
        IPersistent learned,
        Func<string, SgdPass> newPass,
        Func<(double[] Coef, double[] Intercept)> result) => new(
        context,
        this,
        learned,
        newPass,
        header =>
        {
            (double[] coef, double[] intercept) = result();
            return Loss == ClassificationLoss.LogLoss && !IsOneVersusRest(outputs)
                ? new LinearClassifierModel(header, coef, intercept)
                : new MarginClassifierModel(header, coef, intercept, Link);
        },
        seen => [new Metric("progressive_" + LossName, seen.Loss), new Metric("progressive_accuracy", seen.Accuracy)]);

    ProbabilityLink Link => Loss switch
    {
        ClassificationLoss.LogLoss => ProbabilityLink.Logistic,
        ClassificationLoss.ModifiedHuber => ProbabilityLink.ModifiedHuber,
        _ => ProbabilityLink.None,
    };
}
