using Streaming.Learning.Numerics;

namespace Streaming.Learning.Estimators;

/// <summary>The linear scores that tell normal classes of one covariance apart, and the directions that do it.</summary>
/// <param name="Coef">[classes × features].</param>
/// <param name="Intercept">Length: classes.</param>
/// <param name="Center">Mean of the class means, weighted by the priors; length: features.</param>
/// <param name="Scalings">Directions by falling separation of the classes, of unit variance within them; [features × directions].</param>
/// <param name="ExplainedVarianceRatio">Share of each direction in the variance between the classes; length: directions.</param>
sealed record DiscriminantSolution(
    double[] Coef, double[] Intercept, double[] Center, double[] Scalings, double[] ExplainedVarianceRatio)
{
    /// <summary>
    /// Solves as scikit-learn's solver <c>svd</c> does: first to the space in which the classes are spheres of variance 1, then to the
    /// directions in it that the class means span. Its singular values squared are the eigenvalues here.
    /// </summary>
    /// <param name="within">Sums of products of differences from the class means; [features × features].</param>
    /// <param name="means">[classes × features].</param>
    /// <param name="priors">Probabilities of the classes.</param>
    /// <param name="weight">Weight of all rows.</param>
    /// <param name="tol">Least singular value, as a share: 1 in the first step, the largest in the second.</param>
    /// <exception cref="InvalidDataException">Nothing varies within the classes, or nothing between them.</exception>
    public static DiscriminantSolution Of(double[] within, double[] means, double[] priors, double weight, double tol)
    {
        int classes = priors.Length, features = means.Length / classes;
        var center = new double[features];
        for (int i = 0; i < means.Length; i++)
            center[i % features] += priors[i / features] * means[i];

        List<double[]> spheres = Spheres(within, features, weight, classes, tol);
        if (spheres.Count == 0)
            throw new InvalidDataException("Wanted features that vary within the classes by a finite amount, found none. Try other features, or to standardise them (--standardize).");

        // The class means in that space, [classes × directions]; of the products of its rows, which are few, come the directions between.
        double[][] points = [.. Enumerable.Range(0, classes).Select(c =>
            spheres.Select(s => Distance(s, means.AsSpan(c * features, features), center)).ToArray())];
        double[][] weighted = [.. points.Select((p, c) => p.Select(v => v * Math.Sqrt(weight * priors[c] / (classes - 1))).ToArray())];
        var products = new double[classes * classes];
        for (int i = 0; i < products.Length; i++)
            products[i] = Lanes.Dot(weighted[i / classes], weighted[i % classes]);

        (double[] squares, double[] vectors) = SymmetricEigen.Of(products, classes);
        if (!(squares[0] > 0))
            throw new InvalidDataException("Wanted classes whose means differ, found the same means for all.");

        // As the weighted means add up to nothing, they span one direction less than there are classes.
        int most = Math.Min(classes - 1, spheres.Count);
        int kept = squares.Take(most).TakeWhile(s => s > tol * tol * squares[0]).Count();
        var scalings = new double[features * kept];
        for (int k = 0; k < kept; k++)
        {
            for (int s = 0; s < spheres.Count; s++)
            {
                double share = 0;
                for (int c = 0; c < classes; c++)
                    share += vectors[k * classes + c] * weighted[c][s];

                for (int j = 0; j < features; j++)
                    scalings[j * kept + k] += share / Math.Sqrt(squares[k]) * spheres[s][j];
            }
        }

        double total = squares.Take(most).Sum();
        return Scores(means, priors, center, scalings, [.. squares.Take(kept).Select(s => s / total)]);
    }

    /// <summary>Directions, each of unit variance within the classes and independent of the others.</summary>
    static List<double[]> Spheres(double[] within, int features, double weight, int classes, double tol)
    {
        double[] spread = [.. Enumerable.Range(0, features).Select(j => within[j * features + j] > 0 ? Math.Sqrt(within[j * features + j] / weight) : 1)];
        double[] matrix = [.. within.Select((w, i) => w / (weight - classes) / spread[i / features] / spread[i % features])];
        (double[] values, double[] vectors) = SymmetricEigen.Of(matrix, features);
        var directions = new List<double[]>();
        for (int i = 0; i < features && values[i] > tol * tol; i++)
            directions.Add([.. spread.Select((s, j) => vectors[i * features + j] / s / Math.Sqrt(values[i]))]);

        return directions;
    }

    static DiscriminantSolution Scores(double[] means, double[] priors, double[] center, double[] scalings, double[] ratio)
    {
        int classes = priors.Length, features = center.Length, kept = scalings.Length / features;
        var coef = new double[classes * features];
        var intercept = new double[classes];
        for (int c = 0; c < classes; c++)
        {
            Span<double> own = coef.AsSpan(c * features, features);
            intercept[c] = Elementary.Log(priors[c]);
            for (int k = 0; k < kept; k++)
            {
                double place = 0;
                for (int j = 0; j < features; j++)
                    place += (means[c * features + j] - center[j]) * scalings[j * kept + k];

                intercept[c] -= 0.5 * place * place;
                for (int j = 0; j < features; j++)
                    own[j] += place * scalings[j * kept + k];
            }

            intercept[c] -= Lanes.Dot(center, own);
        }

        return new DiscriminantSolution(coef, intercept, center, scalings, ratio);
    }

    static double Distance(double[] direction, ReadOnlySpan<double> point, double[] center)
    {
        double sum = 0;
        for (int j = 0; j < direction.Length; j++)
            sum += direction[j] * (point[j] - center[j]);

        return sum;
    }
}
