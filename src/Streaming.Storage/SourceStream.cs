namespace Streaming.Storage;

/// <summary>A source as a read-only, seekable stream; each read is one of the source's, so a buffer around it pays.</summary>
/// <param name="source">The source.</param>
/// <param name="ownsSource">Whether the source is closed with the stream.</param>
public sealed class SourceStream(ByteRangeSource source, bool ownsSource = false) : Stream
{
    // Read from first to last, as a rule.
    readonly IDisposable? hold = ownsSource ? source.Hold(isReadThrough: true) : null;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => source.Length;

    /// <inheritdoc/>
    public override long Position { get; set; }

    /// <summary>Where a read that begins before it ends, so that a buffer does not go on into what is not wanted. Default: nowhere.</summary>
    public long End { get; set; } = long.MaxValue;

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        long end = Position < End ? Math.Min(End, source.Length) : source.Length;
        int n = (int)Math.Clamp(end - Position, 0, buffer.Length);
        source.Read(Math.Min(Position, source.Length), buffer[..n]);
        Position += n;
        return n;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Task.FromResult(Read(buffer.AsSpan(offset, count)));

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => Length + offset,
    };

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException("A source is read-only.");

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("A source is read-only.");

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && ownsSource)
        {
            hold?.Dispose();
            source.Dispose();
        }

        base.Dispose(disposing);
    }
}
