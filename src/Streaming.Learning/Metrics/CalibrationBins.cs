using System.Globalization;
using Streaming.Learning.State;

namespace Streaming.Learning.Metrics;

/// <summary>
/// How often what was given a probability came true, in ten bins of equal width (i/10, (i+1)/10], as scikit-learn's
/// <c>calibration_curve</c> with <c>n_bins=10, strategy='uniform'</c> has them; and by weight.
/// </summary>
sealed class CalibrationBins : IPersistent
{
    const int Bins = 10;

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

    /// <summary>Adds a row.</summary>
    internal void Add(double probability, bool cameTrue, double weight)
    {
        // The edges are those that numpy's linspace gives, i · 0.1, to the bit: the guess is one too high or too low beside them.
        int bin = Math.Min((int)(probability * Bins), Bins - 1);
        if (bin > 0 && probability <= bin * 0.1)
            bin--;
        else if (bin < Bins - 1 && probability > (bin + 1) * 0.1)
            bin++;

        sums[3 * bin] += weight;
        sums[3 * bin + 1] += weight * probability;
        if (cameTrue)
            sums[3 * bin + 2] += weight;
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
