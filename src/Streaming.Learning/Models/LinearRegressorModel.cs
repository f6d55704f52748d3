using Streaming.Learning.Data;
using Streaming.Learning.Metrics;

namespace Streaming.Learning.Models;

/// <summary>Predicts a number: the intercept plus the sum of coefficient times feature.</summary>
public sealed class LinearRegressorModel : Model, ILoadableModel<LinearRegressorModel>
{
    readonly double[] scaledCoef;
    readonly double[] scaledIntercept;
    readonly double[] coef;

    /// <summary>Creates a model.</summary>
    /// <param name="header">What the model knows about itself; its target is a number.</param>
    /// <param name="coef">A coefficient per scaled feature; length: features.</param>
    /// <param name="intercept">The prediction where all scaled features are 0.</param>
    /// <exception cref="ArgumentException">Lengths don't fit, or a value isn't finite.</exception>
    public LinearRegressorModel(ModelHeader header, double[] coef, double intercept)
        : base(header)
    {
        ModelGuard.Checked(header.Target, TargetKind.Number);
        scaledCoef = ModelGuard.Checked(coef, header.Features.Count, nameof(coef));
        scaledIntercept = ModelGuard.Checked([intercept], 1, nameof(intercept));
        this.coef = UserUnits.Weights(header.Scaling, scaledCoef);
        Intercept = UserUnits.Intercepts(header.Scaling, scaledCoef, scaledIntercept)[0];
        Tensors = [new Tensor("coef", [scaledCoef.Length], scaledCoef), new Tensor("intercept", [], scaledIntercept)];
    }

    /// <inheritdoc/>
    public static string KindName => "linear-regressor";

    /// <inheritdoc/>
    public override string Kind => KindName;

    /// <inheritdoc/>
    public override IReadOnlyList<OutputColumn> Outputs { get; } = [new("prediction", OutputKind.Number)];

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Tensors { get; }

    /// <summary>Coefficients: change of the prediction per unit of a feature as it is in the user's data; length: features.</summary>
    public ReadOnlySpan<double> Coef => coef;

    /// <summary>The prediction where all features, as they are in the user's data, are 0.</summary>
    public double Intercept { get; }

    /// <summary>Coefficients on the scaled features; length: features.</summary>
    public ReadOnlySpan<double> ScaledCoef => scaledCoef;

    /// <summary>The prediction where all scaled features are 0.</summary>
    public double ScaledIntercept => scaledIntercept[0];

    /// <inheritdoc/>
    public static LinearRegressorModel FromTensors(ModelHeader header, IReadOnlyDictionary<string, Tensor> tensors) =>
        new(header, tensors.ValuesOf("coef", rank: 1), tensors.ValuesOf("intercept", rank: 0)[0]);

    /// <inheritdoc/>
    public override void Predict(RowBatch tile, Span<double> output)
    {
        CheckPrediction(tile, output);
        AffineMap.Apply(tile, scaledCoef, scaledIntercept, output);
    }

    /// <inheritdoc/>
    public override Scorer NewScorer() => new RegressionScorer(Predict);

    /// <inheritdoc/>
    public override IReadOnlyList<ModelTable> Describe() =>
    [
        new ModelTable(
            "Coefficients",
            ["feature", "coefficient"],
            [.. Header.Features.Select((name, j) => (name, new[] { coef[j] })), ("(intercept)", [Intercept])]),
    ];
}
