namespace Streaming.Learning.Numerics;

/// <summary>
/// Weight, mean and squared deviations of numbers, merged as in Chan, Golub, LeVeque, "Updating formulae and a pairwise algorithm for
/// computing sample variances" (1979), so numbers that are large beside their spread keep their digits.
/// </summary>
/// <param name="Weight">Sum of the weights.</param>
/// <param name="Mean">Weighted mean.</param>
/// <param name="Squares">Weighted sum of the squared distances from the mean.</param>
readonly record struct WeightedMoments(double Weight, double Mean, double Squares)
{
    /// <summary>The moments of these numbers and the others together.</summary>
    internal WeightedMoments Merge(WeightedMoments other)
    {
        if (other.Weight == 0)
            return this;

        double total = Weight + other.Weight;
        double distance = other.Mean - Mean, share = other.Weight / total;
        return new WeightedMoments(total, Mean + distance * share, Squares + other.Squares + distance * distance * Weight * share);
    }
}
