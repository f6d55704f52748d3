using Streaming.Learning.Data;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Training;

/// <summary>
/// Runs a <see cref="SumPass"/>: a worker decodes a tile and adds it to its partition's sum while it is still in the cache. Partitions
/// that have begun go before others, so no more of them are open at once than there are workers.
/// </summary>
sealed class SumExecution(SumPass pass, PassInput input)
    : PassExecution(input, pass, TilesFor(input.Partitions.Count, input.Workers))
{
    readonly ISum[] states = [.. input.Partitions.Select(_ => pass.NewState())];
    int running = input.Partitions.Count;

    /// <summary>Tiles in use at once: one per busy worker.</summary>
    public static int TilesFor(int partitions, int workers) => Math.Min(partitions, workers);

    public override void Persist(StateStream state)
    {
        base.Persist(state);
        foreach (ISum sum in states)
            sum.Persist(state);
    }

    protected override void Execute(WorkItem item)
    {
        RowBatch? tile = Decode(item.Partition);
        if (tile != null)
        {
            states[item.Partition].Add(tile);
            MarkUsed(tile);
            Count(tile.RowCount, null);
            Release(tile);
            Enqueue(item);
        }
        else if (Interlocked.Decrement(ref running) == 0)
        {
            Finish();
        }
    }

    /// <summary>Merges the sums, in partition order.</summary>
    public void Complete() => pass.Complete(states);
}
