namespace Streaming.Learning.Data;

/// <summary>
/// How file values become tile values: <c>tile = (value - Offset) * Factor</c> per feature, computed in double while decoding, so
/// that a column whose values are large beside their spread (a timestamp) keeps its digits in float32. Part of every model.
/// </summary>
public sealed class FeatureScaling
{
    readonly double[] offset;
    readonly double[] factor;

    /// <summary>Creates a scaling from one offset and one factor per feature.</summary>
    public FeatureScaling(ReadOnlySpan<double> offset, ReadOnlySpan<double> factor)
    {
        if (offset.Length != factor.Length)
            throw new ArgumentException($"Wanted as many factors as offsets ({offset.Length}), found {factor.Length}.", nameof(factor));

        this.offset = offset.ToArray();
        this.factor = factor.ToArray();
    }

    /// <summary>What is subtracted from each feature; length: features.</summary>
    public ReadOnlySpan<double> Offset => offset;

    /// <summary>What each feature is multiplied by after the subtraction; length: features.</summary>
    public ReadOnlySpan<double> Factor => factor;

    /// <summary>Number of features.</summary>
    public int Count => offset.Length;

    /// <summary>The scaling that leaves values as they are.</summary>
    public static FeatureScaling Identity(int features)
    {
        var ones = new double[features];
        Array.Fill(ones, 1.0);
        return new FeatureScaling(new double[features], ones);
    }

    /// <summary>The user's value of a tile value of one feature.</summary>
    public double Restore(int feature, double tileValue) => tileValue / factor[feature] + offset[feature];
}
