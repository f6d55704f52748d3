using System.Globalization;
using Streaming.Storage;

namespace Streaming.Learning.Training.Checkpoints;

/// <summary>
/// The checkpoints of one run: <c>checkpoint-000012.streaming</c> and the one before it, which stays in case that the newest is broken.
/// </summary>
/// <param name="path">The folder.</param>
sealed class CheckpointFolder(string path)
{
    const string Prefix = "checkpoint-";
    const string Extension = ".streaming";
    const int Kept = 2;

    long newest;

    /// <summary>Whether there is a checkpoint.</summary>
    public bool HasAny => Directory.Exists(path) && NewestFirst().Count > 0;

    /// <summary>Makes the folder where it is missing, and clears it of what a killed process left half written.</summary>
    /// <exception cref="IOException">It can't be made or written to.</exception>
    public void Prepare()
    {
        try
        {
            Directory.CreateDirectory(path);
            foreach (string partial in Directory.EnumerateFiles(path, $"{Prefix}*{Extension}.*.partial"))
                File.Delete(partial);

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
        foreach ((_, string file) in NewestFirst())
        {
            try
            {
                CheckpointFile opened = CheckpointFile.Open(file);
                notices?.Report($"resuming from '{file}'");
                return opened;
            }
            catch (InvalidDataException e)
            {
                string problem = $"checkpoint '{file}' is broken: {e.Message}";
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
        string name = Path.Combine(path, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{newest + 1:D6}{Extension}"));
        try
        {
            using AtomicFile file = AtomicFile.Create(name);
            write(file.Stream);
            file.Commit();
            newest++;
            foreach ((_, string old) in NewestFirst().Skip(Kept))
                File.Delete(old);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string before = newest > 0 ? " The one before it is whole; the run can be resumed from there." : "";
            throw new IOException($"Checkpoint '{name}' can't be written: {e.Message}{before}", e);
        }
    }

    /// <summary>Removes all checkpoints, and the folder if nothing else is in it.</summary>
    public void Remove()
    {
        if (!Directory.Exists(path))
            return;

        foreach ((_, string file) in NewestFirst())
            File.Delete(file);

        if (!Directory.EnumerateFileSystemEntries(path).Any())
            Directory.Delete(path);
    }

    List<(long Number, string File)> NewestFirst() =>
    [
        .. Directory.EnumerateFiles(path, $"{Prefix}*{Extension}")
            .Select(f => (Number: NumberOf(f), File: f))
            .Where(f => f.Number > 0)
            .OrderByDescending(f => f.Number),
    ];

    static long NumberOf(string file) =>
        long.TryParse(Path.GetFileNameWithoutExtension(file)[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : 0;
}
