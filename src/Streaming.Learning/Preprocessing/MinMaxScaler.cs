using Streaming.Learning.Data;

namespace Streaming.Learning.Preprocessing;

/// <summary>
/// Brings every feature's smallest value to 0 and its largest to 1 (or to other bounds), like scikit-learn's <c>MinMaxScaler</c>. A feature that does
/// not vary gets the lower bound. Values beyond those of the training rows go beyond the bounds.
/// </summary>
public sealed class MinMaxScaler : FeatureScaler
{
    /// <inheritdoc/>
    public override string Name => "min-max-scaler";

    /// <summary>What the smallest value becomes. Default: 0.</summary>
    public double Low { get; init; }

    /// <summary>What the largest value becomes, above <see cref="Low"/>. Default: 1.</summary>
    public double High { get; init; } = 1;

    /// <inheritdoc/>
    public override void Validate()
    {
        if (!(Low < High && double.IsFinite(High - Low)))
            throw new ArgumentException($"Parameter low and high of min-max-scaler: wanted a lower and a higher bound, found {Low} and {High}.");
    }

    internal override (double Offset, double Factor) ScaleOf(FeatureSummary feature) => ScaleOf(feature.Min, feature.Max);

    /// <summary>The scaling of features of which only the bounds are known.</summary>
    internal FeatureScaling ToScaling(IReadOnlyList<(double Min, double Max)> ranges)
    {
        (double Offset, double Factor)[] scales = [.. ranges.Select(r => ScaleOf(r.Min, r.Max))];
        return new FeatureScaling([.. scales.Select(s => s.Offset)], [.. scales.Select(s => s.Factor)]);
    }

    (double Offset, double Factor) ScaleOf(double min, double max)
    {
        double range = max - min, factor = (High - Low) / (range > 0 ? range : 1);
        return (min - Low / factor, factor);
    }
}
