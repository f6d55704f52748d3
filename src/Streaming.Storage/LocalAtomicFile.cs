namespace Streaming.Storage;

/// <summary>A file on a local disk, written beside its target, flushed to disk, then renamed over it.</summary>
sealed class LocalAtomicFile : AtomicFile
{
    readonly string target;
    readonly string aside;
    readonly FileStream stream;
    bool committed;

    LocalAtomicFile(string target, string aside, FileStream stream)
    {
        this.target = target;
        this.aside = aside;
        this.stream = stream;
    }

    /// <inheritdoc/>
    public override Stream Stream => stream;

    /// <summary>Starts to write.</summary>
    public static LocalAtomicFile Open(string path)
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
            return new LocalAtomicFile(target, aside, new FileStream(aside, FileMode.Create, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"'{path}' can't be written: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public override void Commit()
    {
        stream.Flush(flushToDisk: true);
        stream.Dispose();
        File.Move(aside, target, overwrite: true);
        committed = true;
        FolderFlush.Flush(Path.GetDirectoryName(target)!);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
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
