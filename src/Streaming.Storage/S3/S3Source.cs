namespace Streaming.Storage.S3;

/// <summary>An object in S3, read by ranges; every range is asked of the version that was listed, so a replaced object is an error.</summary>
sealed class S3Source(S3Client client, StoredObject item) : ByteRangeSource(item.Address.ToString(), item.Length)
{
    // Its last bytes, until they have been read; of a small one all, as long as it is open.
    byte[]? tail;
    bool isHeld;

    /// <inheritdoc/>
    public override bool IsRemote => true;

    /// <inheritdoc/>
    public override string Version => item.ETag;

    /// <inheritdoc/>
    public override long HeldBytes => isHeld ? Length : 0;

    /// <summary>Connections are kept open by the client.</summary>
    public override IDisposable Hold(bool isReadThrough = false) => Stream.Null;

    /// <summary>Fetches the last bytes before they are read.</summary>
    /// <param name="bytes">How many.</param>
    /// <param name="isHeld">Whether they are all there are, and are kept.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task FetchTailAsync(int bytes, bool isHeld, CancellationToken cancellation)
    {
        this.isHeld = isHeld;
        var fetched = new byte[Math.Min(bytes, Length)];
        if (fetched.Length > 0)
            await client.ReadAsync(item, Length - fetched.Length, fetched, cancellation).ConfigureAwait(false);

        tail = fetched;
    }

    /// <inheritdoc/>
    protected internal override Task FetchAsync(long offset, Memory<byte> destination, CancellationToken cancellation) =>
        client.ReadAsync(item, offset, destination, cancellation);

    /// <inheritdoc/>
    protected override unsafe void ReadCore(long offset, Span<byte> destination)
    {
        if ((isHeld ? tail : Interlocked.Exchange(ref tail, null)) is { } last && offset >= Length - last.Length)
        {
            last.AsSpan((int)(offset - Length + last.Length), destination.Length).CopyTo(destination);
            return;
        }

        fixed (byte* start = destination)
        {
            using var memory = new PinnedMemory(start, destination.Length);
            client.ReadAsync(item, offset, memory.Memory, CancellationToken.None).GetAwaiter().GetResult();
        }
    }
}
