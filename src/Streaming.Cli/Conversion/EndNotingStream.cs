namespace Streaming.Cli.Conversion;

/// <summary>
/// Passes reads on to a stream and notes whether its end was met. <see cref="System.IO.Compression.GZipStream"/> goes on to the end unless
/// bytes follow a member that do not begin another one: there it stops, without a word.
/// </summary>
sealed class EndNotingStream(Stream source) : Stream
{
    /// <summary>Whether a read found that nothing is left.</summary>
    public bool HasMetEnd { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => source.Length;

    public override long Position
    {
        get => source.Position;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        int read = source.Read(buffer);
        HasMetEnd |= read == 0 && !buffer.IsEmpty;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            source.Dispose();

        base.Dispose(disposing);
    }
}
