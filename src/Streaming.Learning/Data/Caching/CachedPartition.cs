using Microsoft.Win32.SafeHandles;

namespace Streaming.Learning.Data.Caching;

/// <summary>The cached tiles of one partition, over the passes of a run: there, or to be written by the next pass, or neither.</summary>
sealed class CachedPartition
{
    readonly string path;
    readonly TileFormat format;
    readonly CacheLedger ledger;
    readonly long mostBytes;
    string? aside;
    long taken;

    /// <summary>Looks whether the tiles are there.</summary>
    /// <param name="path">The file that holds them or is to.</param>
    /// <param name="key">SHA-256 of all that they depend on.</param>
    /// <param name="format">What they hold.</param>
    /// <param name="mostBytes">Bytes that they can come to.</param>
    /// <param name="ledger">Counts what they take.</param>
    public CachedPartition(string path, byte[] key, TileFormat format, long mostBytes, CacheLedger ledger)
    {
        this.path = path;
        Key = key;
        this.format = format;
        this.ledger = ledger;
        this.mostBytes = mostBytes;
        Look();
    }

    /// <summary>All that the tiles depend on.</summary>
    public byte[] Key { get; }

    /// <summary>Whether they are there.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Looks whether the tiles are there: other runs may write and remove them, and so may anybody.</summary>
    public void Look()
    {
        if (!File.Exists(path))
        {
            Forget();
            return;
        }

        using TileFile? file = TryOpen();
        if (file == null)
            return;

        Forget();
        IsWhole = ledger.TryKeep(file.Length);
        if (IsWhole)
            taken = file.Length;
        else
            Remove(path);
    }

    /// <summary>What brings the columns of the partition's rows into tiles: the cache if it has them, otherwise null.</summary>
    public CachedColumns? OpenColumns(TileSource source) => IsWhole ? new CachedColumns(this, source, format) : null;

    /// <summary>What writes the tiles down while they are decoded; null where they are there, or there is no room for them.</summary>
    public TileRecorder? Record(TileSource source)
    {
        if (IsWhole || !ledger.TryTake(mostBytes))
            return null;

        taken = mostBytes;
        try
        {
            return new TileRecorder(this, source, format);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            GiveBack();
            Fail(e);
            return null;
        }
    }

    /// <summary>Opens the file; null where there is none that can be used.</summary>
    public TileFile? TryOpen()
    {
        try
        {
            return TileFile.Open(path, Key);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // Deleted, perhaps in the middle of a run: that is allowed.
            Forget();
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            Discard(e.Message);
        }

        return null;
    }

    /// <summary>Counts bytes read, and the time that it took.</summary>
    public void Read(long bytes, long ticks) => ledger.Read(bytes, ticks);

    /// <summary>Counts that the partition was read to its end.</summary>
    public void EndReading() => ledger.ReadPartition();

    /// <summary>Notes that the file is broken: it goes, and a later pass may write it anew.</summary>
    public void Discard(string why)
    {
        ledger.Broken(path, why);
        Forget();
        Remove(path);
    }

    /// <summary>Notes that the file could not be written: nothing more will be, unless it was only deleted on the way.</summary>
    public void Fail(Exception e)
    {
        if (e is not (FileNotFoundException or DirectoryNotFoundException))
            ledger.End(path, e.Message);
    }

    /// <summary>Creates the file beside its place, under a name of its own, so that runs that share the folder don't meet.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    public SafeFileHandle CreateAside()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        aside = $"{path}.{Environment.ProcessId}-{Guid.NewGuid():N}.partial";

        // Not shared: who cleans the folder sees that somebody is writing.
        return File.OpenHandle(aside, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
    }

    /// <summary>Gives the file that was written aside its name.</summary>
    /// <param name="bytes">Its length.</param>
    /// <exception cref="IOException">It can't be done.</exception>
    public void Commit(long bytes)
    {
        File.Move(aside!, path, overwrite: true);
        ledger.GiveBack(taken - bytes);
        taken = bytes;
        ledger.Wrote(bytes);
        IsWhole = true;
    }

    /// <summary>Removes what was written aside.</summary>
    public void RemoveAside()
    {
        Remove(aside!);
        GiveBack();
    }

    void Forget()
    {
        IsWhole = false;
        GiveBack();
    }

    void GiveBack()
    {
        ledger.GiveBack(taken);
        taken = 0;
    }

    // The run does not depend on it: what can't be removed will be found broken, or be in the way of nobody.
    static void Remove(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }
}
