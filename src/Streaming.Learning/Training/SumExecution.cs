using Streaming.Learning.Data;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Training;

/// <summary>
/// Runs a <see cref="SumPass"/>: a worker decodes a tile and adds it to its partition's sum while it is still in the cache. Partitions
/// that have begun go before others, so no more of them are open at once than there are workers. Where there are fewer partitions than
/// workers, several workers decode the columns of one, while the tiles before are added.
/// </summary>
sealed class SumExecution(SumPass pass, PassInput input)
    : PassExecution(input, pass, TilesFor(input.Partitions.Count, input.Workers, input.Parts))
{
    readonly ISum[] states = [.. input.Partitions.Select(_ => pass.NewState())];
    readonly SharedDecoding[] shared = input.Parts == 1 ? [] : [.. input.Partitions.Select(_ => new SharedDecoding(
        new TileBlock(input.Source.BatchSize, input.Parts), new TileBlock(input.Source.BatchSize, input.Parts)))];
    readonly int parts = input.Parts;
    int running = input.Partitions.Count;

    /// <summary>Tiles in use at once: one per busy worker; of a partition that is shared two blocks, and one between row groups.</summary>
    public static int TilesFor(int partitions, int workers, int parts) =>
        parts == 1 ? Math.Min(partitions, workers) : partitions * (2 * TileBlock.MostTiles + 1);

    public override void Persist(StateStream state)
    {
        base.Persist(state);
        foreach (ISum sum in states)
            sum.Persist(state);
    }

    protected override void Execute(WorkItem item)
    {
        if (shared.Length == 0)
            AddNext(item);
        else if (item.Kind == WorkKind.Learn)
            AddBlock(item.Partition);
        else if (shared[item.Partition].Decoding == null)
            DecodeOn(item.Partition);
        else
            DecodePart(item);
    }

    void AddNext(WorkItem item)
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

    // Picks the next rows of a partition, if it is time, and puts their columns to work.
    void DecodeOn(int partition)
    {
        if (shared[partition].TryBegin() is not { } block)
            return;

        RowBatch? unfinished = shared[partition].Unfinished;
        bool any = Pick(partition, block, ref unfinished);
        shared[partition].Unfinished = unfinished;
        if (!any)
        {
            EndIf(shared[partition].End(block));
            return;
        }

        for (int part = 0; part < parts; part++)
            Enqueue(new WorkItem(WorkKind.Decode, 0, partition, part));
    }

    void DecodePart(WorkItem item)
    {
        SharedDecoding partition = shared[item.Partition];
        TileBlock block = partition.Decoding!;
        if (!DecodePart(item.Partition, block, item.Part))
            return;

        if (partition.EndDecoding(block))
            Enqueue(new WorkItem(WorkKind.Learn, 0, item.Partition));

        DecodeOn(item.Partition);
    }

    void AddBlock(int partition)
    {
        foreach (RowBatch tile in shared[partition].Adding!.Tiles)
        {
            states[partition].Add(tile);
            MarkUsed(tile);
            Count(tile.RowCount, null);
            Release(tile);
        }

        bool isDone = shared[partition].EndAdding(out bool hasNext);
        if (hasNext)
            Enqueue(new WorkItem(WorkKind.Learn, 0, partition));

        EndIf(isDone);
        DecodeOn(partition);
    }

    void EndIf(bool isPartitionDone)
    {
        if (isPartitionDone && Interlocked.Decrement(ref running) == 0)
            Finish();
    }

    /// <summary>Merges the sums, in partition order.</summary>
    public void Complete() => pass.Complete(states);
}
