namespace Streaming.Learning.State;

/// <summary>A state does not fit what it is read into, or is broken.</summary>
public sealed class StateException : Exception
{
    /// <summary>Creates the exception.</summary>
    public StateException(string message)
        : base(message)
    {
    }
}
