namespace Streaming.Learning.Passes;

/// <summary>The workers of a run, for what an estimator computes in memory between passes.</summary>
/// <param name="count">Workers, at least 1.</param>
public sealed class Workers(int count)
{
    readonly ParallelOptions options = new() { MaxDegreeOfParallelism = count };

    /// <summary>
    /// Does the parts of a piece of work side by side, in no order. How many parts there are must not depend on the number of workers, and what they find
    /// must be put together in the order of the parts: then the result is the same for any number of workers.
    /// </summary>
    /// <param name="parts">Parts.</param>
    /// <param name="work">Does a part, given its number; no two at once write to the same memory.</param>
    public void Share(int parts, Action<int> work)
    {
        if (count > 1)
        {
            Parallel.For(0, parts, options, work);
        }
        else
        {
            for (int part = 0; part < parts; part++)
                work(part);
        }

        // What the work reads through pointers, it keeps alive.
        GC.KeepAlive(work);
    }
}
