using Streaming.Storage.S3;

namespace Streaming.Storage;

/// <summary>A file, as it was found.</summary>
public sealed class StoredFile
{
    // What is read from first to last comes in requests of this size.
    const int StreamBytes = 8 * 1024 * 1024;

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

    /// <summary>Opens it for reading from its start; of S3, the version that was found.</summary>
    /// <exception cref="IOException">It can't be opened.</exception>
    public Stream OpenRead()
    {
        if (item != null)
            return new BufferedStream(new SourceStream(Open(), ownsSource: true), (int)Math.Clamp(item.Length, 1, StreamBytes));

        try
        {
            return File.OpenRead(Name);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"'{Name}' can't be read: {e.Message}", e);
        }
    }
}
