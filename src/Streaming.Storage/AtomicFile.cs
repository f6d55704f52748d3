namespace Streaming.Storage;

/// <summary>
/// A file that appears under its name only when it is whole. Without <see cref="Commit"/> the target keeps its previous content and
/// nothing is left behind.
/// </summary>
public abstract class AtomicFile : IDisposable
{
    /// <summary>Where to write the content.</summary>
    public abstract Stream Stream { get; }

    /// <summary>Starts to write a file on a local disk.</summary>
    /// <exception cref="IOException">The folder is missing, <paramref name="path"/> is a folder, or writing is not allowed.</exception>
    public static AtomicFile Create(string path) => LocalAtomicFile.Open(path);

    /// <summary>Makes what was written last, and gives the file its name.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    public abstract void Commit();

    /// <summary>Removes what was written, unless it was committed.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// Whether a path is where Unix keeps devices. Files are renamed into place: that would not write to /dev/null but, done by root,
    /// replace it for the whole machine. .NET does not tell a device from a file, so the place has to.
    /// </summary>
    internal static bool IsDevicePath(string fullPath) =>
        !fullPath.StartsWith("/dev/shm/", StringComparison.Ordinal)
        && (fullPath.StartsWith("/dev/", StringComparison.Ordinal)
            || fullPath.StartsWith("/proc/", StringComparison.Ordinal)
            || fullPath.StartsWith("/sys/", StringComparison.Ordinal));

    /// <summary>Removes what was written, unless it was committed.</summary>
    protected abstract void Dispose(bool disposing);
}
