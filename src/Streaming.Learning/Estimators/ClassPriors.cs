using System.Globalization;
using Streaming.Learning.Data;

namespace Streaming.Learning.Estimators;

/// <summary>The probabilities that the classes have before a row is looked at.</summary>
static class ClassPriors
{
    /// <summary>Checks priors that the user gives: above 0, adding up to 1.</summary>
    /// <exception cref="ArgumentException">They are not.</exception>
    public static void Check(string parameter, NumberList? priors)
    {
        if (priors == null)
            return;

        foreach (double prior in priors)
            ParameterCheck.Above(parameter, prior, 0);

        double sum = priors.Sum();
        if (Math.Abs(sum - 1) > 1e-8)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"Parameter {parameter}: wanted numbers that add up to 1, found {priors}, which add up to {sum}."));
        }
    }

    /// <summary>The priors given, or the shares of the classes in the weight of the rows.</summary>
    /// <param name="parameter">Name of the parameter.</param>
    /// <param name="priors">What the user gave, or null.</param>
    /// <param name="target">The classes.</param>
    /// <param name="weights">Weight of the rows of each class.</param>
    /// <exception cref="ArgumentException">There are not as many priors as classes.</exception>
    /// <exception cref="InvalidDataException">A class has no weight, so nothing can be known about it.</exception>
    public static double[] Of(string parameter, NumberList? priors, TargetInfo target, IReadOnlyList<double> weights)
    {
        if (priors != null && priors.Count != target.Classes.Count)
        {
            throw new ArgumentException(
                $"Parameter {parameter}: wanted one for each of the {target.Classes.Count} classes of '{target.Name}', found {priors.Count}.");
        }

        for (int c = 0; c < weights.Count; c++)
        {
            if (!(weights[c] > 0))
            {
                throw new InvalidDataException(
                    $"Class '{target.Classes[c]}' of '{target.Name}': wanted at least one row with a weight above 0 to learn from, found none. "
                    + "Leave the class out (--where), or hold fewer rows out.");
            }
        }

        return priors != null ? [.. priors] : [.. weights.Select(w => w / weights.Sum())];
    }
}
