using Streaming.Learning.Data;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Training;

/// <summary>
/// Runs an <see cref="OrderedPass"/>: one tile is learned at a time, by whichever worker is free. Decoded tiles are gathered into a
/// block in their fixed order, partition after partition; a full block is shuffled and learned while the next one is gathered.
/// Without shuffling a block is one tile.
/// </summary>
sealed class OrderedExecution : AheadExecution
{
    readonly OrderedPass pass;
    readonly int blockTiles;
    readonly BlockShuffle? shuffle;
    List<RowBatch> gathering = [];
    List<RowBatch> learning = [];
    int next;
    bool isLearning;

    // The partition whose turn it is behind the last block that was learned.
    int afterLearned;

    public OrderedExecution(OrderedPass pass, PassInput input)
        : base(input, pass, HeldTilesFor(PassPlan.Of(pass), input.Source, input.Partitions.Count))
    {
        this.pass = pass;
        blockTiles = BlockTilesFor(PassPlan.Of(pass), input.Source, input.Partitions.Count);
        if (pass.WantsShuffledRows)
            shuffle = new BlockShuffle(NewTile(), input.ShuffleSeed);
    }

    /// <summary>Tiles that blocks hold: two blocks, and one for the shuffled rows.</summary>
    public static int HeldTilesFor(PassPlan pass, TileSource source, int partitions) =>
        2 * BlockTilesFor(pass, source, partitions) + (pass.WantsShuffledRows ? 1 : 0);

    public override void Persist(StateStream state)
    {
        base.Persist(state);
        state.Value(ref afterLearned);
        if (state.IsReading)
            next = afterLearned;

        shuffle?.Persist(state);
        pass.Persist(state);
    }

    // The shuffled order of a block is not part of the state, so a block that was begun is learned to its end.
    protected override void ReachSafePoint()
    {
        while (shuffle is { IsDone: false })
            Execute(TakeItem());
    }

    protected override void Learn(WorkItem item)
    {
        RowBatch tile = shuffle == null ? learning[0] : shuffle.NextTile(learning);
        pass.Learn(tile);
        Count(tile.RowCount, pass.Progress);
        if (shuffle is { IsDone: false })
        {
            Enqueue(item);
            return;
        }

        foreach (RowBatch learned in learning)
        {
            MarkUsed(learned);
            afterLearned = (learned.Partition + 1) % PartitionCount;
            Release(learned);
        }

        learning.Clear();
        lock (Gate)
        {
            isLearning = false;
            Schedule();
        }
    }

    protected override void Schedule()
    {
        while (gathering.Count < blockTiles && FindNext())
        {
            if (!IsReady(next))
                return;

            gathering.Add(Take(next));
            FreePlace(next);
            next = (next + 1) % PartitionCount;
        }

        if (isLearning)
            return;

        if (gathering.Count == 0)
        {
            Finish();
            return;
        }

        (gathering, learning) = (learning, gathering);
        isLearning = true;
        Enqueue(new WorkItem(WorkKind.Learn, 0, 0));
    }

    /// <summary>Moves on to the next partition that still has tiles; false when none has.</summary>
    bool FindNext()
    {
        for (int step = 0; step < PartitionCount; step++)
        {
            if (!IsExhausted(next))
                return true;

            next = (next + 1) % PartitionCount;
        }

        return false;
    }

    // At least a tile of every partition, so that far-apart places of the dataset always mix; never dependent on memory or workers.
    static int BlockTilesFor(PassPlan pass, TileSource source, int partitions)
    {
        if (!pass.WantsShuffledRows)
            return 1;

        long byRows = BlockShuffle.Rows / source.BatchSize;
        long byBytes = BlockShuffle.Bytes / ShapeFor(pass, source).Bytes;
        return (int)Math.Max(partitions, Math.Min(byRows, byBytes));
    }
}
