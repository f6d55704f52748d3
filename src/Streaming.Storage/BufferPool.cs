namespace Streaming.Storage;

/// <summary>
/// The one place where memory that scales with data comes from: compressed ranges, pages, dictionaries, tiles. It counts
/// every byte that is out, and what others say that they hold elsewhere, holds the limit that the user set, and hands returned
/// buffers out again, so that a run in its steady state allocates nothing. Safe for use by several threads.
/// </summary>
public sealed class BufferPool : IDisposable
{
    /// <summary>Bytes behind a buffer's end that may be read and written: vector code may run over by one register.</summary>
    public const int Slack = 64;

    // Sizes are rounded up to one of four steps per power of two, so at most a quarter of a buffer is unused.
    readonly Dictionary<long, Stack<NativeBuffer>> free = [];
    readonly BufferBlocks blocks = new();
    readonly Lock gate = new();
    long rented;
    long reserved;
    long idle;
    long peak;
    bool disposed;

    /// <summary>Creates a pool.</summary>
    /// <param name="limit">Most bytes that may be out or kept for reuse at once.</param>
    public BufferPool(long limit = long.MaxValue) => Limit = KeepWithin = limit;

    /// <summary>Most bytes that may be out or kept for reuse at once.</summary>
    public long Limit { get; }

    /// <summary>
    /// Where the pool holds more than this, buffers that came back are freed before new ones are made: so what one pass leaves does not add to what
    /// the next one, of other sizes, takes. Default: the limit.
    /// </summary>
    public long KeepWithin { get; set; }

    /// <summary>Bytes that are out now. Zero after a run, however it ended.</summary>
    public long RentedBytes
    {
        get { lock (gate) return rented; }
    }

    /// <summary>Bytes that are held elsewhere and count against the limit (<see cref="Reserve"/>).</summary>
    public long ReservedBytes
    {
        get { lock (gate) return reserved; }
    }

    /// <summary>Bytes that may still be taken now.</summary>
    public long FreeBytes
    {
        get { lock (gate) return Limit - reserved - rented; }
    }

    /// <summary>Most bytes that the pool ever held: out, kept for reuse or reserved.</summary>
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
                MakeRoom(size, bytes, purpose);
                buffer = new NativeBuffer(this, size, blocks);
            }

            rented += size;
            peak = Math.Max(peak, reserved + rented + idle);
            buffer.MarkRented();
            return buffer;
        }
    }

    /// <summary>
    /// Counts memory that is held elsewhere, such as an estimator's arrays on the .NET heap, until the result is disposed of.
    /// </summary>
    /// <param name="bytes">How much.</param>
    /// <param name="purpose">What the memory is for; used in the error.</param>
    /// <exception cref="MemoryBudgetException">The limit would be passed.</exception>
    public IDisposable Reserve(long bytes, string purpose)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            MakeRoom(bytes, bytes, purpose);
            reserved += bytes;
            peak = Math.Max(peak, reserved + rented + idle);
        }

        return new Reservation(this, bytes);
    }

    internal void Return(NativeBuffer buffer)
    {
        lock (gate)
        {
            rented -= buffer.Length;
            if (disposed)
            {
                buffer.Free(blocks);
                blocks.GiveBack();
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

    /// <summary>The size of the buffer that <see cref="Rent"/> gives for a wanted size: at most a quarter more.</summary>
    public static long RoundUp(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if (bytes <= 1024)
            return 1024;

        long step = (1L << (63 - System.Numerics.BitOperations.LeadingZeroCount((ulong)(bytes - 1)))) / 4;
        return (bytes + step - 1) / step * step;
    }

    void MakeRoom(long size, long bytes, string purpose)
    {
        // The difference, as a sum could be too large for a long.
        long room = Limit - reserved - rented;
        if (size > Math.Min(Limit, KeepWithin) - reserved - rented - idle)
            ReleaseIdle();

        if (size > room)
            throw new MemoryBudgetException(purpose, bytes, reserved + rented, Limit);
    }

    void ReleaseIdle()
    {
        foreach (Stack<NativeBuffer> stack in free.Values)
        {
            while (stack.TryPop(out NativeBuffer? buffer))
                buffer.Free(blocks);
        }

        blocks.GiveBack();
        idle = 0;
    }

    sealed class Reservation(BufferPool pool, long bytes) : IDisposable
    {
        long bytes = bytes;

        public void Dispose()
        {
            lock (pool.gate)
            {
                pool.reserved -= bytes;
                bytes = 0;
            }
        }
    }
}
