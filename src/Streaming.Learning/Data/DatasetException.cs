namespace Streaming.Learning.Data;

/// <summary>The data do not fit what was asked of them: says what was wanted, what was found, where, and what to do.</summary>
public sealed class DatasetException : Exception
{
    /// <summary>Creates the exception.</summary>
    public DatasetException(string message)
        : base(message)
    {
    }
}
