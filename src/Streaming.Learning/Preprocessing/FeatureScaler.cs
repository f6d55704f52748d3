using Streaming.Learning.Data;

namespace Streaming.Learning.Preprocessing;

/// <summary>
/// A step that takes a number off every feature and multiplies by another. It works by scaling: one pass measures the features, and what it finds
/// becomes part of the scaling that all later passes decode with.
/// </summary>
public abstract class FeatureScaler : Transformer
{
    /// <summary>Whether quantiles or exact bounds are wanted, so that moments do not do.</summary>
    internal virtual bool WantsSummaries => true;

    /// <summary>What is taken off a feature, and what it is multiplied by then.</summary>
    internal abstract (double Offset, double Factor) ScaleOf(FeatureSummary feature);

    /// <summary>The scaling of all features.</summary>
    internal FeatureScaling ToScaling(IReadOnlyList<FeatureSummary> features)
    {
        (double Offset, double Factor)[] scales = [.. features.Select(ScaleOf)];
        return new FeatureScaling([.. scales.Select(s => s.Offset)], [.. scales.Select(s => s.Factor)]);
    }
}
