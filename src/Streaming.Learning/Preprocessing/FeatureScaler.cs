using Streaming.Learning.Data;

namespace Streaming.Learning.Preprocessing;

/// <summary>
/// A step that takes a number off every feature and multiplies by another. It works by scaling: one pass measures the features, and what it finds
/// becomes part of the scaling that all later passes decode with.
/// </summary>
public abstract class FeatureScaler : FeatureTransformer
{
    /// <summary>Whether quantiles or exact bounds are wanted, so that moments do not do.</summary>
    internal virtual bool WantsSummaries => true;

    /// <summary>What is taken off a feature, and what it is multiplied by then.</summary>
    internal abstract (double Offset, double Factor) ScaleOf(FeatureSummary feature);

    /// <summary>The scaling of all features.</summary>
    /// <param name="scalers">What scales each; null: nothing.</param>
    /// <param name="features">What was measured of each.</param>
    /// <param name="unscaled">The scaling of those that nothing scales.</param>
    internal static FeatureScaling ToScaling(FeatureScaler?[] scalers, IReadOnlyList<FeatureSummary> features, FeatureScaling unscaled) =>
        Combined(scalers, j => scalers[j]!.ScaleOf(features[j]), unscaled);

    /// <summary>One scaling of those that scalers give their features, and of another for the rest.</summary>
    internal static FeatureScaling Combined(FeatureScaler?[] scalers, Func<int, (double Offset, double Factor)> scaleOf, FeatureScaling unscaled)
    {
        (double Offset, double Factor)[] scales =
            [.. scalers.Select((scaler, j) => scaler == null ? (unscaled.Offset[j], unscaled.Factor[j]) : scaleOf(j))];
        return new FeatureScaling([.. scales.Select(s => s.Offset)], [.. scales.Select(s => s.Factor)]);
    }
}
