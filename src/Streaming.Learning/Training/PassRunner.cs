using Streaming.Learning.Data;
using Streaming.Learning.Numerics;
using Streaming.Learning.Passes;
using Streaming.Learning.State;
using Streaming.Learning.Training.Checkpoints;
using Streaming.Storage;

namespace Streaming.Learning.Training;

/// <summary>Runs passes over one dataset: the one place that knows about workers, memory for tiles, progress and cancellation.</summary>
sealed class PassRunner : IPersistent
{
    /// <summary>Decoded tiles that may wait per partition when memory allows: enough that decoding and learning overlap.</summary>
    const int PreferredDepth = 2;

    /// <summary>Share of the memory budget that tiles may take; the rest is for pages, dictionaries and compressed bytes.</summary>
    const double TileShare = 0.5;

    readonly IReadOnlyList<IReadOnlyList<DatasetRowGroup>> partitions;
    readonly int workers;
    readonly long seed;
    readonly ProgressMeter progress;
    readonly Checkpointer? checkpoints;
    readonly CancellationToken cancellation;
    long rowsUsed;
    long rowsFiltered;

    /// <summary>Creates a runner.</summary>
    public PassRunner(
        Dataset dataset,
        int partitions,
        int workers,
        long seed,
        ProgressMeter progress,
        CancellationToken cancellation,
        Checkpointer? checkpoints = null)
    {
        if (dataset.RowGroups.Count == 0)
            throw dataset.NoRows("read", dataset.RowCount);

        this.seed = seed;
        this.partitions = Data.Partitions.Deal(dataset.RowGroups, partitions);
        this.workers = workers;
        this.progress = progress;
        this.cancellation = cancellation;
        this.checkpoints = checkpoints;
    }

    /// <summary>Partitions that the row groups were dealt to.</summary>
    public int PartitionCount => partitions.Count;

    /// <summary>Rows that passes have used in all.</summary>
    public long RowsUsed => rowsUsed;

    /// <summary>Rows in the footers for which the dataset's condition is not true, whether read or ruled out; known after a pass.</summary>
    public long RowsFiltered => rowsFiltered;

    /// <summary>Runs one pass to its end.</summary>
    /// <returns>Rows that the pass used.</returns>
    public async Task<long> RunAsync(Pass pass, TileSource source)
    {
        progress.BeginPass(pass.Purpose, source.Dataset.RowsToRead);
        long shuffleSeed = (long)new KeyedRandom(seed, "shuffle", progress.Pass).NextUInt64();
        var input = new PassInput(source, partitions, workers, DepthFor(pass, source), shuffleSeed, progress, checkpoints, cancellation);
        using PassExecution execution = pass switch
        {
            SumPass sum => new SumExecution(sum, input),
            RoundPass round => new RoundExecution(round, input),
            OrderedPass ordered => new OrderedExecution(ordered, input),
            _ => throw new ArgumentException($"'{pass.GetType().Name}' is no kind of pass that can be run.", nameof(pass)),
        };
        checkpoints?.Restore(execution);
        await execution.RunAsync().ConfigureAwait(false);
        (execution as SumExecution)?.Complete();
        progress.EndPass(pass.Progress);
        rowsUsed += execution.RowsUsed;
        rowsFiltered = source.Dataset.RowCount - source.Dataset.RowsToRead + execution.RowsFiltered;
        return execution.RowsUsed;
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.Value(ref rowsUsed);
        state.Value(ref rowsFiltered);
    }

    // Memory shrinks the number of tiles that wait, never anything that the result depends on.
    int DepthFor(Pass pass, TileSource source)
    {
        if (pass is SumPass)
            return 0;

        long tile = PassExecution.ShapeFor(pass, source).Bytes;
        int held = pass is OrderedPass ordered ? OrderedExecution.HeldTilesFor(ordered, source, PartitionCount) : 0;
        long budget = source.Dataset.Pool.Limit == long.MaxValue ? long.MaxValue : (long)(source.Dataset.Pool.Limit * TileShare);
        for (int depth = PreferredDepth; depth > 1; depth--)
        {
            if (tile <= budget / (held + AheadExecution.TilesFor(PartitionCount, workers, depth)))
                return depth;
        }

        int least = held + AheadExecution.TilesFor(PartitionCount, workers, 1);
        if (tile > budget / least)
        {
            throw new MemoryBudgetException(
                $"Wanted {least} tiles of {tile:N0} bytes, found {budget:N0} bytes for tiles (half of the memory budget). "
                + $"Give at least {2 * least * tile:N0} bytes (--memory), or use a smaller --batch-size, fewer --partitions or fewer features.");
        }

        return 1;
    }
}
