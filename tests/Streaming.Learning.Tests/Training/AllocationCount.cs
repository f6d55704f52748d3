namespace Streaming.Learning.Tests.Training;

/// <summary>
/// Counts tiles, and those since the one before which the thread that uses them has taken something from the heap. Tiles, not bytes: what is no matter of
/// tiles may fall on the thread now and then, such as a listener that another test sets on the meters.
/// </summary>
sealed class AllocationCount
{
    long before;
    int thread;

    public int Tiles { get; private set; }

    public int Allocating { get; private set; }

    /// <summary>A tile has been used.</summary>
    public void Next()
    {
        long now = GC.GetAllocatedBytesForCurrentThread();
        Tiles++;
        if (thread == Environment.CurrentManagedThreadId && now > before)
            Allocating++;

        (thread, before) = (Environment.CurrentManagedThreadId, now);
    }
}
