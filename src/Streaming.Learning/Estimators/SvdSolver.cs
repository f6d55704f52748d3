namespace Streaming.Learning.Estimators;

/// <summary>How principal components are found.</summary>
public enum SvdSolver
{
    /// <summary><see cref="Full"/>, or <see cref="Randomized"/> where few components are wanted and the covariance would take more than half of the memory.</summary>
    Auto,

    /// <summary>From the whole covariance, exact, in one pass.</summary>
    Full,

    /// <summary>From the range that a few random directions find, in two passes or more, without the covariance.</summary>
    Randomized,
}
