namespace Streaming.Storage.S3;

/// <summary>An object in S3, read by ranges; every range is asked of the version that was listed, so a replaced object is an error.</summary>
sealed class S3Source(S3Client client, StoredObject item) : ByteRangeSource(item.Address.ToString(), item.Length)
{
    /// <summary>Connections are kept open by the client.</summary>
    public override IDisposable Hold() => Stream.Null;

    /// <inheritdoc/>
    public override bool IsRemote => true;

    /// <inheritdoc/>
    protected internal override Task FetchAsync(long offset, Memory<byte> destination, CancellationToken cancellation) =>
        client.ReadAsync(item, offset, destination, cancellation);

    /// <inheritdoc/>
    protected override unsafe void ReadCore(long offset, Span<byte> destination)
    {
        fixed (byte* start = destination)
        {
            using var memory = new PinnedMemory(start, destination.Length);
            client.ReadAsync(item, offset, memory.Memory, CancellationToken.None).GetAwaiter().GetResult();
        }
    }
}
