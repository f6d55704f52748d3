using System.Diagnostics;

namespace Streaming.Storage.Tests.S3.Proxy;

/// <summary>A network link: how long the first byte of an answer takes, and how fast bytes come on one connection and on all of them together.</summary>
/// <param name="firstByte">Time to the first byte of an answer.</param>
/// <param name="perConnection">Bytes per second on one connection.</param>
/// <param name="total">Bytes per second on all connections.</param>
sealed class Link(TimeSpan firstByte, double perConnection, double total)
{
    // Waits shorter than this are saved up: timers are no finer.
    static readonly long Grain = Stopwatch.Frequency / 500;

    readonly Lock gate = new();
    long totalFree;

    public Task FirstByteAsync(CancellationToken cancellation) => Task.Delay(firstByte, cancellation);

    /// <summary>A connection over this link.</summary>
    public Lane NewLane() => new(this);

    long Take(long laneFree, int bytes)
    {
        long now = Stopwatch.GetTimestamp();
        lock (gate)
        {
            totalFree = Math.Max(totalFree, now - Grain) + (long)(bytes / total * Stopwatch.Frequency);
            return Math.Max(totalFree, Math.Max(laneFree, now - Grain) + (long)(bytes / perConnection * Stopwatch.Frequency));
        }
    }

    /// <summary>One connection.</summary>
    public sealed class Lane(Link link)
    {
        long free;

        /// <summary>Waits until a number of bytes may have come.</summary>
        public async ValueTask PassAsync(int bytes, CancellationToken cancellation)
        {
            free = link.Take(free, bytes);
            long wait = free - Stopwatch.GetTimestamp();
            if (wait > Grain)
                await Task.Delay(Stopwatch.GetElapsedTime(0, wait), cancellation);
        }
    }
}
