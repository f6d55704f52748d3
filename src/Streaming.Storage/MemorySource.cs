namespace Streaming.Storage;

/// <summary>Bytes that are in memory already.</summary>
public sealed class MemorySource : ByteRangeSource
{
    readonly ReadOnlyMemory<byte> bytes;

    /// <summary>Wraps <paramref name="bytes"/> without copying them.</summary>
    public MemorySource(string name, ReadOnlyMemory<byte> bytes)
        : base(name, bytes.Length) => this.bytes = bytes;

    /// <summary>Nothing has to be kept open.</summary>
    public override IDisposable Hold(bool isReadThrough = false) => Stream.Null;

    /// <inheritdoc/>
    protected override void ReadCore(long offset, Span<byte> destination) =>
        bytes.Span.Slice((int)offset, destination.Length).CopyTo(destination);
}
