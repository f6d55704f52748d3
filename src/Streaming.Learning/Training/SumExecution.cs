using System.Runtime.ExceptionServices;
using Streaming.Learning.Data;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Training;

/// <summary>
/// Runs a <see cref="SumPass"/>: a worker decodes a tile and adds it to its partition's sum while it is still in the cache, and stays with
/// the partition, so that few are open at once. As soon as all that are not done may be open, workers leave theirs for those with more rows
/// left, so that all end together. Where there are fewer partitions than workers, several workers decode the columns of one, while the tiles
/// before are added.
/// </summary>
sealed class SumExecution(SumPass pass, PassInput input)
    : PassExecution(input, pass, TilesFor(input.Partitions.Count, input.Workers, input.Parts))
{
    // Tiles between two looks at how far other partitions are: those counts lie in other cores' caches.
    const int TilesPerLook = 8;

    // Within a row group a worker leaves only for a partition that is behind by at least this part of one.
    const int LeastDifference = 16;

    readonly ISum[] states = [.. input.Partitions.Select(_ => pass.NewState())];
    readonly SharedDecoding[] shared = input.Parts == 1 ? [] : [.. input.Partitions.Select(_ => new SharedDecoding(
        new TileBlock(input.Source.BatchSize, input.Parts), new TileBlock(input.Source.BatchSize, input.Parts)))];
    readonly int parts = input.Parts;
    readonly Lock endGate = new();
    readonly bool[] ended = new bool[input.Partitions.Count];
    readonly ExceptionDispatchInfo?[] errors = new ExceptionDispatchInfo?[input.Partitions.Count];

    // Whether a worker is at a partition; others look at any time, as no result depends on who goes where.
    readonly bool[] isHeld = new bool[input.Partitions.Count];
    readonly int workers = input.Workers;
    readonly int mayBeOpen = input.Memory.OpenPartitions;
    readonly long mostRows = input.Partitions.Max(p => p.Sum(g => g.RowCount));
    int notEnded = input.Partitions.Count;

    /// <summary>
    /// Partitions open at once when memory allows: when the last are begun, all workers but one may be at the end of theirs, and then one
    /// for each worker must be left to share.
    /// </summary>
    public static int OpenFor(int partitions, int workers) => Math.Min(partitions, 2 * workers - 1);

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

    // Where the worker stays with the partition, its windows, its state and the tile lie in that core's cache.
    void AddNext(WorkItem item)
    {
        int partition = item.Partition;
        RowBatch tile = Partitions.NewTile();
        isHeld[partition] = true;
        int tiles = 0;
        try
        {
            do
            {
                if (!TryDecode(partition, tile))
                {
                    End(partition);
                    return;
                }

                states[partition].Add(tile);
                MarkUsed(tile);
                Count(tile.RowCount, null);
            }
            while (!Crew.IsCalledOff && Partitions.WhenReady(partition).IsCompleted && !(IsSharing && IsToLeave(partition, ++tiles)));
        }
        finally
        {
            isHeld[partition] = false;
            Partitions.Release(tile);
        }

        // Those that nobody has begun have no round and go first.
        Crew.Enqueue(item with { Round = IsSharing ? 1 + mostRows - Partitions.RowsLeft(partition) : 0 });
    }

    // Whether the worker at a partition is to go to one that nobody is at and that has more rows left. Coming to another one, it finds none of
    // that one's dictionaries in its cache, which takes as long as some tiles; but at the end of a row group that costs nothing, as new ones come
    // anyway. Within one it goes only where the other, having no fewer rows left than each worker's share of all, would end last.
    bool IsToLeave(int partition, int tiles)
    {
        bool isAtBorder = Used(partition).Position.Row == 0;
        long mine = Partitions.RowsLeft(partition);
        if (mine == 0 || !(isAtBorder || tiles % TilesPerLook == 0))
            return false;

        long all = 0, waiting = 0;
        for (int p = 0; p < ended.Length; p++)
        {
            long left = ended[p] ? 0 : Partitions.RowsLeft(p);
            all += left;
            if (!isHeld[p])
                waiting = Math.Max(waiting, left);
        }

        return isAtBorder ? waiting > mine : waiting - mine > mostRows / LeastDifference && waiting >= all / workers;
    }

    bool TryDecode(int partition, RowBatch tile)
    {
        try
        {
            return Partitions.Decode(partition, tile);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Note(e, partition);
            return false;
        }
    }

    // Whether all partitions that are not done may be open.
    bool IsSharing => Volatile.Read(ref notEnded) <= mayBeOpen;

    // Picks the next rows of a partition, if it is time, and puts their columns to work.
    void DecodeOn(int partition)
    {
        if (shared[partition].TryBegin() is not { } block)
            return;

        RowBatch? unfinished = shared[partition].Unfinished;
        bool any = false;
        try
        {
            any = Partitions.Pick(partition, block, ref unfinished);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Note(e, partition);
        }

        shared[partition].Unfinished = unfinished;
        if (!any)
        {
            if (shared[partition].End(block))
                End(partition);

            return;
        }

        for (int part = 0; part < parts; part++)
            Crew.Enqueue(new WorkItem(WorkKind.Decode, 0, partition, part));
    }

    void DecodePart(WorkItem item)
    {
        SharedDecoding partition = shared[item.Partition];
        TileBlock block = partition.Decoding!;
        try
        {
            if (!Partitions.DecodePart(item.Partition, block, item.Part))
                return;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Note(e, item.Partition);
            if (partition.End(block))
                End(item.Partition);

            return;
        }

        if (partition.EndDecoding(block))
            Crew.Enqueue(new WorkItem(WorkKind.Learn, 0, item.Partition));

        DecodeOn(item.Partition);
    }

    void AddBlock(int partition)
    {
        foreach (RowBatch tile in shared[partition].Adding!.Tiles)
        {
            states[partition].Add(tile);
            MarkUsed(tile);
            Count(tile.RowCount, null);
            Partitions.Release(tile);
        }

        bool isDone = shared[partition].EndAdding(out bool hasNext);
        if (hasNext)
            Crew.Enqueue(new WorkItem(WorkKind.Learn, 0, partition));

        if (isDone)
            End(partition);

        DecodeOn(partition);
    }

    void Note(Exception error, int partition) => errors[partition] = ExceptionDispatchInfo.Capture(error);

    // What went wrong in a partition is thrown when those before it have ended: it is then the first in the order of the data, whichever worker was quicker.
    void End(int partition)
    {
        lock (endGate)
        {
            ended[partition] = true;
            notEnded--;
            for (int p = 0; p < ended.Length; p++)
            {
                if (!ended[p])
                    return;

                errors[p]?.Throw();
            }
        }

        Crew.Finish();
    }

    /// <summary>Merges the sums, in partition order.</summary>
    public void Complete() => pass.Complete(states);
}
