namespace Streaming.Learning.Training.Caching;

/// <summary>
/// A folder of cached tiles: per key a folder <c>tiles-…</c> with a file per partition. Nothing else in it is touched.
/// </summary>
/// <param name="path">The folder.</param>
sealed class CacheFolder(string path)
{
    const string Prefix = "tiles-";
    const string Extension = ".tiles";
    const int KeyLetters = 32;

    /// <summary>Where the user's caches are.</summary>
    public static string DefaultPath
    {
        get
        {
            string? caches = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            if (string.IsNullOrEmpty(caches))
            {
                caches = OperatingSystem.IsWindows()
                    ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
                    : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
            }

            return Path.Combine(caches, "streaming", "tiles");
        }
    }

    /// <summary>Bytes that tiles may take if nothing is said: a tenth of what is free on its disk.</summary>
    public long DefaultMostBytes
    {
        get
        {
            // A folder that is still to be made lies where the nearest one above it does.
            string? there = Path.GetFullPath(path);
            while (there != null && !Directory.Exists(there))
                there = Path.GetDirectoryName(there);

            return new DriveInfo(there ?? Path.GetFullPath(path)).AvailableFreeSpace / 10;
        }
    }

    /// <summary>Makes the folder where it is missing, for the user alone, and clears it of what killed runs left half written.</summary>
    /// <exception cref="IOException">It can't be made or written to.</exception>
    public void Prepare()
    {
        try
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(path);
            else
                Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

            string probe = Path.Combine(path, $"{Guid.NewGuid():N}.partial");
            using (File.Create(probe, 1, FileOptions.DeleteOnClose))
            {
            }

            foreach (string partial in Tiles().SelectMany(f => Directory.EnumerateFiles(f, "*.partial")))
                RemoveIfLeft(partial);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"Folder '{path}' can't be used to cache tiles: {e.Message} Give another one (--cache FOLDER), or none.", e);
        }
    }

    /// <summary>The file for the tiles of a partition.</summary>
    public string FileFor(byte[] key, int partition) => Path.Combine(FolderFor(key), $"partition-{partition:D5}{Extension}");

    /// <summary>
    /// Notes that the tiles of a key are used, and makes room beside them: tiles of other keys go, those first that were not used for longest.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="wanted">Bytes that its tiles may come to.</param>
    /// <param name="most">Most bytes of all tiles.</param>
    /// <returns>Bytes of tiles of other keys that stay.</returns>
    public long MakeRoom(byte[] key, long wanted, long most)
    {
        string own = FolderFor(key);
        Directory.CreateDirectory(own);
        Directory.SetLastWriteTimeUtc(own, TimeProvider.System.GetUtcNow().UtcDateTime);
        var others = Tiles().Where(f => f != own).Select(f => (Folder: f, Bytes: BytesIn(f), Used: Directory.GetLastWriteTimeUtc(f))).OrderBy(f => f.Used).ToList();
        long bytes = others.Sum(f => f.Bytes);
        foreach ((string folder, long size, _) in others.TakeWhile(_ => bytes > Math.Max(0, most - wanted)))
        {
            Directory.Delete(folder, recursive: true);
            bytes -= size;
        }

        return bytes;
    }

    string FolderFor(byte[] key) => Path.Combine(path, Prefix + Convert.ToHexStringLower(key)[..KeyLetters]);

    IEnumerable<string> Tiles() => Directory.EnumerateDirectories(path, Prefix + "*");

    static long BytesIn(string folder) => new DirectoryInfo(folder).EnumerateFiles().Sum(f => f.Length);

    // Who writes a file does not share it.
    static void RemoveIfLeft(string partial)
    {
        try
        {
            using var left = new FileStream(partial, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException)
        {
            // Another run is writing it, or has just finished.
        }
    }
}
