using System.Globalization;
using Streaming.Storage;

namespace Streaming.Learning.Training.Checkpoints;

/// <summary>
/// The checkpoints of one run: <c>checkpoint-000012.streaming</c> and the one before it, which stays in case that the newest is broken. On a local disk a run
/// holds <c>checkpoint.lock</c> in it, so that no other takes its checkpoints for those of a run that is over.
/// </summary>
/// <param name="store">Where the folder is.</param>
/// <param name="path">The folder.</param>
sealed class CheckpointFolder(FileStore store, string path) : IDisposable
{
    const string Prefix = "checkpoint-";
    const string Extension = ".streaming";
    const string LockName = "checkpoint.lock";
    const int Kept = 2;

    FileLock? held;
    long newest;

    /// <summary>Whether there is a checkpoint.</summary>
    public bool HasAny => NewestFirst().Count > 0;

    /// <summary>Makes the folder where it is missing, takes it, and clears it of what a killed process left half written.</summary>
    /// <exception cref="IOException">It can't be made or written to, or another run has it.</exception>
    public void Prepare()
    {
        try
        {
            store.CreateFolder(path);
            held = store.TryLock(FileStore.Combine(path, LockName))
                ?? throw new IOException($"another run that is not over writes its own there (and holds {LockName}). Give each run a folder of its own.");
            foreach (StoredFile partial in store.FindIn(path, $"{Prefix}*{Extension}.*.partial"))
                store.Delete(partial.Name);

            foreach ((long number, _) in NewestFirst().Take(1))
                newest = number;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"Folder '{path}' can't be used for checkpoints: {e.Message}", e);
        }
    }

    /// <summary>Refuses a folder that holds checkpoints.</summary>
    /// <exception cref="ArgumentException">It does.</exception>
    public void RequireEmpty()
    {
        if (newest > 0)
        {
            throw new ArgumentException(
                $"Folder '{path}' holds checkpoints of a run that is not finished. Go on with it (--resume), give another folder, or delete "
                + $"{Prefix}*{Extension} in it.");
        }
    }

    /// <summary>Opens the newest checkpoint that is whole; null when there is none at all.</summary>
    /// <param name="notices">Told of those that are not.</param>
    /// <exception cref="CheckpointException">All are broken.</exception>
    public CheckpointFile? OpenNewest(IProgress<string>? notices)
    {
        string problems = "";
        foreach ((_, StoredFile file) in NewestFirst())
        {
            try
            {
                CheckpointFile opened = CheckpointFile.Open(file);
                notices?.Report($"resuming from '{file.Name}'");
                return opened;
            }
            catch (InvalidDataException e)
            {
                string problem = $"checkpoint '{file.Name}' is broken: {e.Message}";
                notices?.Report($"warning: {problem}; it is skipped");
                problems += $" {problem}.";
            }
        }

        return problems == ""
            ? null
            : throw new CheckpointException($"No checkpoint in '{path}' is whole, so the run can't be resumed:{problems} Start anew in another folder.");
    }

    /// <summary>Writes the next checkpoint; older ones than the last two go when it is whole.</summary>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">It can't be written; those that were stay as they are.</exception>
    public void Add(Action<Stream> write)
    {
        string name = FileStore.Combine(path, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{newest + 1:D6}{Extension}"));
        try
        {
            using AtomicFile file = store.Create(name);
            write(file.Stream);
            file.Commit();
            newest++;
            foreach ((_, StoredFile old) in NewestFirst().Skip(Kept))
                store.Delete(old.Name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string before = newest > 0 ? " The one before it is whole; the run can be resumed from there." : "";
            throw new IOException($"Checkpoint '{name}' can't be written: {e.Message}{before}", e);
        }
    }

    /// <summary>Removes all checkpoints, and the folder if nothing else is in it; what another run has taken over stays.</summary>
    public void Remove()
    {
        if (!store.HasFolder(path))
            return;

        using (FileLock? own = store.TryLock(FileStore.Combine(path, LockName)))
        {
            if (own == null)
                return;

            foreach ((_, StoredFile file) in NewestFirst())
                store.Delete(file.Name);
        }

        store.DeleteIfEmpty(path);
    }

    /// <summary>Leaves the folder to other runs.</summary>
    public void Dispose() => held?.Dispose();

    List<(long Number, StoredFile File)> NewestFirst() =>
    [
        .. store.FindIn(path, $"{Prefix}*{Extension}")
            .Select(f => (Number: NumberOf(f.Name), File: f))
            .Where(f => f.Number > 0)
            .OrderByDescending(f => f.Number),
    ];

    static long NumberOf(string file) =>
        long.TryParse(Path.GetFileNameWithoutExtension(file)[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : 0;
}
