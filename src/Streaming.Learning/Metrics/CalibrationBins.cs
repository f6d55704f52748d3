using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Streaming.Learning.Numerics;
using Streaming.Learning.State;

namespace Streaming.Learning.Metrics;

/// <summary>
/// How often what was given a probability came true, in ten bins of equal width (i/10, (i+1)/10], as scikit-learn's
/// <c>calibration_curve</c> with <c>n_bins=10, strategy='uniform'</c> has them; and by weight.
/// </summary>
sealed class CalibrationBins : IPersistent
{
    const int Bins = 10;

    // The outermost take what lies beyond.
    static readonly double[] Edges =
    [
        double.NegativeInfinity, .. Enumerable.Range(1, Bins - 1).Select(i => i * 0.1), double.PositiveInfinity,
    ];

    // Weight, weighted sum of the probabilities, and weight of the rows that came true, of each bin.
    readonly double[] sums = new double[3 * Bins];

    /// <summary>
    /// Expected calibration error: the mean over the rows of |how often - how probable| of their bins (Naeini, Cooper, Hauskrecht,
    /// "Obtaining well calibrated probabilities using Bayesian binning", AAAI 2015).
    /// </summary>
    internal double ExpectedError
    {
        get
        {
            double weight = 0, error = 0;
            for (int bin = 0; bin < Bins; bin++)
            {
                weight += sums[3 * bin];
                error += Math.Abs(sums[3 * bin + 2] - sums[3 * bin + 1]);
            }

            return error / weight;
        }
    }

    /// <summary>Adds a row. No branches: nothing about a row can be foreseen.</summary>
    internal void Add(double probability, bool cameTrue, double weight)
    {
        // The edges are those that numpy's linspace gives, i · 0.1, to the bit: the guess is one too high or too low beside them.
        int guess = Math.Min((int)(probability * Bins), Bins - 1);
        int bin = guess + Unsafe.BitCast<bool, byte>(probability > Edges[guess + 1]) - Unsafe.BitCast<bool, byte>(probability <= Edges[guess]);
        Span<double> own = sums.AsSpan(3 * bin, 3);
        own[0] += weight;
        own[1] += weight * probability;
        own[2] += weight * Unsafe.BitCast<bool, byte>(cameTrue);
    }

    /// <summary>Adds the rows of a tile. Bin by bin, eight rows at a time: they would wait for each other where many fall into one bin.</summary>
    /// <param name="probabilities">The probability of each.</param>
    /// <param name="targets">1 for those that came true, 0 for the others.</param>
    /// <param name="weights">The weight of each; empty where all are 1.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Add(ReadOnlySpan<double> probabilities, ReadOnlySpan<double> targets, ReadOnlySpan<double> weights)
    {
        int whole = probabilities.Length & -Vector512<double>.Count;
        for (int bin = 0; bin < Bins; bin++)
        {
            Vector512<double> above = Vector512.Create(Edges[bin]), upTo = Vector512.Create(Edges[bin + 1]), weightSum = default, sum = default, trueSum = default;
            for (int i = 0; i < whole; i += Vector512<double>.Count)
            {
                Vector512<double> probability = Vector512.Create(probabilities[i..]), isIn = Vector512.GreaterThan(probability, above) & Vector512.LessThanOrEqual(probability, upTo);
                Vector512<double> weight = isIn & (weights.IsEmpty ? Vector512<double>.One : Vector512.Create(weights[i..]));
                weightSum += weight;
                sum = Vector512.FusedMultiplyAdd(weight, probability, sum);
                trueSum = Vector512.FusedMultiplyAdd(weight, Vector512.Create(targets[i..]), trueSum);
            }

            sums[3 * bin] += Lanes.Sum(weightSum);
            sums[3 * bin + 1] += Lanes.Sum(sum);
            sums[3 * bin + 2] += Lanes.Sum(trueSum);
        }

        for (int i = whole; i < probabilities.Length; i++)
            Add(probabilities[i], targets[i] == 1, weights.IsEmpty ? 1 : weights[i]);
    }

    /// <summary>Adds the rows of other bins.</summary>
    internal void Merge(CalibrationBins other)
    {
        for (int i = 0; i < sums.Length; i++)
            sums[i] += other.sums[i];
    }

    /// <inheritdoc/>
    public void Persist(StateStream state) => state.Values(sums.AsSpan());

    /// <summary>The curve: a row for each bin that is not empty.</summary>
    internal ScoreTable ToTable(string title) => new(
        "calibration_curve",
        title,
        ["bin", "prob_pred", "prob_true", "weight"],
        [
            .. Enumerable.Range(0, Bins).Where(bin => sums[3 * bin] > 0).Select(bin => (
                string.Create(CultureInfo.InvariantCulture, $"{bin / 10.0:0.0}-{(bin + 1) / 10.0:0.0}"),
                new[] { sums[3 * bin + 1] / sums[3 * bin], sums[3 * bin + 2] / sums[3 * bin], sums[3 * bin] })),
        ]);
}
