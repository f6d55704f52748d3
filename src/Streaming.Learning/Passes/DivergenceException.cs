namespace Streaming.Learning.Passes;

/// <summary>Training ran away: the weights are no longer finite numbers.</summary>
public sealed class DivergenceException : ArithmeticException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What happened and what to try.</param>
    public DivergenceException(string message)
        : base(message)
    {
    }
}
