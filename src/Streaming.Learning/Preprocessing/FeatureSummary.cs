using System.Runtime.CompilerServices;
using Streaming.Learning.Data;
using Streaming.Learning.State;

namespace Streaming.Learning.Preprocessing;

/// <summary>
/// What the values of one column are. Mean, standard deviation and skewness are in double, from a tile's own deviations in two sweeps,
/// merged by the formulas of Chan, Golub and LeVeque (1979) and, for the cubes, Pébay, "Formulas for robust, one-pass parallel
/// computation of covariances and arbitrary-order statistical moments" (2008). Quantiles come from a <see cref="QuantileSketch"/>.
/// Missing and infinite values are counted and otherwise left aside.
/// </summary>
public sealed class FeatureSummary : IPersistent
{
    readonly QuantileSketch sketch;
    readonly ValueCounts? counts;
    long count;
    long missing;
    long infinite;
    double weight;
    double mean;
    double squares;
    double cubes;
    double missingWeight;
    double infiniteWeight;

    /// <summary>Creates an empty summary.</summary>
    /// <param name="sketchSize">Size of the sketch (<see cref="QuantileSketch(int)"/>).</param>
    /// <param name="countsValues">Whether the most frequent value is wanted.</param>
    internal FeatureSummary(int sketchSize, bool countsValues = false)
    {
        sketch = new QuantileSketch(sketchSize);
        counts = countsValues ? new ValueCounts() : null;
    }

    /// <summary>Finite values.</summary>
    public long Count => count;

    /// <summary>Values that are null or NaN.</summary>
    public long Missing => missing;

    /// <summary>Values that are infinite.</summary>
    public long Infinite => infinite;

    /// <summary>Weight of the finite values; <see cref="Count"/> where rows have no weights.</summary>
    public double Weight => weight;

    /// <summary>Weight of the missing values.</summary>
    internal double MissingWeight => missingWeight;

    /// <summary>Weight of the infinite values.</summary>
    internal double InfiniteWeight => infiniteWeight;

    /// <summary>The values one by one, where they are counted.</summary>
    internal ValueCounts? Counts => counts;

    /// <summary>Variance of all values there are (divided by <see cref="Weight"/>); 0 without values.</summary>
    internal double PopulationVariance => weight > 0 ? squares / weight : 0;

    /// <summary>Mean; NaN without values.</summary>
    public double Mean => weight > 0 ? mean : double.NaN;

    /// <summary>Standard deviation of a sample (divided by <see cref="Weight"/> - 1); NaN for a weight of 1 or less.</summary>
    public double Std => weight > 1 ? Math.Sqrt(squares / (weight - 1)) : double.NaN;

    /// <summary>
    /// Skewness of a sample, as pandas and DuckDB have it; NaN for a weight of 2 or less and for a column that does not vary.
    /// </summary>
    public double Skewness => weight > 2 && squares > 0
        ? weight / (weight - 1) / (weight - 2) * cubes / (Std * Std * Std)
        : double.NaN;

    /// <summary>Smallest value; NaN without values.</summary>
    public double Min => weight > 0 ? sketch.Minimum : double.NaN;

    /// <summary>Largest value; NaN without values.</summary>
    public double Max => weight > 0 ? sketch.Maximum : double.NaN;

    /// <summary>Whether the quantiles are exact: there were few enough values to hold them all.</summary>
    public bool AreQuantilesExact => sketch.IsExact;

    /// <summary>The values below which shares of the weight lie; NaN without values.</summary>
    public double[] Quantiles(ReadOnlySpan<double> shares) => sketch.Quantiles(shares);

    /// <summary>Adds values.</summary>
    /// <param name="finite">Those that are finite.</param>
    /// <param name="weights">Their weights; empty if each counts once.</param>
    /// <param name="missingValues">How many others were missing.</param>
    /// <param name="infiniteValues">How many others were infinite.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Add(ReadOnlySpan<double> finite, ReadOnlySpan<double> weights, int missingValues, int infiniteValues)
    {
        count += finite.Length;
        missing += missingValues;
        infinite += infiniteValues;
        double tileWeight = 0, sum = 0;
        for (int i = 0; i < finite.Length; i++)
        {
            double w = weights.IsEmpty ? 1 : weights[i];
            tileWeight += w;
            sum += w * finite[i];
        }

        if (tileWeight == 0)
            return;

        double tileMean = sum / tileWeight, tileSquares = 0, tileCubes = 0;
        for (int i = 0; i < finite.Length; i++)
        {
            double deviation = finite[i] - tileMean, weighted = (weights.IsEmpty ? 1 : weights[i]) * deviation * deviation;
            tileSquares += weighted;
            tileCubes += weighted * deviation;
        }

        Merge(tileWeight, tileMean, tileSquares, tileCubes);
        counts?.Add(finite, weights);
        if (weights.IsEmpty)
        {
            sketch.Add(finite);
            return;
        }

        for (int i = 0; i < finite.Length; i++)
            sketch.Add(finite[i], weights[i]);
    }

    /// <summary>Adds rows that have the same value.</summary>
    /// <param name="value">The value; NaN where it is missing.</param>
    /// <param name="valueWeight">Weight of the rows, at least 0.</param>
    internal void AddConstant(double value, double valueWeight)
    {
        if (double.IsNaN(value))
            missingWeight += valueWeight;
        else if (valueWeight > 0)
            Add([value], [valueWeight], 0, 0);
    }

    /// <summary>Adds the weights of values that were missing or infinite.</summary>
    internal void AddWeights(double missingValues, double infiniteValues)
    {
        missingWeight += missingValues;
        infiniteWeight += infiniteValues;
    }

    /// <summary>Adds the values of another summary.</summary>
    internal void Merge(FeatureSummary other)
    {
        count += other.count;
        missing += other.missing;
        infinite += other.infinite;
        missingWeight += other.missingWeight;
        infiniteWeight += other.infiniteWeight;
        sketch.Merge(other.sketch);
        counts?.Merge(other.counts!);
        if (other.weight > 0)
            Merge(other.weight, other.mean, other.squares, other.cubes);
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.Value(ref count);
        state.Value(ref missing);
        state.Value(ref infinite);
        state.Value(ref weight);
        state.Value(ref mean);
        state.Value(ref squares);
        state.Value(ref cubes);
        state.Value(ref missingWeight);
        state.Value(ref infiniteWeight);
        sketch.Persist(state);
        counts?.Persist(state);
    }

    void Merge(double otherWeight, double otherMean, double otherSquares, double otherCubes)
    {
        double total = weight + otherWeight, distance = otherMean - mean;
        double share = weight / total, otherShare = otherWeight / total;
        cubes += otherCubes
            + distance * distance * distance * weight * otherShare * (share - otherShare)
            + 3 * distance * (share * otherSquares - otherShare * squares);
        squares += otherSquares + distance * distance * weight * otherShare;
        mean += distance * otherShare;
        weight = total;
    }
}
