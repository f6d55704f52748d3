using Streaming.Learning.Data;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Training;

/// <summary>
/// Runs an <see cref="OrderedPass"/>: one tile is learned at a time, by whichever workers are free. Decoded tiles are gathered into a
/// block in their fixed order; a full block is shuffled and learned while the next one is gathered. Without shuffling a block is one
/// tile.
/// </summary>
/// <remarks>
/// The order: without shuffling, partition after partition, round by round. With shuffling, always the partition that is least far
/// through its rows, so that all end together: of sorted files, the rows of a larger partition would otherwise be learned alone at the
/// end, and all that the others have taught be forgotten.
/// </remarks>
sealed class OrderedExecution : AheadExecution
{
    readonly OrderedPass pass;
    readonly int blockTiles;
    readonly BlockShuffle? shuffle;
    List<RowBatch> gathering = [];
    List<RowBatch> learning = [];
    int next;
    bool isLearning;

    // The tile that is being learned, the row up to which it is prepared, and parts of the work up to there that are not done.
    RowBatch? current;
    int prepared;
    int partsLeft;

    // The partition whose turn it is behind the last block that was learned.
    int afterLearned;

    // Of each partition the rows that gathered tiles have come to, and rows before each of its row groups, the end included.
    readonly long[] gathered;
    readonly long[][] starts;

    public OrderedExecution(OrderedPass pass, PassInput input)
        : base(input, pass, HeldTilesFor(PassPlan.Of(pass), input.Source, input.Partitions.Count))
    {
        this.pass = pass;
        gathered = new long[Partitions.Count];
        starts = [.. input.Partitions.Select(StartsOf)];
        blockTiles = BlockTilesFor(PassPlan.Of(pass), input.Source, input.Partitions.Count);
        if (pass.WantsShuffledRows)
            shuffle = new BlockShuffle(Partitions.NewTile(), input.ShuffleSeed);
    }

    /// <summary>Tiles that blocks hold: two blocks, and one for the shuffled rows.</summary>
    public static int HeldTilesFor(PassPlan pass, TileSource source, int partitions) =>
        2 * BlockTilesFor(pass, source, partitions) + (pass.WantsShuffledRows ? 1 : 0);

    public override void Persist(StateStream state)
    {
        base.Persist(state);
        state.Value(ref afterLearned);
        if (state.IsReading)
        {
            next = afterLearned;
            for (int p = 0; p < Partitions.Count; p++)
                gathered[p] = RowsBehind(p, Used(p));
        }

        shuffle?.Persist(state);
        pass.Persist(state);
    }

    // The shuffled order of a block is not part of the state, so a block that was begun is learned to its end.
    protected override void ReachSafePoint()
    {
        while (current != null || shuffle is { IsDone: false })
            Execute(Crew.TakeItem());
    }

    // The first part of a tile prepares and calls for the others; the last one that is done ends what was prepared, or the tile.
    protected override void Learn(WorkItem item)
    {
        if (item.Part == 0)
        {
            if (current == null)
                (current, prepared) = (shuffle == null ? learning[0] : shuffle.NextTile(learning), 0);

            prepared = pass.Prepare(current, prepared);
            partsLeft = pass.Parts;
            for (int part = 1; part < pass.Parts; part++)
                Crew.Enqueue(item with { Part = part });
        }

        pass.Learn(current!, item.Part);
        if (Interlocked.Decrement(ref partsLeft) > 0)
            return;

        if (prepared < current!.RowCount)
            Crew.Enqueue(item with { Part = 0 });
        else
            EndTile(current);
    }

    void EndTile(RowBatch tile)
    {
        current = null;
        Count(tile.RowCount, pass.Progress);
        if (shuffle is { IsDone: false })
        {
            Crew.Enqueue(new WorkItem(WorkKind.Learn, 0, 0));
            return;
        }

        foreach (RowBatch learned in learning)
        {
            MarkUsed(learned);
            afterLearned = (learned.Partition + 1) % Partitions.Count;
            Partitions.Release(learned);
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
            ThrowIfFailed(next);
            if (!IsReady(next))
                return;

            gathering.Add(Take(next));
            gathered[next] = RowsBehind(next, gathering[^1].End);
            FreePlace(next);
            next = (next + 1) % Partitions.Count;
        }

        if (isLearning)
            return;

        if (gathering.Count == 0)
        {
            Crew.Finish();
            return;
        }

        (gathering, learning) = (learning, gathering);
        isLearning = true;
        Crew.Enqueue(new WorkItem(WorkKind.Learn, 0, 0));
    }

    /// <summary>Moves on to the next partition that still has tiles; false when none has.</summary>
    bool FindNext()
    {
        if (shuffle != null)
            return FindLeastFar();

        for (int step = 0; step < Partitions.Count; step++)
        {
            if (!IsExhausted(next))
                return true;

            next = (next + 1) % Partitions.Count;
        }

        return false;
    }

    bool FindLeastFar()
    {
        double least = double.PositiveInfinity;
        for (int p = 0; p < Partitions.Count; p++)
        {
            double share = (double)gathered[p] / starts[p][^1];
            if (!IsExhausted(p) && share < least)
                (least, next) = (share, p);
        }

        return least < double.PositiveInfinity;
    }

    long RowsBehind(int partition, TileEnd end) => starts[partition][end.Position.RowGroup] + end.Position.Row;

    static long[] StartsOf(IReadOnlyList<DatasetRowGroup> rowGroups)
    {
        var starts = new long[rowGroups.Count + 1];
        for (int g = 0; g < rowGroups.Count; g++)
            starts[g + 1] = starts[g] + rowGroups[g].RowCount;

        return starts;
    }

    // At least a tile of every partition, so that far-apart places of the dataset always mix; never dependent on memory or workers.
    static int BlockTilesFor(PassPlan pass, TileSource source, int partitions)
    {
        if (!pass.WantsShuffledRows)
            return 1;

        long byRows = BlockShuffle.Rows / source.BatchSize;
        long byBytes = BlockShuffle.Bytes / PartitionReaders.ShapeFor(pass, source).Bytes;
        return (int)Math.Max(partitions, Math.Min(byRows, byBytes));
    }
}
