using Streaming.Learning.Training.Checkpoints;
using Streaming.Storage;

namespace Streaming.Learning.Training;

/// <summary>Where a run writes down how far it is, and when, so that it can be resumed after it was killed or cancelled.</summary>
/// <param name="Folder">
/// A folder for the checkpoints of one run; made when it is missing. On a local disk a second run is refused there as long as the first goes on; S3 knows no
/// locks, so there the caller must see to it.
/// </param>
public sealed record CheckpointOptions(string Folder)
{
    /// <summary>When there is one. Default: every minute.</summary>
    public CheckpointInterval Every { get; init; } = CheckpointInterval.OfTime(TimeSpan.FromMinutes(1));

    /// <summary>
    /// Whether to go on from the newest checkpoint that is whole; without one the run starts anew. If this is not asked for, a folder
    /// that holds checkpoints is refused. Default: false.
    /// </summary>
    public bool Resume { get; init; }

    /// <summary>Where the folder is; the caller keeps it. Default: a local disk, or S3 as the environment says.</summary>
    public FileStore Store { get; init; } = FileStore.Default;

    /// <summary>Whether there is a checkpoint in the folder now.</summary>
    public bool HasCheckpoint
    {
        get
        {
            using var folder = new CheckpointFolder(Store, Folder);
            return folder.HasAny;
        }
    }

    /// <summary>
    /// Removes the checkpoints, but for those that another run has taken up by now. The run leaves that to its caller: they are needed until the model is
    /// saved.
    /// </summary>
    /// <exception cref="IOException">They can't be removed.</exception>
    public void Remove()
    {
        using var folder = new CheckpointFolder(Store, Folder);
        folder.Remove();
    }
}
