using System.Diagnostics;

namespace Streaming.Storage;

/// <summary>
/// The bytes of one stored object, read by range. The length is fixed when the source is opened; reads may run on
/// several threads at once.
/// </summary>
public abstract class ByteRangeSource : IDisposable
{
    long bytesRead;
    long requests;
    long readTicks;

    /// <summary>Creates a source.</summary>
    /// <param name="name">The name that error messages use: a path or a URL.</param>
    /// <param name="length">Length in bytes.</param>
    protected ByteRangeSource(string name, long length)
    {
        Name = name;
        Length = length;
    }

    /// <summary>The path or URL that error messages use.</summary>
    public string Name { get; }

    /// <summary>Length in bytes when the source was opened.</summary>
    public long Length { get; }

    /// <summary>Bytes handed out so far by <see cref="Read"/> and <see cref="TryLend"/>.</summary>
    public long BytesRead => Interlocked.Read(ref bytesRead);

    /// <summary>Calls of <see cref="Read"/> so far, and of <see cref="TryLend"/> that lent.</summary>
    public long Requests => Interlocked.Read(ref requests);

    /// <summary>Time that those callers have waited so far, in ticks of <see cref="Stopwatch"/>, all threads together.</summary>
    public long ReadTicks => Interlocked.Read(ref readTicks);

    /// <summary>Fills <paramref name="destination"/> with the bytes from <paramref name="offset"/> on.</summary>
    /// <exception cref="IOException">The range leaves the source, or the storage could not deliver all of it.</exception>
    public void Read(long offset, Span<byte> destination)
    {
        if (offset < 0 || offset > Length - destination.Length)
        {
            throw new IOException(
                $"Wanted bytes {offset} to {offset + destination.Length} of '{Name}', which has {Length} bytes.");
        }

        long began = Stopwatch.GetTimestamp();
        ReadAheadOrNow(offset, destination);
        Count(destination.Length, began);
    }

    /// <summary>Lends bytes where they lie in memory because they were fetched ahead; waits for those that are on their way.</summary>
    /// <param name="offset">Where they start.</param>
    /// <param name="length">How many.</param>
    /// <param name="known">How many of them, from the first on, have been read or lent before: they count once.</param>
    /// <returns>None where they do not lie there in one piece: then they can be read.</returns>
    /// <exception cref="IOException">The storage could not deliver them.</exception>
    public LentBytes TryLend(long offset, int length, int known = 0)
    {
        if (Prefetcher is not { } ahead)
            return default;

        long began = Stopwatch.GetTimestamp();
        LentBytes lent = ahead.TryLend(this, offset, length, known);
        if (lent.AreAny)
            Count(length - known, began);

        return lent;
    }

    /// <summary>Whether it is reached over a network.</summary>
    public virtual bool IsRemote => false;

    /// <summary>
    /// What tells this content from another under the same name: the time of its last change, or its ETag; empty where the storage knows nothing
    /// of the kind.
    /// </summary>
    public virtual string Version => "";

    /// <summary>Bytes of it that are kept in memory: all of them, or none.</summary>
    public virtual long HeldBytes => 0;

    /// <summary>Whether every read is a request over a network, so that it pays to fetch ahead (<see cref="Storage.Prefetcher"/>).</summary>
    public bool IsFetched => IsRemote && HeldBytes == 0;

    /// <summary>What has fetched bytes ahead, or null.</summary>
    internal Prefetcher? Prefetcher { get; set; }

    /// <summary>
    /// Keeps open what is costly to open, such as a file, until the result is disposed of. Reading works without; with many
    /// reads to come this saves opening the source for each of them.
    /// </summary>
    /// <param name="isReadThrough">
    /// Whether nearly all that lies between the reads to come is wanted, too, so that it pays to read ahead; counts where this opens the source.
    /// </param>
    public abstract IDisposable Hold(bool isReadThrough = false);

    /// <summary>Fills <paramref name="destination"/>; the range has been checked against <see cref="Length"/>.</summary>
    protected abstract void ReadCore(long offset, Span<byte> destination);

    /// <summary>Fills <paramref name="destination"/> without holding up a thread, where the source can.</summary>
    protected internal virtual Task FetchAsync(long offset, Memory<byte> destination, CancellationToken cancellation)
    {
        ReadCore(offset, destination.Span);
        return Task.CompletedTask;
    }

    void Count(int bytes, long began)
    {
        Interlocked.Add(ref readTicks, Stopwatch.GetTimestamp() - began);
        Interlocked.Add(ref bytesRead, bytes);
        Interlocked.Increment(ref requests);
    }

    void ReadAheadOrNow(long offset, Span<byte> destination)
    {
        while (Prefetcher is { } ahead && destination.Length > 0)
        {
            if (!ahead.TryRead(this, offset, destination, out int count))
                ReadCore(offset, destination[..count]);

            offset += count;
            destination = destination[count..];
        }

        if (destination.Length > 0)
            ReadCore(offset, destination);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the source holds open.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}
