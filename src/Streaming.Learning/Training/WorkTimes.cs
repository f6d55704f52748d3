using System.Diagnostics;

namespace Streaming.Learning.Training;

/// <summary>
/// What workers spend their time on, summed over all of them: two looks at the clock per tile tell. Reading from storage happens while
/// decoding and is taken off it.
/// </summary>
public sealed class WorkTimes
{
    readonly SharedCount decode = new();
    long busy;
    long all;
    long storage;
    long waiting;

    /// <summary>Waiting for bytes from storage.</summary>
    public TimeSpan Storage => Stopwatch.GetElapsedTime(0, Interlocked.Read(ref storage) + Interlocked.Read(ref waiting));

    /// <summary>Decompressing and decoding.</summary>
    public TimeSpan Decode => Stopwatch.GetElapsedTime(0, Math.Max(0, decode.Value - Interlocked.Read(ref storage)));

    /// <summary>Learning, and shuffling rows for it.</summary>
    public TimeSpan Learn => Stopwatch.GetElapsedTime(0, Math.Max(0, Interlocked.Read(ref busy) - decode.Value));

    /// <summary>Waiting for others: of what can be done at once, nothing was left.</summary>
    public TimeSpan Idle => Stopwatch.GetElapsedTime(0, Math.Max(0, Interlocked.Read(ref all) - Interlocked.Read(ref busy) - Interlocked.Read(ref waiting)));

    /// <summary>The four times with their names.</summary>
    public IReadOnlyList<(string Kind, TimeSpan Time)> ByKind =>
        [("storage", Storage), ("decode", Decode), ("learn", Learn), ("idle", Idle)];

    /// <summary>
    /// What a faster one of would have helped most: <c>storage</c>, <c>decode</c> or <c>learn</c>. Workers are idle when decoded tiles wait for
    /// a learner that takes one after another, so that time counts for it.
    /// </summary>
    public string BoundedBy =>
        Storage >= Decode && Storage >= Learn + Idle ? "storage" : Decode >= Learn + Idle ? "decode" : "learn";

    internal void AddDecode(long ticks) => decode.Add(ticks);

    internal void AddWorker(long allTicks, long busyTicks)
    {
        Interlocked.Add(ref all, allTicks);
        Interlocked.Add(ref busy, busyTicks);
    }

    /// <summary>Adds time in which a worker had nothing to do until bytes arrive.</summary>
    internal void AddWaiting(long ticks) => Interlocked.Add(ref waiting, ticks);

    internal void AddStorage(long ticks) => Interlocked.Add(ref storage, ticks);

    internal void Add(WorkTimes pass)
    {
        decode.Add(pass.decode.Value);
        busy += pass.busy;
        all += pass.all;
        storage += pass.storage;
        waiting += pass.waiting;
    }
}
