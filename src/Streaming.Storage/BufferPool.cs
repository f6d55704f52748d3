namespace Streaming.Storage;

/// <summary>
/// The one place where memory that scales with data comes from: compressed ranges, pages, dictionaries, tiles. It counts
/// every byte that is out, holds the limit that the user set, and hands returned buffers out again, so that a run in its
/// steady state allocates nothing. Safe for use by several threads.
/// </summary>
public sealed class BufferPool : IDisposable
{
    /// <summary>Bytes behind a buffer's end that may be read and written: vector code may run over by one register.</summary>
    public const int Slack = 64;

    // Sizes are rounded up to one of four steps per power of two, so at most a quarter of a buffer is unused.
    readonly Dictionary<long, Stack<NativeBuffer>> free = [];
    readonly Lock gate = new();
    long rented;
    long idle;
    long peak;
    bool disposed;

    /// <summary>Creates a pool.</summary>
    /// <param name="limit">Most bytes that may be out or kept for reuse at once.</param>
    public BufferPool(long limit = long.MaxValue) => Limit = limit;

    /// <summary>Most bytes that may be out or kept for reuse at once.</summary>
    public long Limit { get; }

    /// <summary>Bytes that are out now. Zero after a run, however it ended.</summary>
    public long RentedBytes
    {
        get { lock (gate) return rented; }
    }

    /// <summary>Most bytes that the pool ever held, out or kept for reuse.</summary>
    public long PeakBytes
    {
        get { lock (gate) return peak; }
    }

    /// <summary>Hands out a buffer of at least <paramref name="bytes"/> bytes, aligned to 64 bytes, its content undefined.</summary>
    /// <param name="bytes">Wanted size; zero is allowed.</param>
    /// <param name="purpose">What the memory is for; used in the error.</param>
    /// <exception cref="MemoryBudgetException">The limit would be passed.</exception>
    public NativeBuffer Rent(long bytes, string purpose)
    {
        long size = RoundUp(bytes);
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            if (free.TryGetValue(size, out Stack<NativeBuffer>? stack) && stack.TryPop(out NativeBuffer? buffer))
            {
                idle -= size;
            }
            else
            {
                if (rented + idle + size > Limit)
                    ReleaseIdle();

                if (rented + size > Limit)
                    throw new MemoryBudgetException(purpose, bytes, rented, Limit);

                buffer = new NativeBuffer(this, size);
            }

            rented += size;
            peak = Math.Max(peak, rented + idle);
            buffer.MarkRented();
            return buffer;
        }
    }

    internal void Return(NativeBuffer buffer)
    {
        lock (gate)
        {
            rented -= buffer.Length;
            if (disposed)
            {
                buffer.Free();
                return;
            }

            if (!free.TryGetValue(buffer.Length, out Stack<NativeBuffer>? stack))
                free.Add(buffer.Length, stack = new Stack<NativeBuffer>());

            stack.Push(buffer);
            idle += buffer.Length;
        }
    }

    /// <summary>Frees the buffers kept for reuse; those that are out are freed when they come back.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            ReleaseIdle();
        }
    }

    static long RoundUp(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if (bytes <= 1024)
            return 1024;

        long step = (1L << (63 - System.Numerics.BitOperations.LeadingZeroCount((ulong)(bytes - 1)))) / 4;
        return (bytes + step - 1) / step * step;
    }

    void ReleaseIdle()
    {
        foreach (Stack<NativeBuffer> stack in free.Values)
        {
            while (stack.TryPop(out NativeBuffer? buffer))
                buffer.Free();
        }

        idle = 0;
    }
}
