namespace Streaming.Storage;

/// <summary>
/// A file that appears under its name only when it is whole: written beside its target, flushed to disk, then renamed
/// over it. Without <see cref="Commit"/> the target keeps its previous content and nothing is left behind.
/// </summary>
public sealed class AtomicFile : IDisposable
{
    readonly string target;
    readonly string aside;
    readonly FileStream stream;
    bool committed;

    AtomicFile(string target, string aside, FileStream stream)
    {
        this.target = target;
        this.aside = aside;
        this.stream = stream;
    }

    /// <summary>Where to write the content.</summary>
    public Stream Stream => stream;

    /// <summary>Starts to write <paramref name="path"/>.</summary>
    /// <exception cref="IOException">The folder is missing, <paramref name="path"/> is a folder, or writing is not allowed.</exception>
    public static AtomicFile Create(string path)
    {
        // A link keeps pointing where it points; what it points to is replaced.
        string target = File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is { } linked
            ? linked.FullName
            : Path.GetFullPath(path);
        if (Directory.Exists(target))
            throw new IOException($"Wanted a file to write at '{path}', found a folder.");

        if (IsDevicePath(target))
            throw new IOException($"Wanted a file to write at '{path}', found a place of devices; results are whole files.");

        string folder = Path.GetDirectoryName(target)!;
        if (!Directory.Exists(folder))
            throw new IOException($"The folder of '{path}' doesn't exist; create it first.");

        string aside = $"{target}.{Environment.ProcessId}.partial";
        try
        {
            return new AtomicFile(target, aside, new FileStream(aside, FileMode.Create, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"'{path}' can't be written: {e.Message}", e);
        }
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

    /// <summary>Flushes to disk and gives the file its name.</summary>
    public void Commit()
    {
        stream.Flush(flushToDisk: true);
        stream.Dispose();
        File.Move(aside, target, overwrite: true);
        committed = true;
        FolderFlush.Flush(Path.GetDirectoryName(target)!);
    }

    /// <summary>Removes what was written, unless it was committed.</summary>
    public void Dispose()
    {
        if (committed)
            return;

        try
        {
            stream.Dispose();
        }
        finally
        {
            // On a full disk the flush inside Dispose throws; the partial file must go all the same.
            File.Delete(aside);
        }
    }
}
