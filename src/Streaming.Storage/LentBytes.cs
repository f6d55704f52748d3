namespace Streaming.Storage;

/// <summary>
/// Bytes that were fetched ahead and are read where they lie, without a copy (<see cref="ByteRangeSource.TryLend"/>). The memory is kept until
/// <see cref="Return"/>, which is to be called once.
/// </summary>
public readonly unsafe struct LentBytes
{
    readonly Prefetcher owner;
    readonly FetchedPart part;

    internal LentBytes(Prefetcher owner, FetchedPart part, long offset)
    {
        this.owner = owner;
        this.part = part;
        Pointer = part.PointerTo(offset);
    }

    /// <summary>The first of them; <see cref="BufferPool.Slack"/> bytes behind the last may be read, too.</summary>
    public byte* Pointer { get; }

    /// <summary>Whether there are any.</summary>
    public bool AreAny => Pointer != null;

    /// <summary>Gives them back; nothing where there are none.</summary>
    public void Return() => owner?.TakeBack(part);
}
