namespace Streaming.Learning.Training;

/// <summary>A count that many workers add to for every tile: in cells a cache line apart, so that they don't take the line from each other.</summary>
sealed class SharedCount
{
    const int Cells = 16;

    // The longs of two lines, as processors fetch pairs of them.
    const int Stride = 16;

    readonly long[] cells = new long[Cells * Stride];

    /// <summary>The sum; exact while nobody adds.</summary>
    public long Value
    {
        get
        {
            long sum = 0;
            for (int i = 0; i < cells.Length; i += Stride)
                sum += Interlocked.Read(ref cells[i]);

            return sum;
        }
    }

    /// <summary>Adds; called by any worker.</summary>
    public void Add(long count) => Interlocked.Add(ref cells[Environment.CurrentManagedThreadId % Cells * Stride], count);

    /// <summary>Begins anew; called while nobody adds.</summary>
    public void Reset(long value = 0)
    {
        Array.Clear(cells);
        cells[0] = value;
    }
}
