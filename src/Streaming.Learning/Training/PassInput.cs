using Streaming.Learning.Data;
using Streaming.Learning.Data.Caching;
using Streaming.Learning.Training.Checkpoints;
using Streaming.Learning.Training.Planning;

namespace Streaming.Learning.Training;

/// <summary>What a pass runs on.</summary>
/// <param name="Source">What to read.</param>
/// <param name="Partitions">The row groups of each partition.</param>
/// <param name="Workers">Threads that decode and learn.</param>
/// <param name="Memory">How many tiles wait, partitions are open and bytes are fetched ahead.</param>
/// <param name="ShuffleSeed">Decides how rows are shuffled; another one for every pass.</param>
/// <param name="Progress">Told of rows and quality.</param>
/// <param name="Checkpoints">Takes checkpoints; null for none.</param>
/// <param name="Cancellation">Ends the pass between two tiles.</param>
sealed record PassInput(
    TileSource Source,
    IReadOnlyList<IReadOnlyList<DatasetRowGroup>> Partitions,
    int Workers,
    PassMemory Memory,
    long ShuffleSeed,
    ProgressMeter Progress,
    Checkpointer? Checkpoints,
    CancellationToken Cancellation)
{
    /// <summary>Where each partition's tiles are cached or to be; null for nowhere.</summary>
    public IReadOnlyList<CachedPartition>? Cache { get; init; }

    /// <summary>Decoded tiles that may wait per partition.</summary>
    public int Depth => Memory.Depth;

    /// <summary>Parts of the columns that several workers decode at once in each partition.</summary>
    public int Parts => Memory.Parts;
}
