using Streaming.Learning.Data;
using Streaming.Learning.Passes;
using Streaming.Learning.State;

namespace Streaming.Learning.Training;

/// <summary>
/// One pass being run: a crew of workers decodes the tiles of partitions and learns from them. The order in which tiles are used is decided by the
/// kinds of pass derived from this class, from the data alone; an exception of decoding is thrown when the turn of its tile comes.
/// </summary>
/// <remarks>
/// For a checkpoint, as for cancellation, the workers are called off: each leaves after the item in its hand. Then the pass is brought to
/// a safe point, written down, and after a checkpoint new workers go on with the items that are left.
/// </remarks>
abstract class PassExecution : IPersistent, IDisposable
{
    readonly PassInput input;
    readonly TileEnd[] used;
    readonly SharedCount rowsUsed = new();

    /// <summary>Opens the partitions and takes the tiles from the pool.</summary>
    /// <param name="input">What the pass runs on.</param>
    /// <param name="pass">The pass.</param>
    /// <param name="tileCount">Tiles that the pass needs at once.</param>
    protected PassExecution(PassInput input, Pass pass, int tileCount)
    {
        this.input = input;
        Partitions = new PartitionReaders(input, PassPlan.Of(pass), tileCount, Times);
        used = [.. input.Partitions.Select(_ => new TileEnd())];

        // One that decodes waits for its bytes here, so that no worker does.
        Crew = new Crew(
            input.Workers, Execute, i => i.Kind == WorkKind.Decode ? Partitions.WhenReady(i.Partition) : Task.CompletedTask, Times, input.Cancellation);
    }

    /// <summary>What the workers spend their time on.</summary>
    public WorkTimes Times { get; } = new();

    /// <summary>What is read.</summary>
    protected PartitionReaders Partitions { get; }

    /// <summary>Who works, and what is left to do.</summary>
    protected Crew Crew { get; }

    /// <summary>Rows that the estimator saw.</summary>
    public long RowsUsed => rowsUsed.Value;

    /// <summary>Rows that were looked at and for which the dataset's condition is not true.</summary>
    public long RowsFiltered => Partitions.RowsFiltered;

    /// <summary>Rows that were left out for their values.</summary>
    public Rejections Rejections() => Partitions.Rejections();

    /// <summary>Runs the pass to its end.</summary>
    /// <exception cref="OperationCanceledException">The pass was cancelled.</exception>
    public async Task RunAsync()
    {
        Partitions.Start();
        for (int p = 0; p < Partitions.Count; p++)
            Crew.Enqueue(new WorkItem(WorkKind.Decode, 0, p));

        while (!await Crew.WorkTogetherAsync().ConfigureAwait(false))
        {
            ReachSafePoint();
            input.Checkpoints?.Write(this);
            input.Cancellation.ThrowIfCancellationRequested();
        }

        CheckLedger();
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Asked before the pass runs or at a safe point: how far each partition was used, and what that has led to. Tiles that were decoded
    /// ahead of their use are decoded again.
    /// </remarks>
    public virtual void Persist(StateStream state)
    {
        foreach (TileEnd end in used)
            end.Persist(state);

        if (!state.IsReading)
            return;

        Partitions.GoTo(used);
        rowsUsed.Reset(used.Sum(u => u.Position.RowsGiven));
    }

    /// <summary>Does one item.</summary>
    protected abstract void Execute(WorkItem item);

    /// <summary>Brings a pass that its workers have left to where its state is whole.</summary>
    protected virtual void ReachSafePoint()
    {
    }

    /// <summary>Notes that the state holds what a tile brought.</summary>
    protected void MarkUsed(RowBatch tile) => MarkUsed(tile.Partition, tile.End);

    /// <summary>Notes that the state holds what a partition brought up to a position.</summary>
    protected void MarkUsed(int partition, TileEnd end) => used[partition].CopyFrom(end);

    /// <summary>How far a partition was used.</summary>
    protected TileEnd Used(int partition) => used[partition];

    /// <summary>Counts rows that the estimator has seen, and tells how well it goes.</summary>
    protected void Count(int rows, (string Name, double Value)? quality)
    {
        rowsUsed.Add(rows);
        input.Progress.Add(rows, quality);
        if (input.Checkpoints?.IsDue(rows) == true)
            Crew.CallOff();
    }

    // Every row of the footers was ruled out, read and left out, or read and used; none that was wanted was left out without a reason.
    void CheckLedger()
    {
        Dataset dataset = input.Source.Dataset;
        (long read, long wanted) = (Partitions.RowsRead, Partitions.RowsWanted);
        if (read != dataset.RowsToRead || wanted != RowsUsed)
        {
            throw new DatasetException(
                $"The footers promise {dataset.RowsToRead} rows, {read} were read; {wanted} were to be used, {RowsUsed} were: "
                + "no row may be lost or used twice, so the run ends here.");
        }
    }

    /// <summary>Closes the partitions and returns the tiles.</summary>
    public void Dispose()
    {
        Partitions.Dispose();
        Crew.Dispose();
    }
}
