using System.Globalization;
using Streaming.Learning.Data;
using Streaming.Learning.Metrics;

namespace Streaming.Learning.Models;

/// <summary>Predicts a number: the intercept plus the sum of coefficient times feature.</summary>
public sealed class LinearRegressorModel : Model, ILoadableModel<LinearRegressorModel>
{
    readonly double[] scaledCoef;
    readonly double[] scaledIntercept;
    readonly double[] coef;
    readonly double[] standardErrors;

    /// <summary>Creates a model.</summary>
    /// <param name="header">What the model knows about itself; its target is a number.</param>
    /// <param name="coef">A coefficient per scaled feature; length: features.</param>
    /// <param name="intercept">The prediction where all scaled features are 0.</param>
    /// <param name="statistics">How sure the coefficients are; null where training does not tell.</param>
    /// <exception cref="ArgumentException">Lengths don't fit, or a value isn't finite.</exception>
    public LinearRegressorModel(ModelHeader header, double[] coef, double intercept, RegressionStatistics? statistics = null)
        : base(header)
    {
        ModelGuard.Checked(header.Target, TargetKind.Number);
        scaledCoef = ModelGuard.Checked(coef, header.Features.Count, nameof(coef));
        scaledIntercept = ModelGuard.Checked([intercept], 1, nameof(intercept));
        this.coef = UserUnits.Weights(header.Scaling, scaledCoef);
        Intercept = UserUnits.Intercepts(header.Scaling, scaledCoef, scaledIntercept)[0];
        Statistics = statistics;
        if (statistics is not null && statistics.StandardErrors.Length != scaledCoef.Length)
            throw new ArgumentException($"Wanted {scaledCoef.Length} standard errors, found {statistics.StandardErrors.Length}.");

        standardErrors = statistics is null ? [] : UserUnits.Weights(header.Scaling, statistics.StandardErrors);
        Tensors =
        [
            new Tensor("coef", [scaledCoef.Length], scaledCoef),
            new Tensor("intercept", [], scaledIntercept),
            .. statistics?.ToTensors() ?? [],
        ];
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

    /// <summary>How well the training rows are fitted and how sure the coefficients are; null for models of online learners.</summary>
    public RegressionStatistics? Statistics { get; }

    /// <summary>
    /// Standard errors of <see cref="Coef"/>; length: features, empty without <see cref="Statistics"/>. NaN where the rows do not determine one.
    /// </summary>
    public ReadOnlySpan<double> StandardErrors => standardErrors;

    /// <inheritdoc/>
    public static LinearRegressorModel FromTensors(ModelHeader header, IReadOnlyDictionary<string, Tensor> tensors) =>
        new(
            header,
            tensors.ValuesOf("coef", rank: 1),
            tensors.ValuesOf("intercept", rank: 0)[0],
            RegressionStatistics.FromTensors(tensors));

    /// <inheritdoc/>
    public override void Predict(RowBatch tile, Span<double> output)
    {
        CheckPrediction(tile, output);
        AffineMap.Apply(tile, scaledCoef, scaledIntercept, output);
    }

    /// <inheritdoc/>
    public override Scorer NewScorer() => new RegressionScorer(Predict, Quantile);

    /// <inheritdoc/>
    public override IReadOnlyList<ModelTable> Describe()
    {
        if (Statistics is not { } statistics)
        {
            return
            [
                new ModelTable(
                    "Coefficients",
                    ["feature", "coefficient"],
                    [.. Header.Features.Select((name, j) => (name, new[] { coef[j] })), ("(intercept)", [Intercept])]),
            ];
        }

        return
        [
            new ModelTable(
                "Coefficients",
                ["feature", "coefficient", "standard_error", "t", "p"],
                [
                    .. Header.Features.Select((name, j) => (name, Row(coef[j], standardErrors[j]))),
                    ("(intercept)", Row(Intercept, statistics.InterceptStandardError)),
                ]),
            new ModelTable(
                "Fit on the training rows",
                ["statistic", "value"],
                [
                    ("alpha", [statistics.Alpha]),
                    ("r2", [statistics.R2]),
                    ("adjusted_r2", [statistics.AdjustedR2]),
                    ("residual_standard_error", [Math.Sqrt(statistics.ResidualVariance)]),
                    ("degrees_of_freedom", [statistics.DegreesOfFreedom]),
                ]),
        ];

        double[] Row(double value, double error) => [value, error, value / error, statistics.PValue(value / error)];
    }

    // What a model of a quantile was learned for, as its parameters tell; others are scored at the median.
    double Quantile =>
        Header.Parameters.GetValueOrDefault("loss") == "quantile"
        && double.TryParse(Header.Parameters.GetValueOrDefault("quantile"), NumberStyles.Float, CultureInfo.InvariantCulture, out double quantile)
            ? quantile
            : 0.5;
}
