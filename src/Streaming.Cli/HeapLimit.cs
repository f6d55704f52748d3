using System.Reflection;

namespace Streaming.Cli;

/// <summary>
/// Keeps the .NET heap within the memory budget: what counts against it there - an estimator's states, footers - is counted by the pool,
/// what does not are small objects that the collector can clear away at any time.
/// </summary>
static class HeapLimit
{
    /// <summary>Heap for small objects that depend on no data: a part of <see cref="Output.PeakMemory.RuntimeShare"/>.</summary>
    const long SmallObjects = 64_000_000;

    /// <summary>Sets the limit for a run.</summary>
    /// <param name="budget">The memory budget.</param>
    public static void Set(long budget)
    {
        // A process that is not the command's own, such as that of tests, has other uses for its heap.
        if (Assembly.GetEntryAssembly() != typeof(HeapLimit).Assembly || budget > long.MaxValue - SmallObjects)
            return;

        AppContext.SetData("GCHeapHardLimit", (ulong)(budget + SmallObjects));
        GC.RefreshMemoryLimit();
    }
}
