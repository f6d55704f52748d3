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

    internal override (double Offset, double Factor) ScaleOf(FeatureSummary feature)
    {
        double range = feature.Max - feature.Min, factor = (High - Low) / (range > 0 ? range : 1);
        return (feature.Min - Low / factor, factor);
    }
}
