using System.Globalization;
using Streaming.Parquet;
using Streaming.Storage;

namespace Streaming.Learning.Training.Planning;

/// <summary>What a training run will do and take, known from the footers before a row is read.</summary>
/// <param name="Files">Files.</param>
/// <param name="RowGroups">Row groups that are read; those that statistics rule out are none of them.</param>
/// <param name="Rows">Rows in the footers.</param>
/// <param name="RowsToRead">Rows of the row groups that are read.</param>
/// <param name="Features">Features.</param>
/// <param name="Classes">Classes of the target that memory is planned for: known for booleans, at most as many as a column of whole numbers has room for, otherwise taken to be two; null without classes.</param>
/// <param name="Partitions">Partitions.</param>
/// <param name="Workers">Threads.</param>
/// <param name="Budget">The memory budget in bytes; <see cref="long.MaxValue"/> without one.</param>
/// <param name="FooterBytes">Memory that the files' footers take, and small files in S3 that come whole with theirs.</param>
/// <param name="Passes">The passes, in their order.</param>
public sealed record TrainingPlan(
    int Files,
    int RowGroups,
    long Rows,
    long RowsToRead,
    int Features,
    int? Classes,
    int Partitions,
    int Workers,
    long Budget,
    long FooterBytes,
    IReadOnlyList<PlannedPass> Passes)
{
    /// <summary>Whether tiles are cached; null where that was not asked for.</summary>
    public CachePlan? Cache { get; init; }

    /// <summary>How many of the files are in S3.</summary>
    public int RemoteFiles { get; init; }

    /// <summary>
    /// Memory that the run takes: the footers, what the estimator holds, which may outlive a pass, and the working memory of the pass that
    /// takes most.
    /// </summary>
    public long Bytes => FooterBytes + StateBytes + Passes.Max(p => p.Memory.Working);

    /// <summary>Memory for what the estimator holds, in the pass in which it holds most.</summary>
    public long StateBytes => Passes.Max(p => p.Memory.States);

    /// <summary>Whether the tiles of a pass of learning are cached.</summary>
    internal bool IsCached(Passes.Pass pass) => CachedTiles.Contains(pass.NeedsDoubles);

    /// <summary>Whether tiles that are cached have features as doubles; empty where none are cached.</summary>
    internal IReadOnlyList<bool> CachedTiles { get; init; } = [];

    /// <summary>Refuses a run that can't fit into its memory.</summary>
    /// <exception cref="MemoryBudgetException">It can't: says what would do, and which options make it smaller.</exception>
    public void EnsureFits()
    {
        if (Bytes > Budget)
            throw Passes.MaxBy(p => p.Memory.Working)!.Refuse(Budget, FooterBytes + StateBytes);
    }
}

/// <summary>A pass of a plan.</summary>
/// <param name="Purpose">What it is for.</param>
/// <param name="Least">How often it is run at least.</param>
/// <param name="Most">How often it is run at most; null where nobody knows.</param>
/// <param name="Rows">Rows that it reads.</param>
/// <param name="Requests">What it asks of storage, unless rows that are left out spare some of it.</param>
/// <param name="Memory">Memory that it takes.</param>
public sealed record PlannedPass(string Purpose, int Least, int? Most, long Rows, ReadRequests Requests, PassMemory Memory)
{
    /// <summary>What to say when the pass does not fit.</summary>
    /// <param name="budget">The memory budget.</param>
    /// <param name="held">What else counts against it: the estimator's states, footers.</param>
    internal MemoryBudgetException Refuse(long budget, long held) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"The pass '{Purpose}' needs {Memory.Working + held:N0} bytes at least, the memory budget is {budget:N0}: the columns of {Memory.OpenPartitions} open partitions take {Memory.Readers:N0}, tiles {Memory.Tiles + Memory.Shuffle:N0}, what the estimator holds, and footers, {held:N0}. Give at least {Memory.Working + held:N0} bytes (--memory), or use {Remedy(held)}."));

    // What helps with the part that takes most.
    string Remedy(long held)
    {
        long tiles = Memory.Tiles + Memory.Shuffle;
        if (Memory.Readers >= Math.Max(tiles, held))
        {
            string fewer = Memory.Depth > 0 ? "fewer --partitions, " : "";
            return $"{fewer}fewer features (--features, --exclude), or files with smaller pages (streaming convert --row-group-size)";
        }

        return tiles >= held
            ? "a smaller --batch-size, fewer --partitions or fewer features (--features, --exclude)"
            : "fewer --partitions or fewer features (--features, --exclude)";
    }
}
