using Streaming.Learning.Data;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Training;

/// <summary>
/// Runs a <see cref="RoundPass"/>: the tiles of a round are worked on in parallel; when all have contributed, the parameters move and
/// the next round begins. Decoding goes on meanwhile.
/// </summary>
sealed class RoundExecution : AheadExecution
{
    readonly RoundPass pass;
    readonly PartitionState[] states;
    readonly int[] contributors;
    readonly TileEnd[] ends;
    (string Name, double Value)? quality;
    long round;
    bool isEnding;

    public RoundExecution(RoundPass pass, PassInput input)
        : base(input, pass, heldTiles: 0)
    {
        this.pass = pass;
        states = new PartitionState[Partitions.Count];
        contributors = new int[Partitions.Count];
        ends = [.. Enumerable.Range(0, Partitions.Count).Select(_ => new TileEnd())];
        pass.Begin(Partitions.Count);
    }

    /// <summary>Where a partition stands in the current round.</summary>
    enum PartitionState
    {
        Waiting,
        Working,
        Contributed,
        Absent,
    }

    /// <inheritdoc/>
    /// <remarks>The state is that behind the last round that ended; what tiles of the next one have contributed is found again.</remarks>
    public override void Persist(StateStream state)
    {
        base.Persist(state);
        pass.Persist(state);
    }

    /// <summary>Lets the pass finish, once all rounds are over.</summary>
    public void Complete() => pass.Complete();

    protected override void Execute(WorkItem item)
    {
        if (item.Kind == WorkKind.EndRound)
            EndRound();
        else
            base.Execute(item);
    }

    protected override void Learn(WorkItem item)
    {
        int partition = item.Partition;
        RowBatch tile = Take(partition);
        pass.Contribute(partition, tile);
        ends[partition].CopyFrom(tile.End);
        Count(tile.RowCount, quality);
        Partitions.Release(tile);
        lock (Gate)
        {
            states[partition] = PartitionState.Contributed;
            FreePlace(partition);
            Schedule();
        }
    }

    void EndRound()
    {
        // Outside the gate: others may decode meanwhile, and nobody learns before the states are reset.
        int count = 0;
        for (int p = 0; p < Partitions.Count; p++)
        {
            if (states[p] == PartitionState.Contributed)
                contributors[count++] = p;
        }

        pass.EndRound(contributors.AsSpan(0, count));
        quality = pass.Progress;
        foreach (int p in contributors.AsSpan(0, count))
            MarkUsed(p, ends[p]);

        lock (Gate)
        {
            round++;
            isEnding = false;
            Array.Fill(states, PartitionState.Waiting);
            Schedule();
        }
    }

    protected override void Schedule()
    {
        if (isEnding)
            return;

        bool isComplete = true;
        bool anyContributed = false;
        for (int p = 0; p < Partitions.Count; p++)
        {
            if (states[p] == PartitionState.Waiting)
            {
                if (IsReady(p))
                {
                    states[p] = PartitionState.Working;
                    Crew.Enqueue(new WorkItem(WorkKind.Learn, round, p));
                }
                else if (IsExhausted(p))
                {
                    states[p] = PartitionState.Absent;
                }
            }

            isComplete &= states[p] is PartitionState.Contributed or PartitionState.Absent || FailsNow(p);
            anyContributed |= states[p] == PartitionState.Contributed;
        }

        if (isComplete)
        {
            // Of the tiles of a round that can't be decoded the first is told of.
            for (int p = 0; p < Partitions.Count; p++)
            {
                if (FailsNow(p))
                    ThrowIfFailed(p);
            }
        }

        if (isComplete && anyContributed)
        {
            isEnding = true;
            Crew.Enqueue(new WorkItem(WorkKind.EndRound, round, 0));
        }
        else if (isComplete)
        {
            Crew.Finish();
        }
    }

    // A tile that can't be decoded and belongs to a later round waits for its turn.
    bool FailsNow(int partition) => states[partition] == PartitionState.Waiting && HasFailed(partition);
}
