using Streaming.Storage.S3;

namespace Streaming.Storage;

/// <summary>A file, as it was found.</summary>
public sealed class StoredFile
{
    // What is read from first to last comes in requests of this size, or from a local disk in reads of that.
    const int RemoteStreamBytes = 8 * 1024 * 1024;
    const int LocalStreamBytes = 256 * 1024;

    const int TailsAhead = 32;

    readonly FileStore store;
    readonly StoredObject? item;

    internal StoredFile(FileStore store, string name, StoredObject? item = null)
    {
        this.store = store;
        this.item = item;
        Name = name;
    }

    /// <summary>Its path or URL.</summary>
    public string Name { get; }

    /// <summary>Its bytes.</summary>
    public long Length => item?.Length ?? new FileInfo(Name).Length;

    /// <summary>Opens it for reading by ranges; of S3, the version that was found.</summary>
    /// <exception cref="IOException">It can't be opened.</exception>
    public ByteRangeSource Open() => item == null ? LocalFileSource.Open(Name) : new S3Source(store.S3, item);

    /// <summary>Opens files in their order, whose last bytes will be read first: those in S3 are fetched ahead, several at once.</summary>
    /// <param name="files">The files.</param>
    /// <param name="tail">How many bytes.</param>
    /// <param name="held">Bytes of files that may be kept in memory, as they come whole with their last bytes; of the first ones that are so small.</param>
    /// <returns>The files, each opened when its turn comes.</returns>
    /// <exception cref="IOException">A file can't be opened.</exception>
    public static IEnumerable<ByteRangeSource> OpenAll(IReadOnlyList<StoredFile> files, int tail, long held = 0)
    {
        using var stop = new CancellationTokenSource();
        var ahead = new Queue<(ByteRangeSource Source, Task Tail)>();
        try
        {
            for (int next = 0; next < files.Count || ahead.Count > 0;)
            {
                while (next < files.Count && ahead.Count < TailsAhead)
                {
                    ByteRangeSource source = files[next++].Open();
                    bool isHeld = source.IsRemote && source.Length <= Math.Min(tail, held);
                    held -= isHeld ? source.Length : 0;
                    ahead.Enqueue((source, source is S3Source remote ? remote.FetchTailAsync(tail, isHeld, stop.Token) : Task.CompletedTask));
                }

                (ByteRangeSource opened, Task arrival) = ahead.Dequeue();
                arrival.GetAwaiter().GetResult();
                yield return opened;
            }
        }
        finally
        {
            stop.Cancel();
            foreach ((ByteRangeSource source, _) in ahead)
                source.Dispose();
        }
    }

    /// <summary>Opens it for reading from its start; of S3, the version that was found. One that is changed meanwhile is an error.</summary>
    /// <exception cref="IOException">It can't be opened.</exception>
    public Stream OpenRead()
    {
        ByteRangeSource source = Open();
        int size = source.IsRemote ? RemoteStreamBytes : LocalStreamBytes;
        return new BufferedStream(new SourceStream(source, ownsSource: true), (int)Math.Clamp(source.Length, 1, size));
    }
}
