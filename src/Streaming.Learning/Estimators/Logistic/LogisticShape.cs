using Streaming.Learning.Numerics;

namespace Streaming.Learning.Estimators.Logistic;

/// <summary>
/// How the numbers of a logistic regression are laid out: per linear output its intercept, then a coefficient per feature, then zeros up
/// to a multiple of 4. Features count from an origin near their means, so that the intercept hangs on them as little as can be.
/// </summary>
/// <param name="Outputs">Linear outputs: 1 for two classes, else one per class.</param>
/// <param name="HasIntercept">Whether there are intercepts; if not, the origin is 0.</param>
/// <param name="Origin">What is taken off each feature; length: features.</param>
/// <param name="HasAllPairs">Whether the second derivatives of all pairs of numbers are wanted, or only those of each by itself.</param>
sealed record LogisticShape(int Outputs, bool HasIntercept, double[] Origin, bool HasAllPairs)
{
    // Numbers of second derivatives of all pairs of parameters: 4 MB of doubles per partition.
    const long MostCurvature = 1 << 19;

    /// <summary>Features.</summary>
    public int Features => Origin.Length;

    /// <summary>Numbers per output, the filling included.</summary>
    public int Columns => (Features + 1 + CrossProductKernel.Block - 1) / CrossProductKernel.Block * CrossProductKernel.Block;

    /// <summary>Numbers in all.</summary>
    public int Length => Outputs * Columns;

    /// <summary>The layout, with all pairs where they are few enough to be summed.</summary>
    public static LogisticShape Of(int outputs, bool hasIntercept, double[] origin) =>
        new(outputs, hasIntercept, origin, (long)outputs * (outputs + 1) / 2 * (origin.Length + 1) * (origin.Length + 1) <= MostCurvature);

    /// <summary>Whether a number is a coefficient, which the penalty is about.</summary>
    public bool IsCoefficient(int index) => index % Columns >= 1 && index % Columns <= Features;
}
