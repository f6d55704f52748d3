using Streaming.Storage.S3;

namespace Streaming.Storage;

/// <summary>
/// Where files are: on local disks and, by names such as <c>s3://bucket/folder/file</c>, in S3. Safe for use by several threads.
/// </summary>
public sealed class FileStore : IDisposable
{
    readonly S3Options options;
    readonly Lock gate = new();
    S3Client? client;

    /// <summary>Creates a store; S3 is asked only when a name is one of S3.</summary>
    /// <param name="options">How to reach S3. Default: as the environment says.</param>
    public FileStore(S3Options? options = null) => this.options = options ?? new S3Options();

    /// <summary>Local disks, and S3 as the environment says.</summary>
    public static FileStore Default { get; } = new();

    /// <summary>Requests to S3 so far; null when there was none.</summary>
    public S3Traffic? Traffic
    {
        get { lock (gate) return client?.Traffic; }
    }

    internal S3Client S3
    {
        get { lock (gate) return client ??= new S3Client(options); }
    }

    /// <summary>
    /// Finds the files that paths name, by the rules of <see cref="DatasetPaths.Resolve"/>; those of S3 are prefixes in place of folders.
    /// </summary>
    /// <returns>Each file once, sorted by path (ordinal), so that the order depends on names alone.</returns>
    /// <exception cref="IOException">A path names nothing, or S3 does not answer.</exception>
    /// <exception cref="ArgumentException">A name is none of S3.</exception>
    public IReadOnlyList<StoredFile> Find(IEnumerable<string> paths)
    {
        var files = new SortedDictionary<string, StoredFile>(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            IEnumerable<StoredFile> found = S3Address.IsS3(path)
                ? Stored(S3Listing.FindAsync(S3, path, CancellationToken.None))
                : Local(DatasetPaths.Resolve([path]));
            foreach (StoredFile file in found)
                files.TryAdd(FullName(file.Name), file);
        }

        return [.. files.Values];
    }

    /// <summary>The files in and below a folder or prefix that a glob names, hidden ones left out; none where there is no such folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="pattern">The glob, such as <c>**/*.csv</c>.</param>
    /// <exception cref="IOException">S3 does not answer.</exception>
    public IReadOnlyList<StoredFile> FindIn(string folder, string pattern) =>
        S3Address.IsS3(folder) ? [.. Stored(S3Listing.InFolderAsync(S3, folder, pattern, CancellationToken.None))]
        : Directory.Exists(folder) ? [.. Local(DatasetPaths.InFolder(folder, pattern))]
        : [];

    /// <summary>Whether there is such a folder; in S3, which has none, whether the name can be that of one.</summary>
    public bool HasFolder(string path) => S3Address.IsS3(path) || Directory.Exists(path);

    /// <summary>The file of this name; null when there is none.</summary>
    /// <exception cref="IOException">S3 does not answer.</exception>
    public StoredFile? FindFile(string path)
    {
        if (!S3Address.IsS3(path))
            return File.Exists(path) ? new StoredFile(this, path) : null;

        S3Address address = S3Address.Parse(path);
        return address.Key.Length > 0 && S3.FindAsync(address, CancellationToken.None).GetAwaiter().GetResult() is { } item
            ? new StoredFile(this, path, item)
            : null;
    }

    /// <summary>Opens a file for reading from its start.</summary>
    /// <exception cref="IOException">There is no such file, or it can't be read.</exception>
    public Stream OpenRead(string path) =>
        (FindFile(path) ?? throw new FileNotFoundException($"Wanted a file at '{path}', found none.", path)).OpenRead();

    /// <summary>Starts to write a file, which appears when it is whole.</summary>
    /// <exception cref="IOException">The folder is missing, the name is that of a folder, or writing is not allowed.</exception>
    public AtomicFile Create(string path) => S3Address.IsS3(path) ? new S3AtomicFile(S3, S3Address.Parse(path)) : AtomicFile.Create(path);

    /// <summary>Finds out whether a file can be written, without writing it.</summary>
    /// <exception cref="IOException">It can't.</exception>
    public void CheckWritable(string path)
    {
        using AtomicFile trial = Create(path);
        (trial as S3AtomicFile)?.CheckWritable();
    }

    /// <summary>Makes a folder, with those above it, where it is missing; S3 needs none.</summary>
    /// <returns>The folders that were missing, the innermost first: what to remove if nothing comes of it.</returns>
    public IReadOnlyList<string> CreateFolder(string path)
    {
        if (S3Address.IsS3(path))
            return [];

        List<string> missing = [];
        for (string? folder = Path.GetFullPath(path); folder != null && !Directory.Exists(folder); folder = Path.GetDirectoryName(folder))
            missing.Add(folder);

        Directory.CreateDirectory(path);
        return missing;
    }

    /// <summary>Removes a file, which need not be there.</summary>
    /// <exception cref="IOException">It can't be removed.</exception>
    public void Delete(string path)
    {
        if (S3Address.IsS3(path))
            S3.DeleteAsync(S3Address.Parse(path)).GetAwaiter().GetResult();
        else
            File.Delete(path);
    }

    /// <summary>Takes a lock on a file of this name in a folder that is there; null when another, in this process or another one, holds it.</summary>
    /// <exception cref="IOException">The file can't be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It is not allowed to.</exception>
    public FileLock? TryLock(string path) => S3Address.IsS3(path) ? FileLock.OfEverybody() : FileLock.TryTake(path);

    /// <summary>Removes a folder with nothing in it; S3 has none.</summary>
    public void DeleteIfEmpty(string folder)
    {
        if (!S3Address.IsS3(folder) && Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
            Directory.Delete(folder);
    }

    /// <summary>The name of a file in a folder.</summary>
    public static string Combine(string folder, string name) => S3Address.IsS3(folder) ? $"{folder.TrimEnd('/')}/{name}" : Path.Combine(folder, name);

    /// <summary>The one name of a file that has many: of local paths the absolute one.</summary>
    public static string FullName(string path) => S3Address.IsS3(path) ? S3Address.Parse(path).ToString() : Path.GetFullPath(path);

    IEnumerable<StoredFile> Stored(Task<IReadOnlyList<StoredObject>> found) =>
        found.GetAwaiter().GetResult().Select(o => new StoredFile(this, o.Address.ToString(), o));

    IEnumerable<StoredFile> Local(IReadOnlyList<string> found) => found.Select(n => new StoredFile(this, n));

    /// <summary>Closes connections.</summary>
    public void Dispose()
    {
        lock (gate)
            client?.Dispose();
    }
}
