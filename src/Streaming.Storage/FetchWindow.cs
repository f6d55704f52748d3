namespace Streaming.Storage;

/// <summary>
/// How many bytes pay to be fetched ahead, from what passes over the same files have seen so far. A server that is far takes all that may be held; of one
/// that is near a few ranges are there in time, and memory that was used just now is faster than fresh memory, which the system must find and clear.
/// </summary>
public sealed class FetchWindow
{
    const long First = 32 * 1024 * 1024;
    const long Most = 256 * 1024 * 1024;

    // Shorter turns say nothing on a busy machine.
    static readonly TimeSpan LeastTurn = TimeSpan.FromMilliseconds(50);

    readonly Lock gate = new();
    readonly PayingLimit limit;
    long read;
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

    /// <summary>Notes that bytes were read.</summary>
    internal void Read(long count)
    {
        lock (gate)
        {
            limit.Add(count);
            read += count;
            if (read < limit.Value || limit.Elapsed < LeastTurn)
                return;

            limit.EndTurn(hasWaited);
            BeginTurn();
        }
    }

    void BeginTurn()
    {
        limit.BeginTurn();
        read = 0;
        isHeldBack = hasWaited = false;
    }
}
