namespace Streaming.Storage;

/// <summary>
/// Fetches ranges before they are read, for several readers at once, under one limit of memory. Each reader has a lane; the lane that is
/// least ahead goes first. What was not fetched in time for lack of memory is read when it is wanted, so a reader never waits for others.
/// </summary>
/// <remarks>
/// Sources ask here for every range that is read of them (<see cref="TryRead"/>). Bytes are dropped once they have been read, or when
/// their reader has moved on.
/// </remarks>
public sealed class Prefetcher : IDisposable
{
    /// <summary>
    /// Most requests at once: what a link of 10 Gbit/s and 60 ms to the first byte takes of ranges of half a megabyte. Memory and the
    /// server's answers limit it further.
    /// </summary>
    internal const int MostRequests = 160;

    readonly BufferPool pool;
    readonly long limit;
    readonly CancellationTokenSource stop;
    readonly FetchLanes lanes;
    readonly FetchedParts parts;
    readonly Func<FetchedPart, long, bool> isTime;
    readonly List<FetchedPart> leaving = [];
    readonly List<Task> searches = [];
    long held;
    int running;

    // Requests for what open lanes begin with.
    int beginnings;

    /// <summary>Creates a prefetcher without lanes.</summary>
    /// <param name="pool">Where the memory comes from.</param>
    /// <param name="limit">Most bytes of it.</param>
    /// <param name="openLanes">Lanes that are read at once; a later one is fetched for when all of one of them is asked for.</param>
    /// <param name="cancellation">Ends all requests.</param>
    /// <param name="window">What earlier ones have found out; null for the first.</param>
    public Prefetcher(BufferPool pool, long limit, int openLanes, CancellationToken cancellation, FetchWindow? window = null)
    {
        this.pool = pool;
        this.limit = limit;
        lanes = new FetchLanes(openLanes);
        parts = new FetchedParts(this);
        isTime = IsTime;
        Window = window ?? new FetchWindow();
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
    }

    internal Lock Gate { get; } = new();

    internal FetchWindow Window { get; }

    /// <summary>Adds a lane behind the others.</summary>
    /// <param name="groups">Groups of ranges that its reader will read.</param>
    /// <param name="rangesOf">Gives the ranges of a group in the order of use; asked once for each, when its turn comes.</param>
    public FetchLane Add(int groups, Func<int, IReadOnlyList<FetchRange>> rangesOf) =>
        AddPlanned(groups, group => new FetchPlan(rangesOf(group)));

    /// <summary>Adds a lane behind the others, of groups whose ranges may show only while they are fetched.</summary>
    /// <param name="groups">Groups of ranges that its reader will read.</param>
    /// <param name="planOf">Gives the ranges of a group; asked once for each, when its turn comes.</param>
    public FetchLane AddPlanned(int groups, Func<int, FetchPlan> planOf)
    {
        var lane = new FetchLane(this, groups, planOf);
        lock (Gate)
            lanes.Add(lane);

        return lane;
    }

    /// <summary>Begins to fetch.</summary>
    public void Start()
    {
        lock (Gate)
        {
            Window.Begin();
            lanes.Open();
            Pump();
        }
    }

    /// <summary>Lets as many lanes be read as may be at once. Under <see cref="Gate"/>.</summary>
    internal void OpenLanes() => lanes.Open();

    /// <summary>Reads what has been fetched, or is on its way, or can be asked for now.</summary>
    /// <param name="source">The source.</param>
    /// <param name="offset">Where to read.</param>
    /// <param name="destination">Receives as much as there is in one part.</param>
    /// <param name="count">Bytes that were read; when none were, bytes that the source must read itself.</param>
    /// <returns>Whether any were read.</returns>
    internal bool TryRead(ByteRangeSource source, long offset, Span<byte> destination, out int count)
    {
        FetchedPart? part;
        lock (Gate)
        {
            part = parts.At(source, offset, destination.Length, out count);
            if (part == null)
                return false;

            if (!TryUse(part))
            {
                MarkRead(part, offset, count);
                return false;
            }
        }

        try
        {
            part.Read(offset, destination[..count]);
        }
        finally
        {
            lock (Gate)
            {
                MarkRead(part, offset, count);
                EndUse(part);
            }
        }

        return true;
    }

    /// <summary>Lends what has been fetched, or is on its way, or can be asked for now; none where it is not in one part.</summary>
    /// <param name="source">The source.</param>
    /// <param name="offset">Where it starts.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="known">How many of them, from the first on, count as read already.</param>
    internal LentBytes TryLend(ByteRangeSource source, long offset, int length, int known)
    {
        FetchedPart? part;
        lock (Gate)
        {
            part = parts.At(source, offset, length, out int count);
            if (part == null || count < length || !TryUse(part))
                return default;
        }

        bool isLent = false;
        try
        {
            part.Wait();
            isLent = true;
            return new LentBytes(this, part, offset);
        }
        finally
        {
            lock (Gate)
            {
                // Read, as far as asking for what comes next is concerned; the memory is kept all the same.
                MarkRead(part, offset + known, length - known);
                if (!isLent)
                    EndUse(part);

                Pump();
            }
        }
    }

    /// <summary>Ends a loan.</summary>
    internal void TakeBack(FetchedPart part)
    {
        lock (Gate)
            EndUse(part);
    }

    /// <summary>Asks for what memory has room for. Under <see cref="Gate"/>.</summary>
    internal void Pump()
    {
        while (running < MostRequests && !stop.IsCancellationRequested && lanes.Least(isTime) is { } lane && TryBegin(lane.Peek()!))
        {
        }
    }

    /// <summary>Notes what must be over before this is disposed of. Under <see cref="Gate"/>.</summary>
    internal Task Track(Task search)
    {
        searches.RemoveAll(s => s.IsCompleted);
        searches.Add(search);
        return search;
    }

    /// <summary>Makes a planned part known. Under <see cref="Gate"/>.</summary>
    internal void Register(FetchedPart part) => parts.Add(part);

    /// <summary>Takes the memory of a part back, at once or when its request and its readers are done. Under <see cref="Gate"/>.</summary>
    internal void Free(FetchedPart part)
    {
        parts.Remove(part);
        leaving.Add(part);
        if (part.Arrival is { IsCompleted: false })
            part.GiveUp();

        DropIfUnused(part);
    }

    /// <summary>Ends the requests and gives the memory back.</summary>
    public void Dispose()
    {
        Task[] arrivals;
        lock (Gate)
        {
            stop.Cancel();
            lanes.End();
            arrivals = [.. leaving.Where(p => p.Arrival != null).Select(p => p.Arrival!), .. searches];
        }

        // The requests write into memory of the pool, and searches read of it, so they must be over. What became of them does not matter any more.
        Task.WhenAll(arrivals).ContinueWith(_ => { }, TaskScheduler.Default).GetAwaiter().GetResult();
        lock (Gate)
        {
            foreach (FetchedPart part in leaving.ToArray())
                DropIfUnused(part);

            parts.LeaveSources();
        }

        stop.Dispose();
    }

    // Notes that somebody reads the part, which stays then; not so where there is no memory to ask for it.
    bool TryUse(FetchedPart part)
    {
        if (part.Arrival == null && !TryBegin(part))
            return false;

        part.Readers++;
        if (!part.Arrival!.IsCompleted)
            Window.Await();

        return true;
    }

    void EndUse(FetchedPart part)
    {
        part.Readers--;
        DropIfUnused(part);
        Pump();
    }

    // Whoever reads has one part and the next, however much the others have. Of a server that is near all come through the same wire, and what is
    // asked for later would only hold up what readers wait for at first.
    bool IsTime(FetchedPart part, long ahead)
    {
        if (beginnings > 0 && !part.Lane.IsFresh && Window.IsNear)
            return false;

        long size = BufferPool.RoundUp(part.Range.Length);
        return ahead <= size || Window.HasRoom(held + size);
    }

    void MarkRead(FetchedPart part, long offset, int count)
    {
        Window.Read(count);
        part.Unread -= part.Range.WantedIn(offset, count);
        if (part.Unread <= 0)
            part.Lane.Release(part);
    }

    bool TryBegin(FetchedPart part)
    {
        long size = BufferPool.RoundUp(part.Range.Length);
        if (held + size > limit || TryRent(part.Range.Length) is not { } buffer)
            return false;

        int beginning = part.Lane is { IsFresh: true, IsOpen: true } ? 1 : 0;
        held += size;
        running++;
        beginnings += beginning;
        part.Lane.Held += size;
        part.Begin(buffer, Window, stop.Token);
        part.Lane.Began(part);
        part.Arrival!.ContinueWith(_ => End(part, beginning), TaskScheduler.Default);
        return true;
    }

    // Where pages are larger than was planned for, readers need what was left for fetching ahead, and fetch for themselves.
    NativeBuffer? TryRent(int bytes)
    {
        try
        {
            return pool.Rent(bytes, "bytes fetched ahead");
        }
        catch (MemoryBudgetException)
        {
            return null;
        }
    }

    void End(FetchedPart part, int beginning)
    {
        lock (Gate)
        {
            running--;
            beginnings -= beginning;
            DropIfUnused(part);
            Pump();
        }
    }

    // A request writes into the memory, and readers read of it, until they are done.
    void DropIfUnused(FetchedPart part)
    {
        if (!part.IsReleased || part.Readers > 0 || part.Arrival is { IsCompleted: false } || !leaving.Remove(part))
            return;

        held -= part.Buffer?.Length ?? 0;
        part.Dispose();
    }
}
