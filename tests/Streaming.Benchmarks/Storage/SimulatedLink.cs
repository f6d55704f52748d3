using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;

namespace Streaming.Benchmarks.Storage;

/// <summary>
/// A server at the end of a link: every request waits for its first byte, every connection has a bandwidth, and all of them share that of the
/// link. It makes up bytes as they are due, so that what is measured is the client alone.
/// </summary>
/// <param name="firstByte">Time to the first byte.</param>
/// <param name="perConnection">Bytes per second of a connection.</param>
/// <param name="link">Bytes per second of the link.</param>
sealed class SimulatedLink(TimeSpan firstByte, double perConnection, double link) : HttpMessageHandler
{
    readonly Lock gate = new();
    long linkFree = Stopwatch.GetTimestamp();

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        RangeItemHeaderValue range = request.Headers.Range!.Ranges.Single();
        long length = range.To!.Value - range.From!.Value + 1;
        await Task.Delay(firstByte, cancellationToken).ConfigureAwait(false);
        var content = new StreamContent(new Body(this, length));
        content.Headers.ContentLength = length;
        return new HttpResponseMessage(HttpStatusCode.PartialContent) { Content = content, RequestMessage = request };
    }

    // When the link has sent these bytes, after all that it was given before.
    long Reserve(int bytes)
    {
        lock (gate)
        {
            linkFree = Math.Max(linkFree, Stopwatch.GetTimestamp()) + (long)(bytes / link * Stopwatch.Frequency);
            return linkFree;
        }
    }

    sealed class Body(SimulatedLink owner, long length) : Stream
    {
        const int Most = 1024 * 1024;
        static readonly TimeSpan Granularity = TimeSpan.FromMilliseconds(10);

        readonly long total = length;
        long sent;
        long connectionFree = Stopwatch.GetTimestamp();

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => total;

        public override long Position
        {
            get => sent;
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = (int)Math.Min(Math.Min(buffer.Length, Most), total - sent);
            connectionFree = Math.Max(connectionFree + (long)(count / owner.PerConnection * Stopwatch.Frequency), owner.Reserve(count));
            TimeSpan due = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), connectionFree);

            // As buffers on the way do, a few milliseconds of bytes come at once: timers are no finer.
            if (due > Granularity || sent + count == total)
                await Task.Delay(due > TimeSpan.Zero ? due : TimeSpan.Zero, cancellationToken).ConfigureAwait(false);

            sent += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) =>
            ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    double PerConnection => perConnection;
}
