using System.Globalization;
using Streaming.Learning.Data;
using Streaming.Learning.Metrics;

namespace Streaming.Learning.Models;

/// <summary>
/// Linear discriminants: predicts as a <see cref="LinearClassifierModel"/>, and knows the means of the classes and the directions that
/// tell them apart.
/// </summary>
public sealed class LinearDiscriminantModel : Model, ILoadableModel<LinearDiscriminantModel>
{
    readonly LinearClassifierModel classifier;
    readonly double[] means;
    readonly double[] priors;
    readonly double[] xbar;
    readonly double[] scalings;
    readonly double[] explainedVarianceRatio;

    /// <summary>Creates a model. All arrays are in the space of the scaled features.</summary>
    /// <param name="header">What the model knows about itself; its target has two or more classes.</param>
    /// <param name="coef">Coefficients: [1 × features] for two classes, [classes × features] for more.</param>
    /// <param name="intercept">Intercepts: one for two classes, one per class for more.</param>
    /// <param name="means">Mean of each feature within each class; [classes × features].</param>
    /// <param name="priors">Probability of each class; length: classes.</param>
    /// <param name="xbar">Mean of the class means, weighted by the priors; length: features.</param>
    /// <param name="scalings">Directions of unit variance within the classes; [features × directions], at least one.</param>
    /// <param name="explainedVarianceRatio">Share of each direction in the variance between the classes; length: directions.</param>
    /// <exception cref="ArgumentException">Lengths don't fit, or a value isn't finite.</exception>
    public LinearDiscriminantModel(
        ModelHeader header,
        double[] coef,
        double[] intercept,
        double[] means,
        double[] priors,
        double[] xbar,
        double[] scalings,
        double[] explainedVarianceRatio)
        : base(header)
    {
        classifier = new LinearClassifierModel(header, coef, intercept);
        int classes = header.Target!.Classes.Count, features = header.Features.Count;
        int directions = ModelGuard.RowsOf(scalings, features, nameof(scalings));
        double[] scaledMeans = ModelGuard.Checked(means, classes * features, nameof(means));
        double[] scaledXbar = ModelGuard.Checked(xbar, features, nameof(xbar));
        double[] scaledScalings = ModelGuard.Checked(scalings, features * directions, nameof(scalings));
        this.priors = ModelGuard.Checked(priors, classes, nameof(priors));
        this.explainedVarianceRatio = ModelGuard.Checked(explainedVarianceRatio, directions, nameof(explainedVarianceRatio));
        this.means = UserUnits.Points(header.Scaling, scaledMeans);
        this.xbar = UserUnits.Points(header.Scaling, scaledXbar);
        this.scalings = [.. scaledScalings.Select((s, i) => s * header.Scaling.Factor[i / directions])];
        Tensors =
        [
            .. classifier.Tensors,
            new Tensor("means", [classes, features], scaledMeans),
            new Tensor("priors", [classes], this.priors),
            new Tensor("xbar", [features], scaledXbar),
            new Tensor("scalings", [features, directions], scaledScalings),
            new Tensor("explained_variance_ratio", [directions], this.explainedVarianceRatio),
        ];
    }

    /// <inheritdoc/>
    public static string KindName => "linear-discriminant";

    /// <inheritdoc/>
    public override string Kind => KindName;

    /// <inheritdoc/>
    public override IReadOnlyList<OutputColumn> Outputs => classifier.Outputs;

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Tensors { get; }

    /// <inheritdoc cref="LinearScoreModel.Coef"/>
    public ReadOnlySpan<double> Coef => classifier.Coef;

    /// <inheritdoc cref="LinearScoreModel.Intercept"/>
    public ReadOnlySpan<double> Intercept => classifier.Intercept;

    /// <inheritdoc cref="LinearScoreModel.ScaledCoef"/>
    internal ReadOnlySpan<double> ScaledCoef => classifier.ScaledCoef;

    /// <inheritdoc cref="LinearScoreModel.ScaledIntercept"/>
    internal ReadOnlySpan<double> ScaledIntercept => classifier.ScaledIntercept;

    /// <summary>Mean of each feature within each class, in the user's units; [classes × features].</summary>
    public ReadOnlySpan<double> Means => means;

    /// <summary>Probability of each class; length: classes.</summary>
    public ReadOnlySpan<double> Priors => priors;

    /// <summary>Mean of the class means, weighted by the priors, in the user's units; length: features.</summary>
    public ReadOnlySpan<double> Xbar => xbar;

    /// <summary>
    /// Directions by falling separation of the classes: a row's place along them is Σ (feature[j] - Xbar[j]) · Scalings[j, k], in the
    /// user's units; its variance within the classes is 1. [features × directions].
    /// </summary>
    public ReadOnlySpan<double> Scalings => scalings;

    /// <summary>Share of each direction in the variance between the classes; length: directions.</summary>
    public ReadOnlySpan<double> ExplainedVarianceRatio => explainedVarianceRatio;

    /// <inheritdoc/>
    public static LinearDiscriminantModel FromTensors(ModelHeader header, IReadOnlyDictionary<string, Tensor> tensors) =>
        new(
            header,
            tensors.ValuesOf("coef", rank: 2),
            tensors.ValuesOf("intercept", rank: 1),
            tensors.ValuesOf("means", rank: 2),
            tensors.ValuesOf("priors", rank: 1),
            tensors.ValuesOf("xbar", rank: 1),
            tensors.ValuesOf("scalings", rank: 2),
            tensors.ValuesOf("explained_variance_ratio", rank: 1));

    /// <inheritdoc/>
    public override void Predict(RowBatch tile, Span<double> output) => classifier.Predict(tile, output);

    /// <inheritdoc/>
    public override Scorer NewScorer() => classifier.NewScorer();

    /// <inheritdoc/>
    public override IReadOnlyList<ModelTable> Describe()
    {
        int features = Header.Features.Count, directions = explainedVarianceRatio.Length;
        string[] names = [.. Enumerable.Range(1, directions).Select(k => "ld" + k.ToString(CultureInfo.InvariantCulture))];
        return
        [
            .. classifier.Describe(),
            new ModelTable(
                "Means by class",
                ["feature", .. Header.Target!.Classes],
                [.. Header.Features.Select((name, j) => (name, priors.Select((_, c) => means[c * features + j]).ToArray()))]),
            new ModelTable(
                "Directions that separate the classes",
                ["feature", .. names],
                [
                    .. Header.Features.Select((name, j) => (name, scalings[(j * directions)..((j + 1) * directions)])),
                    ("(explained variance ratio)", explainedVarianceRatio),
                ]),
        ];
    }
}
