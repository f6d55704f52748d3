namespace Streaming.Storage;

/// <summary>
/// A file that only one holds at a time, in this process or another; it goes when it is let go. The system lets go of it for a process that is killed.
/// S3 has no such thing: there everybody holds it.
/// </summary>
public sealed class FileLock : IDisposable
{
    readonly FileStream? held;

    FileLock(FileStream? held) => this.held = held;

    /// <summary>A lock where there are none.</summary>
    internal static FileLock OfEverybody() => new(null);

    /// <summary>Takes the lock; null when another holds it.</summary>
    /// <exception cref="IOException">The file can't be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It is not allowed to.</exception>
    internal static FileLock? TryTake(string path)
    {
        try
        {
            return new(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose));
        }
        catch (IOException) when (File.Exists(path))
        {
            // It is there, and may be opened: so it is held.
            return null;
        }
    }

    /// <summary>Lets go.</summary>
    public void Dispose() => held?.Dispose();
}
