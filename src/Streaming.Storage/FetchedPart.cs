using System.Diagnostics;

namespace Streaming.Storage;

/// <summary>A range that is planned, on its way or there. All but the bytes is guarded by the gate of its <see cref="Prefetcher"/>.</summary>
sealed class FetchedPart(FetchLane lane, int group, FetchRange range) : IDisposable
{
    readonly CancellationTokenSource giveUp = new();

    public FetchLane Lane => lane;

    /// <summary>The group of ranges that it is one of, by its number in the lane.</summary>
    public int Group => group;

    public FetchRange Range => range;

    /// <summary>The bytes, from <see cref="Begin"/> on.</summary>
    public NativeBuffer? Buffer { get; private set; }

    /// <summary>Ends when the bytes are there, or can't be had; null before they are asked for.</summary>
    public Task? Arrival { get; private set; }

    /// <summary>Wanted bytes that are still to be read, as often as each of them will be.</summary>
    public long Unread { get; set; } = range.WantedBytes * range.Times;

    /// <summary>Threads that copy bytes out, and readers to which some are lent.</summary>
    public int Readers { get; set; }

    /// <summary>Whether nobody will read any more of it.</summary>
    public bool IsReleased { get; set; }

    /// <summary>Asks for the bytes.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="window">Is told how long it took.</param>
    /// <param name="cancellation">Ends the request.</param>
    public void Begin(NativeBuffer buffer, FetchWindow window, CancellationToken cancellation)
    {
        Buffer = buffer;

        // On a thread of its own, as signing a request takes a while and callers hold the gate.
        Arrival = Task.Run(() => FetchAsync(buffer, window, cancellation), CancellationToken.None);
    }

    /// <summary>Where a byte of the source lies.</summary>
    public unsafe byte* PointerTo(long offset) => Buffer!.Pointer + (offset - range.Start);

    /// <summary>Waits until the bytes are there.</summary>
    /// <exception cref="IOException">They can't be had.</exception>
    public void Wait() => Arrival!.GetAwaiter().GetResult();

    /// <summary>Copies bytes out, once they are there.</summary>
    /// <exception cref="IOException">They can't be had.</exception>
    public unsafe void Read(long offset, Span<byte> destination)
    {
        Wait();
        new ReadOnlySpan<byte>(PointerTo(offset), destination.Length).CopyTo(destination);
    }

    /// <summary>Lets a request go that is still on its way.</summary>
    public void GiveUp() => giveUp.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        Buffer?.Dispose();
        giveUp.Dispose();
    }

    async Task FetchAsync(NativeBuffer buffer, FetchWindow window, CancellationToken cancellation)
    {
        long began = Stopwatch.GetTimestamp();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, giveUp.Token);
        using PinnedMemory memory = Pinned(buffer, range.Length);
        await range.Source.FetchAsync(range.Start, memory.Memory, either.Token).ConfigureAwait(false);
        window.Arrived(range.Length, Stopwatch.GetElapsedTime(began));
    }

    static unsafe PinnedMemory Pinned(NativeBuffer buffer, int length) => new(buffer.Pointer, length);
}
