namespace Streaming.Storage;

/// <summary>
/// How many bytes pay to be fetched ahead, from what passes over the same files have seen so far. A server that is far takes all that may be held; of one
/// that is near a few ranges are there in time, and memory that was used just now is faster than fresh memory, which the system must find and clear.
/// </summary>
public sealed class FetchWindow
{
    const long First = 32 * 1024 * 1024;
    const long Most = 256 * 1024 * 1024;

    // What is read while a range arrives must be ahead, and as much again several times, as ranges take unequally long. Where all of that is, a
    // better rate would be chance: a reader that waits does so as the machine is busy.
    const double TimesArrival = 4;

    // Of shorter ranges it is not their bytes that take the time.
    const int LeastRange = 1024 * 1024;

    // Less than any server takes to its first byte that is not in the same building, and enough for some megabytes.
    static readonly TimeSpan Near = TimeSpan.FromMilliseconds(25);

    // Shorter turns say nothing on a busy machine.
    static readonly TimeSpan LeastTurn = TimeSpan.FromMilliseconds(50);

    readonly Lock gate = new();
    readonly PayingLimit limit;
    long read;
    TimeSpan fastest;
    bool isNear;
    bool isHeldBack;
    bool hasWaited;

    /// <summary>Creates a window that has seen nothing.</summary>
    public FetchWindow()
        : this(TimeProvider.System)
    {
    }

    /// <summary>The same with a clock, for tests.</summary>
    internal FetchWindow(TimeProvider clock) => limit = new PayingLimit(clock, First, Most, 2);

    /// <summary>Bytes that may be ahead now.</summary>
    internal long Bytes
    {
        get { lock (gate) return limit.Value; }
    }

    /// <summary>Begins a pass.</summary>
    internal void Begin()
    {
        lock (gate)
            BeginTurn();
    }

    /// <summary>Whether there may be so many bytes.</summary>
    internal bool HasRoom(long bytes)
    {
        lock (gate)
        {
            isHeldBack |= bytes > limit.Value;
            return bytes <= limit.Value;
        }
    }

    /// <summary>Notes that a reader must wait.</summary>
    internal void Await()
    {
        lock (gate)
            hasWaited |= isHeldBack;
    }

    /// <summary>Notes how long a range took from being asked for to being there. The fastest counts: the others may have waited for this machine.</summary>
    internal void Arrived(long bytes, TimeSpan time)
    {
        if (bytes < LeastRange)
            return;

        lock (gate)
        {
            fastest = time < fastest ? time : fastest;
            isNear |= time < Near;
        }
    }

    /// <summary>Whether the server has delivered a range so soon that it must be near: then many requests at once bring no more than a few.</summary>
    internal bool IsNear
    {
        get { lock (gate) return isNear; }
    }

    /// <summary>Notes that bytes were read.</summary>
    internal void Read(long count)
    {
        lock (gate)
        {
            limit.Add(count);
            read += count;
            if (read < limit.Value || limit.Elapsed < LeastTurn)
                return;

            double enough = TimesArrival * read / limit.Elapsed.TotalSeconds * fastest.TotalSeconds;
            limit.EndTurn(hasWaited && limit.Value < enough);
            BeginTurn();
        }
    }

    void BeginTurn()
    {
        limit.BeginTurn();
        read = 0;
        fastest = TimeSpan.MaxValue;
        isHeldBack = hasWaited = false;
    }
}
