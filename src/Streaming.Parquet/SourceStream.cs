using Streaming.Storage;

namespace Streaming.Parquet;

/// <summary>A source as the read-only, seekable stream that Parquet.Net wants.</summary>
sealed class SourceStream(ByteRangeSource source) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => source.Length;

    public override long Position { get; set; }

    public override int Read(Span<byte> buffer)
    {
        int n = (int)Math.Clamp(source.Length - Position, 0, buffer.Length);
        source.Read(Math.Min(Position, source.Length), buffer[..n]);
        Position += n;
        return n;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Task.FromResult(Read(buffer.AsSpan(offset, count)));

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => Length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException("A source is read-only.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("A source is read-only.");
}
