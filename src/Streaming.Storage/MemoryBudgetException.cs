namespace Streaming.Storage;

/// <summary>The memory budget does not allow what is needed.</summary>
public sealed class MemoryBudgetException : Exception
{
    /// <summary>Creates the exception from the figures of a request that was refused.</summary>
    public MemoryBudgetException(string purpose, long wanted, long inUse, long limit)
        : base($"Wanted {wanted:N0} bytes for {purpose}; {inUse:N0} of the memory budget of {limit:N0} bytes are in use. "
            + $"Give at least {inUse + wanted:N0} bytes (--memory), or use fewer columns, partitions or rows per batch.")
    {
    }

    /// <summary>Creates the exception with a message of the caller's.</summary>
    public MemoryBudgetException(string message)
        : base(message)
    {
    }
}
