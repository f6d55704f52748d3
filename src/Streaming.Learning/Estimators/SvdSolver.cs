namespace Streaming.Learning.Estimators;

/// <summary>How principal components are found.</summary>
public enum SvdSolver
{
    /// <summary>The one that fits the number of features: <see cref="Randomized"/> for very wide data of which few components are wanted.</summary>
    Auto,

    /// <summary>From the whole covariance, exact, in one pass.</summary>
    Full,

    /// <summary>From the range that a few random directions find, in two passes or more, without the covariance.</summary>
    Randomized,
}
