using Streaming.Learning.Data.Encodings;

namespace Streaming.Learning.Preprocessing;

/// <summary>
/// Makes every column of numbers evenly or normally distributed, by the ranks of its values, like scikit-learn's <c>QuantileTransformer</c>. Quantiles
/// come from a sketch of all training rows (<see cref="Data.QuantileSketch"/>): exact up to 2,048 rows, then their rank is within 0.24 %; scikit-learn takes
/// a sample of 10,000 rows. Features of encoded columns stay as they are.
/// </summary>
public sealed class QuantileTransformer : FeatureTransformer
{
    /// <inheritdoc/>
    public override string Name => "quantile-transformer";

    /// <summary>Quantiles between which values are interpolated, at most as many as rows. Default: 1000.</summary>
    public int NQuantiles { get; init; } = 1000;

    /// <summary>How values are to be distributed. Default: uniform.</summary>
    public OutputDistribution OutputDistribution { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        if (NQuantiles < 2)
            throw new ArgumentException($"Parameter n-quantiles of quantile-transformer: wanted a whole number of at least 2, found {NQuantiles}.");
    }

    /// <summary>How a column is transformed.</summary>
    /// <param name="feature">What its values are, filled ones included.</param>
    internal QuantileEncoding Encode(FeatureSummary feature)
    {
        int count = (int)Math.Min(NQuantiles, feature.Count);
        return new QuantileEncoding(feature.Quantiles([.. Enumerable.Range(0, count).Select(i => (double)i / Math.Max(1, count - 1))]), OutputDistribution);
    }
}
