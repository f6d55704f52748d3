using System.Globalization;
using Streaming.Learning.Data;
using Streaming.Learning.Metrics;
using Streaming.Learning.Numerics;

namespace Streaming.Learning.Models;

/// <summary>
/// Principal components: projects every row on the k directions in which the training rows vary most,
/// <c>pc[c] = Σ Components[c, j] · (scaled feature[j] - ScaledMean[j])</c>; whitened, each divided by its standard deviation.
/// </summary>
public sealed class PcaModel : Model, ILoadableModel<PcaModel>
{
    // 2⁻⁵², scikit-learn's bound.
    const double LeastDeviation = 2.220446049250313e-16;

    readonly double[] scaledMean;
    readonly double[] mean;
    readonly double[] components;
    readonly double[] loadings;
    readonly double[] explainedVariance;
    readonly double[] explainedVarianceRatio;
    readonly double[] singularValues;
    readonly double[] bias;
    readonly double[] whitenedComponents;
    readonly double[] whitenedBias;

    /// <summary>Creates a model. All arrays are in the space of the scaled features.</summary>
    /// <param name="header">What the model knows about itself.</param>
    /// <param name="mean">Mean of each feature; length: features.</param>
    /// <param name="components">Orthonormal directions, by falling variance; [k × features], k from 1 to features.</param>
    /// <param name="explainedVariance">Variance of the training rows along each component; length: k.</param>
    /// <param name="explainedVarianceRatio">The same as shares of the whole variance; length: k.</param>
    /// <param name="singularValues">Singular values of the centred training rows; length: k.</param>
    /// <param name="noiseVariance">Mean variance along the directions that were left out; 0 when none were.</param>
    /// <param name="whiten">Whether predictions are divided by their standard deviations.</param>
    /// <exception cref="ArgumentException">Lengths don't fit, or a value isn't finite.</exception>
    public PcaModel(
        ModelHeader header,
        double[] mean,
        double[] components,
        double[] explainedVariance,
        double[] explainedVarianceRatio,
        double[] singularValues,
        double noiseVariance,
        bool whiten = false)
        : base(header)
    {
        int features = header.Features.Count;
        int k = ModelGuard.RowsOf(components, features, nameof(components));
        if (k > features)
            throw new ArgumentException($"Wanted at most as many components as features ({features}), found {k}.");

        scaledMean = ModelGuard.Checked(mean, features, nameof(mean));
        this.components = ModelGuard.Checked(components, k * features, nameof(components));
        this.explainedVariance = ModelGuard.Checked(explainedVariance, k, nameof(explainedVariance));
        this.explainedVarianceRatio = ModelGuard.Checked(explainedVarianceRatio, k, nameof(explainedVarianceRatio));
        this.singularValues = ModelGuard.Checked(singularValues, k, nameof(singularValues));
        double[] noise = ModelGuard.Checked([noiseVariance], 1, nameof(noiseVariance));
        this.mean = UserUnits.Points(header.Scaling, scaledMean);
        loadings = UserUnits.Weights(header.Scaling, this.components);
        NoiseVariance = noiseVariance;

        // Components · (x - mean) as one affine map.
        bias = new double[k];
        for (int i = 0; i < this.components.Length; i++)
            bias[i / features] -= this.components[i] * scaledMean[i % features];

        Whiten = whiten;
        double[] deviations = [.. explainedVariance.Select(DeviationOf)];
        whitenedComponents = whiten ? [.. this.components.Select((v, i) => v / deviations[i / features])] : this.components;
        whitenedBias = whiten ? [.. bias.Select((v, c) => v / deviations[c])] : bias;
        Tensors =
        [
            new Tensor("mean", [features], scaledMean),
            new Tensor("components", [k, features], this.components),
            new Tensor("explained_variance", [k], this.explainedVariance),
            new Tensor("explained_variance_ratio", [k], this.explainedVarianceRatio),
            new Tensor("singular_values", [k], this.singularValues),
            new Tensor("noise_variance", [], noise),
            new Tensor("whiten", [], [whiten ? 1 : 0]),
        ];
        Outputs = [.. Enumerable.Range(0, k).Select(c => new OutputColumn(NameOf(c), OutputKind.Number))];
    }

    /// <inheritdoc/>
    public static string KindName => "pca";

    /// <inheritdoc/>
    public override string Kind => KindName;

    /// <inheritdoc/>
    public override IReadOnlyList<OutputColumn> Outputs { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Tensors { get; }

    /// <summary>Mean of each feature in the user's units; length: features.</summary>
    public ReadOnlySpan<double> Mean => mean;

    /// <summary>Mean of each scaled feature; length: features.</summary>
    public ReadOnlySpan<double> ScaledMean => scaledMean;

    /// <summary>Orthonormal directions in the space of the scaled features, by falling variance; [k × features].</summary>
    public ReadOnlySpan<double> Components => components;

    /// <summary>
    /// Change of each component per unit of a feature as it is in the user's data:
    /// <c>pc[c] = Σ Loadings[c, j] · (feature[j] - Mean[j])</c>; [k × features].
    /// </summary>
    public ReadOnlySpan<double> Loadings => loadings;

    /// <summary>Variance of the training rows along each component, in the space of the scaled features; length: k.</summary>
    public ReadOnlySpan<double> ExplainedVariance => explainedVariance;

    /// <summary><see cref="ExplainedVariance"/> as shares of the whole variance; length: k.</summary>
    public ReadOnlySpan<double> ExplainedVarianceRatio => explainedVarianceRatio;

    /// <summary>Singular values of the centred training rows; length: k.</summary>
    public ReadOnlySpan<double> SingularValues => singularValues;

    /// <summary>Mean variance along the directions that were left out; 0 when none were.</summary>
    public double NoiseVariance { get; }

    /// <summary>What <see cref="Predict"/> multiplies the scaled features with; [k × features].</summary>
    internal ReadOnlySpan<double> Projection => whitenedComponents;

    /// <summary>What it adds; length: k.</summary>
    internal ReadOnlySpan<double> ProjectionBias => whitenedBias;

    /// <summary>Whether predictions are divided by their standard deviations over the training rows, so that each has the variance 1.</summary>
    public bool Whiten { get; }

    /// <inheritdoc/>
    public static PcaModel FromTensors(ModelHeader header, IReadOnlyDictionary<string, Tensor> tensors) =>
        new(
            header,
            tensors.ValuesOf("mean", rank: 1),
            tensors.ValuesOf("components", rank: 2),
            tensors.ValuesOf("explained_variance", rank: 1),
            tensors.ValuesOf("explained_variance_ratio", rank: 1),
            tensors.ValuesOf("singular_values", rank: 1),
            tensors.ValuesOf("noise_variance", rank: 0)[0],
            tensors.ValuesOf("whiten", rank: 0)[0] != 0);

    /// <inheritdoc/>
    public override void Predict(RowBatch tile, Span<double> output)
    {
        CheckPrediction(tile, output);
        AffineMap.Apply(tile, whitenedComponents, whitenedBias, output);
    }

    /// <summary>Takes components back to rows: <c>mean + Σ pc[c] · component[c]</c>, in the user's units (scikit-learn's <c>inverse_transform</c>).</summary>
    /// <param name="projected">What <see cref="Predict"/> wrote for the rows: column-major, [rows × k].</param>
    /// <param name="rows">Rows.</param>
    /// <param name="output">Receives the rows as the components tell them: column-major, [rows × features].</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public void InverseTransform(ReadOnlySpan<double> projected, int rows, Span<double> output)
    {
        int features = Header.Features.Count, k = Outputs.Count;
        if (projected.Length < (long)rows * k || output.Length < (long)rows * features)
        {
            throw new ArgumentException(
                $"Wanted {(long)rows * k} values and room for {(long)rows * features}, found {projected.Length} and {output.Length}.");
        }

        for (int j = 0; j < features; j++)
        {
            Span<double> column = output.Slice(j * rows, rows);
            column.Fill(scaledMean[j]);
            for (int c = 0; c < k; c++)
            {
                double direction = components[c * features + j] * (Whiten ? DeviationOf(explainedVariance[c]) : 1);
                Lanes.AddScaled(column, projected.Slice(c * rows, rows), direction);
            }

            foreach (ref double value in column)
                value = Header.Scaling.Restore(j, value);
        }
    }

    /// <inheritdoc/>
    public override Scorer NewScorer() => new DecompositionScorer(scaledMean, components, Project);

    // The components as they are, in the units of the scaled features: what whitening leaves out of sight.
    void Project(RowBatch tile, Span<double> output)
    {
        CheckPrediction(tile, output);
        AffineMap.Apply(tile, components, bias, output);
    }

    // A component without variance is all rounding: dividing by that would only blow it up.
    static double DeviationOf(double variance) => Math.Max(Math.Sqrt(variance), LeastDeviation);

    /// <inheritdoc/>
    public override IReadOnlyList<ModelTable> Describe()
    {
        int features = Header.Features.Count;
        IEnumerable<int> indices = Enumerable.Range(0, Outputs.Count);
        return
        [
            new ModelTable(
                "Explained variance",
                ["component", "explained_variance_ratio", "explained_variance", "singular_value"],
                [.. indices.Select(c => (NameOf(c), new[] { explainedVarianceRatio[c], explainedVariance[c], singularValues[c] }))]),
            new ModelTable(
                "Components (change per unit of a feature)",
                ["feature", "mean", .. indices.Select(NameOf)],
                [
                    .. Header.Features.Select((name, j) =>
                        (name, (double[])[mean[j], .. indices.Select(c => loadings[c * features + j])])),
                ]),
        ];
    }

    static string NameOf(int component) => "pc" + (component + 1).ToString(CultureInfo.InvariantCulture);
}
