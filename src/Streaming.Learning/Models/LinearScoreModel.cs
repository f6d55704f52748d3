using Streaming.Learning.Data;

namespace Streaming.Learning.Models;

/// <summary>
/// What classifiers with linear scores (intercept plus the sum of coefficient times feature) have in common: two classes have one score, which
/// speaks for class 1; more classes have a score each.
/// </summary>
public abstract class LinearScoreModel : Model
{
    readonly double[] scaledCoef;
    readonly double[] scaledIntercept;
    readonly double[] coef;
    readonly double[] intercept;

    /// <summary>Creates a model.</summary>
    /// <param name="header">What the model knows about itself; its target has two or more classes.</param>
    /// <param name="coef">Coefficients on the scaled features: [1 × features] for two classes, [classes × features] for more.</param>
    /// <param name="intercept">Scores where all scaled features are 0: one for two classes, one per class for more.</param>
    /// <exception cref="ArgumentException">Lengths don't fit, or a value isn't finite.</exception>
    private protected LinearScoreModel(ModelHeader header, double[] coef, double[] intercept)
        : base(header)
    {
        Classes = ModelGuard.Checked(header.Target, TargetKind.Classes).Classes;
        int scores = Classes.Count == 2 ? 1 : Classes.Count;
        int features = header.Features.Count;
        scaledCoef = ModelGuard.Checked(coef, scores * features, nameof(coef));
        scaledIntercept = ModelGuard.Checked(intercept, scores, nameof(intercept));
        this.coef = UserUnits.Weights(header.Scaling, scaledCoef);
        this.intercept = UserUnits.Intercepts(header.Scaling, scaledCoef, scaledIntercept);
        ScoreTensors = [new Tensor("coef", [scores, features], scaledCoef), new Tensor("intercept", [scores], scaledIntercept)];
    }

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

    private protected IReadOnlyList<string> Classes { get; }

    private protected IReadOnlyList<Tensor> ScoreTensors { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<ModelTable> Describe()
    {
        IEnumerable<string> labels = Classes.Count == 2 ? Classes.Skip(1) : Classes;
        return
        [
            new ModelTable(
                Classes.Count == 2 ? $"Coefficients ({ScoreName} of {Classes[1]})" : "Coefficients (scores by class)",
                ["feature", .. labels],
                [.. Header.Features.Select((name, j) => (name, ByScore(coef, j))), ("(intercept)", [.. intercept])]),
        ];
    }

    /// <summary>What the score of two classes is.</summary>
    private protected abstract string ScoreName { get; }

    /// <summary>Computes the scores of all rows, column after column.</summary>
    private protected void Score(RowBatch tile, Span<double> scores) => AffineMap.Apply(tile, scaledCoef, scaledIntercept, scores);

    double[] ByScore(double[] values, int feature) =>
        [.. Enumerable.Range(0, intercept.Length).Select(score => values[score * Header.Features.Count + feature])];
}
