namespace Streaming.Learning.Preprocessing;

/// <summary>
/// Takes off every feature's median and divides by the distance of two quantiles, so that a few extreme values do not matter, like scikit-learn's
/// <c>RobustScaler</c>. Quantiles come from a sketch (<see cref="Data.QuantileSketch"/>): exact up to 2,048 values, then their rank is within 0.24 % of
/// the one asked for. A feature whose two quantiles are equal is only centred.
/// </summary>
public sealed class RobustScaler : FeatureScaler
{
    /// <inheritdoc/>
    public override string Name => "robust-scaler";

    /// <summary>The lower quantile, in per cent. Default: 25.</summary>
    public double LowQuantile { get; init; } = 25;

    /// <summary>The upper quantile, in per cent. Default: 75.</summary>
    public double HighQuantile { get; init; } = 75;

    /// <inheritdoc/>
    public override void Validate()
    {
        if (!(LowQuantile >= 0 && LowQuantile < HighQuantile && HighQuantile <= 100))
        {
            throw new ArgumentException(
                $"Parameters low-quantile and high-quantile of robust-scaler: wanted per cents from 0 to 100, the lower one first, found {LowQuantile} and {HighQuantile}.");
        }
    }

    internal override (double Offset, double Factor) ScaleOf(FeatureSummary feature)
    {
        double[] quantiles = feature.Quantiles([0.5, LowQuantile / 100, HighQuantile / 100]);
        double range = quantiles[2] - quantiles[1];
        return (quantiles[0], 1 / (range > 0 ? range : 1));
    }
}
