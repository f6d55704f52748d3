using Streaming.Learning.Data;
using Streaming.Learning.Metrics;
using Streaming.Learning.Numerics;

namespace Streaming.Learning.Models;

/// <summary>
/// Predicts the class under which a row is most probable (of equals, the first), each feature being normally distributed within each
/// class and independent of the others.
/// </summary>
public sealed class GaussianNbModel : Model, ILoadableModel<GaussianNbModel>
{
    readonly double[] scaledTheta;
    readonly double[] scaledVar;
    readonly double[] theta;
    readonly double[] var;
    readonly double[] classPrior;
    readonly double[] classCount;
    readonly double[] halves;
    readonly double[] constants;
    readonly IReadOnlyList<string> classes;

    /// <summary>Creates a model.</summary>
    /// <param name="header">What the model knows about itself; its target has two or more classes.</param>
    /// <param name="theta">Mean of each scaled feature within each class; [classes × features].</param>
    /// <param name="var">Its variance, above 0; [classes × features].</param>
    /// <param name="classPrior">Probability of each class, above 0; length: classes.</param>
    /// <param name="classCount">Weight of the rows of each class; length: classes.</param>
    /// <param name="epsilon">What was added to all variances.</param>
    /// <exception cref="ArgumentException">Lengths don't fit, or a value is out of range.</exception>
    public GaussianNbModel(ModelHeader header, double[] theta, double[] var, double[] classPrior, double[] classCount, double epsilon)
        : base(header)
    {
        classes = ModelGuard.Checked(header.Target, TargetKind.Classes).Classes;
        int features = header.Features.Count;
        scaledTheta = ModelGuard.Checked(theta, classes.Count * features, nameof(theta));
        scaledVar = ModelGuard.Positive(var, classes.Count * features, nameof(var));
        this.classPrior = ModelGuard.Positive(classPrior, classes.Count, nameof(classPrior));
        this.classCount = ModelGuard.Checked(classCount, classes.Count, nameof(classCount));
        double[] added = ModelGuard.Checked([epsilon], 1, nameof(epsilon));
        Epsilon = epsilon;
        this.theta = UserUnits.Points(header.Scaling, scaledTheta);
        this.var = [.. scaledVar.Select((v, i) => v / (header.Scaling.Factor[i % features] * header.Scaling.Factor[i % features]))];
        halves = [.. scaledVar.Select(v => 0.5 / v)];
        constants = new double[classes.Count];
        for (int i = 0; i < scaledVar.Length; i++)
            constants[i / features] -= 0.5 * Elementary.Log(2 * Math.PI * scaledVar[i]);

        for (int c = 0; c < constants.Length; c++)
            constants[c] += Elementary.Log(this.classPrior[c]);

        Tensors =
        [
            new Tensor("theta", [classes.Count, features], scaledTheta),
            new Tensor("var", [classes.Count, features], scaledVar),
            new Tensor("class_prior", [classes.Count], this.classPrior),
            new Tensor("class_count", [classes.Count], this.classCount),
            new Tensor("epsilon", [], added),
        ];
        Outputs = OutputColumn.ForClasses(classes);
    }

    /// <inheritdoc/>
    public static string KindName => "gaussian-nb";

    /// <inheritdoc/>
    public override string Kind => KindName;

    /// <inheritdoc/>
    public override IReadOnlyList<OutputColumn> Outputs { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Tensors { get; }

    /// <summary>Mean of each feature within each class, in the user's units; [classes × features].</summary>
    public ReadOnlySpan<double> Theta => theta;

    /// <summary>Variance of each feature within each class, in the user's units; [classes × features].</summary>
    public ReadOnlySpan<double> Var => var;

    /// <summary>Probability of each class; length: classes.</summary>
    public ReadOnlySpan<double> ClassPrior => classPrior;

    /// <summary>Weight of the training rows of each class; length: classes.</summary>
    public ReadOnlySpan<double> ClassCount => classCount;

    /// <summary>Mean of each scaled feature within each class; [classes × features].</summary>
    internal ReadOnlySpan<double> ScaledTheta => scaledTheta;

    /// <summary>Half the inverse variances of the scaled features; [classes × features].</summary>
    internal ReadOnlySpan<double> Halves => halves;

    /// <summary>Logarithm of each class's density at its own mean, times its prior; length: classes.</summary>
    internal ReadOnlySpan<double> Constants => constants;

    /// <summary>What was added to the variances of the scaled features.</summary>
    public double Epsilon { get; }

    /// <inheritdoc/>
    public static GaussianNbModel FromTensors(ModelHeader header, IReadOnlyDictionary<string, Tensor> tensors) =>
        new(
            header,
            tensors.ValuesOf("theta", rank: 2),
            tensors.ValuesOf("var", rank: 2),
            tensors.ValuesOf("class_prior", rank: 1),
            tensors.ValuesOf("class_count", rank: 1),
            tensors.ValuesOf("epsilon", rank: 0)[0]);

    /// <inheritdoc/>
    public override void Predict(RowBatch tile, Span<double> output)
    {
        CheckPrediction(tile, output);
        GaussianScores.Apply(tile, scaledTheta, halves, constants, output[tile.RowCount..]);
        Probabilities.Softmax(output, tile.RowCount, classes.Count);
    }

    /// <inheritdoc/>
    public override Scorer NewScorer() => new ClassificationScorer(classes, Predict);

    /// <inheritdoc/>
    public override IReadOnlyList<ModelTable> Describe() =>
    [
        new ModelTable("Classes", ["class", "prior", "count"], [.. classes.Select((label, c) => (label, new[] { classPrior[c], classCount[c] }))]),
        ByFeature("Means by class", theta),
        ByFeature("Variances by class", var),
    ];

    ModelTable ByFeature(string title, double[] values) => new(
        title,
        ["feature", .. classes],
        [
            .. Header.Features.Select((name, j) =>
                (name, classes.Select((_, c) => values[c * Header.Features.Count + j]).ToArray())),
        ]);
}
