namespace Streaming.Learning.Training;

/// <summary>A run can't be resumed: its checkpoints are broken, or the data or the options have changed. Says which, and what to do.</summary>
public sealed class CheckpointException : IOException
{
    /// <summary>Creates the exception.</summary>
    public CheckpointException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
