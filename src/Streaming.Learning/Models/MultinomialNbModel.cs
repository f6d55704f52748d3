using Streaming.Learning.Data;
using Streaming.Learning.Metrics;

namespace Streaming.Learning.Models;

/// <summary>
/// Predicts the class under which a row of counts is most probable (of equals, the first):
/// <c>score[c] = ClassLogPrior[c] + Σ FeatureLogProb[c, j] · feature[j]</c>, of which the probabilities are the softmax.
/// </summary>
public sealed class MultinomialNbModel : Model, ILoadableModel<MultinomialNbModel>
{
    readonly double[] featureCount;
    readonly double[] featureLogProb;
    readonly double[] classCount;
    readonly double[] classLogPrior;
    readonly IReadOnlyList<string> classes;

    /// <summary>Creates a model.</summary>
    /// <param name="header">What the model knows about itself; its target has two or more classes.</param>
    /// <param name="featureCount">Weighted sum of each feature within each class; [classes × features].</param>
    /// <param name="featureLogProb">Logarithm of the smoothed share of each feature in its class; [classes × features].</param>
    /// <param name="classCount">Weight of the rows of each class; length: classes.</param>
    /// <param name="classLogPrior">Logarithm of the probability of each class; length: classes.</param>
    /// <exception cref="ArgumentException">Lengths don't fit, or a value isn't finite.</exception>
    public MultinomialNbModel(
        ModelHeader header, double[] featureCount, double[] featureLogProb, double[] classCount, double[] classLogPrior)
        : base(header)
    {
        classes = ModelGuard.Checked(header.Target, TargetKind.Classes).Classes;
        int features = header.Features.Count;
        this.featureCount = ModelGuard.Checked(featureCount, classes.Count * features, nameof(featureCount));
        this.featureLogProb = ModelGuard.Checked(featureLogProb, classes.Count * features, nameof(featureLogProb));
        this.classCount = ModelGuard.Checked(classCount, classes.Count, nameof(classCount));
        this.classLogPrior = ModelGuard.Checked(classLogPrior, classes.Count, nameof(classLogPrior));
        Tensors =
        [
            new Tensor("feature_count", [classes.Count, features], this.featureCount),
            new Tensor("feature_log_prob", [classes.Count, features], this.featureLogProb),
            new Tensor("class_count", [classes.Count], this.classCount),
            new Tensor("class_log_prior", [classes.Count], this.classLogPrior),
        ];
        Outputs = OutputColumn.ForClasses(classes);
    }

    /// <inheritdoc/>
    public static string KindName => "multinomial-nb";

    /// <inheritdoc/>
    public override string Kind => KindName;

    /// <inheritdoc/>
    public override IReadOnlyList<OutputColumn> Outputs { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Tensors { get; }

    /// <summary>Weighted sum of each feature within each class; [classes × features].</summary>
    public ReadOnlySpan<double> FeatureCount => featureCount;

    /// <summary>Logarithm of the smoothed share of each feature in its class; [classes × features].</summary>
    public ReadOnlySpan<double> FeatureLogProb => featureLogProb;

    /// <summary>Weight of the training rows of each class; length: classes.</summary>
    public ReadOnlySpan<double> ClassCount => classCount;

    /// <summary>Logarithm of the probability of each class; length: classes.</summary>
    public ReadOnlySpan<double> ClassLogPrior => classLogPrior;

    /// <inheritdoc/>
    public static MultinomialNbModel FromTensors(ModelHeader header, IReadOnlyDictionary<string, Tensor> tensors) =>
        new(
            header,
            tensors.ValuesOf("feature_count", rank: 2),
            tensors.ValuesOf("feature_log_prob", rank: 2),
            tensors.ValuesOf("class_count", rank: 1),
            tensors.ValuesOf("class_log_prior", rank: 1));

    /// <inheritdoc/>
    public override void Predict(RowBatch tile, Span<double> output)
    {
        CheckPrediction(tile, output);
        AffineMap.Apply(tile, featureLogProb, classLogPrior, output[tile.RowCount..]);
        Probabilities.Softmax(output, tile.RowCount, classes.Count);
    }

    /// <inheritdoc/>
    public override Scorer NewScorer() => new ClassificationScorer(classes, Predict);

    /// <inheritdoc/>
    public override IReadOnlyList<ModelTable> Describe() =>
    [
        new ModelTable("Classes", ["class", "log_prior", "count"], [.. classes.Select((label, c) => (label, new[] { classLogPrior[c], classCount[c] }))]),
        new ModelTable(
            "Log-probabilities of the features by class",
            ["feature", .. classes],
            [
                .. Header.Features.Select((name, j) =>
                    (name, classes.Select((_, c) => featureLogProb[c * Header.Features.Count + j]).ToArray())),
            ]),
    ];
}
