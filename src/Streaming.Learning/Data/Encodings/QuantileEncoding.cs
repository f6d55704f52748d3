using MathNet.Numerics.Distributions;
using Streaming.Parquet;

namespace Streaming.Learning.Data.Encodings;

/// <summary>How values are distributed that a <see cref="QuantileEncoding"/> gives.</summary>
public enum OutputDistribution
{
    /// <summary>Evenly from 0 to 1.</summary>
    Uniform,

    /// <summary>As the standard normal distribution, cut off at ±5.2.</summary>
    Normal,
}

/// <summary>
/// One feature: the share of the training rows whose value is below a row's, interpolated between known quantiles; or the value of the normal
/// distribution that has that share below it. As scikit-learn's <c>QuantileTransformer</c> computes it. A missing value stays one.
/// </summary>
public sealed class QuantileEncoding : RawEncoding
{
    internal const string KindName = "quantile";

    // scikit-learn's BOUNDS_THRESHOLD: so near to the smallest and largest value, values count as those.
    internal const double Threshold = 1e-7;

    // scipy's norm.ppf of that threshold less the spacing of 1, and of what is left to 1.
    internal const double LowestNormal = -5.199337582605575;
    internal const double HighestNormal = 5.19933758270342;

    readonly double[] quantiles;

    /// <summary>Creates an encoding.</summary>
    /// <param name="quantiles">Quantiles of evenly spaced shares from 0 to 1, ascending; at least one.</param>
    /// <param name="output">How values are to be distributed.</param>
    /// <exception cref="ArgumentException">The quantiles are none.</exception>
    public QuantileEncoding(ReadOnlySpan<double> quantiles, OutputDistribution output)
    {
        this.quantiles = quantiles.ToArray();
        Output = output;
        for (int i = 0; i < quantiles.Length; i++)
        {
            if (!double.IsFinite(quantiles[i]) || (i > 0 && quantiles[i] < quantiles[i - 1]))
                throw new ArgumentException("Wanted finite quantiles in ascending order, found others.");
        }

        if (quantiles.Length == 0)
            throw new ArgumentException("Wanted at least one quantile, found none.");
    }

    /// <summary>The quantiles of evenly spaced shares.</summary>
    public ReadOnlySpan<double> Quantiles => quantiles;

    /// <summary>How values are distributed.</summary>
    public OutputDistribution Output { get; }

    /// <inheritdoc/>
    public override string Kind => KindName;

    /// <inheritdoc/>
    public override int Count => 1;

    internal override string Wants => "numbers";

    /// <inheritdoc/>
    public override IReadOnlyList<string> NamesFor(string column) => [column];

    /// <summary>What a value becomes.</summary>
    public double Transform(double value)
    {
        if (double.IsNaN(value))
            return value;

        double near = Output == OutputDistribution.Normal ? Threshold : 0;
        double share = value - near < quantiles[0] || value == quantiles[0] ? 0
            : value + near > quantiles[^1] || value == quantiles[^1] ? 1
            : Share(value);
        return Output == OutputDistribution.Uniform ? share
            : share <= 0 ? LowestNormal
            : share >= 1 ? HighestNormal
            : Math.Clamp(Normal.InvCDF(0, 1, share), LowestNormal, HighestNormal);
    }

    // Of a value that several quantiles have, the middle of their shares.
    double Share(double value)
    {
        double step = 1.0 / (quantiles.Length - 1);
        int first = LowerBound(value), behind = first;
        if (quantiles[first] != value)
            return (first - 1 + (value - quantiles[first - 1]) / (quantiles[first] - quantiles[first - 1])) * step;

        while (behind < quantiles.Length && quantiles[behind] == value)
            behind++;

        return 0.5 * (first + behind - 1) * step;
    }

    // The first quantile that is not below the value, which lies between the first and the last.
    int LowerBound(double value)
    {
        int low = 0, high = quantiles.Length - 1;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (quantiles[middle] < value)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    internal override bool Accepts(DatasetColumn column) => column.Kind is ColumnKind.Number or ColumnKind.Boolean;

    internal override ColumnEncoder NewEncoder() => new Encoder(this);

    sealed class Encoder(QuantileEncoding encoding) : NumberEncoder
    {
        public override void Encode(ReadOnlySpan<double> values, DatasetColumn column, FeatureWriter features)
        {
            for (int i = 0; i < values.Length; i++)
                features.Set(i, 0, encoding.Transform(values[i]));
        }
    }
}
