using Streaming.Learning.Data;
using Streaming.Learning.Metrics;

namespace Streaming.Learning.Models;

/// <summary>
/// Predicts one of a set of classes from linear scores (intercept plus the sum of coefficient times feature). Two classes have one
/// score, the log-odds of class 1: its probability is the sigmoid of the score, and class 1 is predicted where that is above 0.5.
/// More classes have a score each: probabilities are their softmax, and the highest is predicted (of equals, the first).
/// </summary>
public sealed class LinearClassifierModel : Model, ILoadableModel<LinearClassifierModel>
{
    const string IterationsName = "n_iter";

    readonly double[] scaledCoef;
    readonly double[] scaledIntercept;
    readonly double[] coef;
    readonly double[] intercept;
    readonly IReadOnlyList<string> classes;

    /// <summary>Creates a model.</summary>
    /// <param name="header">What the model knows about itself; its target has two or more classes.</param>
    /// <param name="coef">Coefficients on the scaled features: [1 × features] for two classes, [classes × features] for more.</param>
    /// <param name="intercept">Scores where all scaled features are 0: one for two classes, one per class for more.</param>
    /// <param name="iterations">Steps that its optimiser took, for estimators that go on until they are there; otherwise null.</param>
    /// <exception cref="ArgumentException">Lengths don't fit, or a value isn't finite.</exception>
    public LinearClassifierModel(ModelHeader header, double[] coef, double[] intercept, int? iterations = null)
        : base(header)
    {
        classes = ModelGuard.Checked(header.Target, TargetKind.Classes).Classes;
        int scores = classes.Count == 2 ? 1 : classes.Count;
        int features = header.Features.Count;
        scaledCoef = ModelGuard.Checked(coef, scores * features, nameof(coef));
        scaledIntercept = ModelGuard.Checked(intercept, scores, nameof(intercept));
        this.coef = UserUnits.Weights(header.Scaling, scaledCoef);
        this.intercept = UserUnits.Intercepts(header.Scaling, scaledCoef, scaledIntercept);
        NIter = iterations;
        Tensors =
        [
            new Tensor("coef", [scores, features], scaledCoef),
            new Tensor("intercept", [scores], scaledIntercept),
            .. iterations is { } taken ? [new Tensor(IterationsName, [], [taken])] : Array.Empty<Tensor>(),
        ];
        Outputs =
        [
            new OutputColumn("prediction", OutputKind.Class),
            .. classes.Select(label => new OutputColumn("probability_" + label, OutputKind.Number)),
        ];
    }

    /// <inheritdoc/>
    public static string KindName => "linear-classifier";

    /// <inheritdoc/>
    public override string Kind => KindName;

    /// <inheritdoc/>
    public override IReadOnlyList<OutputColumn> Outputs { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Tensors { get; }

    /// <summary>
    /// Coefficients: change of a score per unit of a feature as it is in the user's data; [1 × features] for two classes,
    /// [classes × features] for more.
    /// </summary>
    public ReadOnlySpan<double> Coef => coef;

    /// <summary>Scores where all features, as they are in the user's data, are 0; one for two classes, one per class for more.</summary>
    public ReadOnlySpan<double> Intercept => intercept;

    /// <summary>Coefficients on the scaled features; shaped as <see cref="Coef"/>.</summary>
    public ReadOnlySpan<double> ScaledCoef => scaledCoef;

    /// <summary>Scores where all scaled features are 0; shaped as <see cref="Intercept"/>.</summary>
    public ReadOnlySpan<double> ScaledIntercept => scaledIntercept;

    /// <summary>Steps that the optimiser took, where one went on until it was there; otherwise null.</summary>
    public int? NIter { get; }

    /// <inheritdoc/>
    public static LinearClassifierModel FromTensors(ModelHeader header, IReadOnlyDictionary<string, Tensor> tensors) =>
        new(header, tensors.ValuesOf("coef", rank: 2), tensors.ValuesOf("intercept", rank: 1), Iterations(tensors));

    /// <inheritdoc/>
    public override void Predict(RowBatch tile, Span<double> output)
    {
        CheckPrediction(tile, output);
        int rows = tile.RowCount;
        if (classes.Count == 2)
        {
            AffineMap.Apply(tile, scaledCoef, scaledIntercept, output[(2 * rows)..]);
            Probabilities.Logistic(output, rows);
        }
        else
        {
            AffineMap.Apply(tile, scaledCoef, scaledIntercept, output[rows..]);
            Probabilities.Softmax(output, rows, classes.Count);
        }
    }

    /// <inheritdoc/>
    public override Scorer NewScorer() => new ClassificationScorer(classes, Predict);

    /// <inheritdoc/>
    public override IReadOnlyList<ModelTable> Describe()
    {
        IEnumerable<string> labels = classes.Count == 2 ? classes.Skip(1) : classes;
        return
        [
            new ModelTable(
                classes.Count == 2 ? $"Coefficients (log-odds of {classes[1]})" : "Coefficients (scores by class)",
                ["feature", .. labels],
                [.. Header.Features.Select((name, j) => (name, ByScore(coef, j))), ("(intercept)", [.. intercept])]),
        ];
    }

    static int? Iterations(IReadOnlyDictionary<string, Tensor> tensors)
    {
        if (!tensors.ContainsKey(IterationsName))
            return null;

        double count = tensors.ValuesOf(IterationsName, rank: 0)[0];
        return count >= 0 && count == (int)count
            ? (int)count
            : throw new ArgumentException($"Wanted a count as {IterationsName}, found {count}.");
    }

    double[] ByScore(double[] values, int feature) =>
        [.. Enumerable.Range(0, intercept.Length).Select(score => values[score * Header.Features.Count + feature])];
}
