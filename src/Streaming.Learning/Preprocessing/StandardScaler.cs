using Streaming.Learning.Data;

namespace Streaming.Learning.Preprocessing;

/// <summary>
/// Standardises features: takes off the mean and divides by the standard deviation (ddof 0), like scikit-learn's
/// <c>StandardScaler</c>. It works by scaling: one pass measures the tiles, and what it finds becomes part of the scaling that all
/// later passes decode with. A feature that does not vary is only centred. Rows count by their weights.
/// </summary>
public sealed class StandardScaler : FeatureScaler
{
    const double Rounding = 1e-14;

    /// <inheritdoc/>
    public override string Name => "standard-scaler";

    internal override bool WantsSummaries => false;

    /// <inheritdoc/>
    public override void Validate()
    {
    }

    internal override (double Offset, double Factor) ScaleOf(FeatureSummary feature)
    {
        double noise = Rounding * feature.Mean, variance = feature.PopulationVariance;
        return (feature.Mean, 1 / (feature.Max > feature.Min && variance > noise * noise ? Math.Sqrt(variance) : 1));
    }

    /// <summary>The scaling that standardises the features.</summary>
    /// <param name="moments">What was measured on tiles.</param>
    /// <param name="measuredOn">The scaling of those tiles: the result works on file values, in its place.</param>
    public static FeatureScaling ToScaling(Moments moments, FeatureScaling measuredOn)
    {
        var offset = new double[measuredOn.Count];
        var factor = new double[measuredOn.Count];
        for (int j = 0; j < offset.Length; j++)
        {
            offset[j] = measuredOn.Restore(j, moments.Mean[j]);
            factor[j] = measuredOn.Factor[j] / (Varies(moments, j) ? Math.Sqrt(moments.Variance(j)) : 1);
        }

        return new FeatureScaling(offset, factor);
    }

    // The second test is for weights: rows of weight 0 may differ while all others are equal but for rounding.
    static bool Varies(Moments moments, int feature)
    {
        double noise = Rounding * moments.Mean[feature];
        return moments.Maximum[feature] > moments.Minimum[feature] && moments.Variance(feature) > noise * noise;
    }
}
