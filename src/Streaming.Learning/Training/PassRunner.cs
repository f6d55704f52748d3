using System.Diagnostics;
using Streaming.Learning.Data;
using Streaming.Learning.Numerics;
using Streaming.Learning.Passes;
using Streaming.Learning.State;
using Streaming.Learning.Training.Caching;
using Streaming.Learning.Training.Checkpoints;
using Streaming.Learning.Training.Planning;
using Streaming.Storage;

namespace Streaming.Learning.Training;

/// <summary>Runs passes over one dataset: the one place that knows about workers, memory for tiles, progress and cancellation.</summary>
sealed class PassRunner : IPersistent
{
    readonly DealtDataset data;
    readonly int workers;
    readonly long seed;
    readonly ProgressMeter progress;
    readonly Checkpointer? checkpoints;
    readonly CancellationToken cancellation;
    long rowsUsed;
    long rowsFiltered;

    /// <summary>Creates a runner that deals the dataset.</summary>
    public PassRunner(
        Dataset dataset,
        int partitions,
        int workers,
        long seed,
        ProgressMeter progress,
        CancellationToken cancellation,
        Checkpointer? checkpoints = null)
        : this(new DealtDataset(dataset, partitions), workers, seed, progress, cancellation, checkpoints)
    {
    }

    /// <summary>Creates a runner.</summary>
    public PassRunner(
        DealtDataset data, int workers, long seed, ProgressMeter progress, CancellationToken cancellation, Checkpointer? checkpoints)
    {
        if (data.Partitions.Count == 0)
            throw data.Dataset.NoRows("read", data.Dataset.RowCount);

        this.data = data;
        this.seed = seed;
        this.workers = workers;
        Workers = new Workers(workers);
        this.progress = progress;
        this.cancellation = cancellation;
        this.checkpoints = checkpoints;
    }

    /// <summary>Partitions that the row groups were dealt to.</summary>
    public int PartitionCount => data.Partitions.Count;

    /// <summary>For what is put together behind a pass.</summary>
    public Workers Workers { get; }

    /// <summary>Rows that passes have used in all.</summary>
    public long RowsUsed => rowsUsed;

    /// <summary>Rows in the footers for which the dataset's condition is not true, whether read or ruled out; known after a pass.</summary>
    public long RowsFiltered => rowsFiltered;

    /// <summary>Rows that the last pass left out for their values; known after a pass.</summary>
    public Rejections Rejections { get; } = new();

    /// <summary>What the workers of all passes spent their time on.</summary>
    public WorkTimes Times { get; } = new();

    /// <summary>Runs one pass to its end.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="source">What it reads.</param>
    /// <param name="purpose">What rows are wanted for, where nothing can be made of none: "learn from".</param>
    /// <param name="cache">Where its tiles are read from, or written to for later passes; null for nowhere.</param>
    /// <returns>Rows that the pass used.</returns>
    /// <exception cref="DatasetException">No row is left, and some are wanted.</exception>
    public async Task<long> RunAsync(Pass pass, TileSource source, string? purpose = null, TileCache? cache = null)
    {
        using Activity? span = Telemetry.Spans.StartActivity(pass.Purpose);
        (long bytesBefore, long ticksBefore) = (source.Dataset.BytesRead, source.Dataset.ReadTicks);
        progress.BeginPass(pass.Purpose, source.Dataset.RowsToRead);
        long shuffleSeed = (long)new KeyedRandom(seed, "shuffle", progress.Pass).NextUInt64();
        PassMemory memory = MemoryFor(pass, source, cache != null ? TileCache.BytesFor(source, pass.NeedsDoubles) : 0);
        int busy = pass is SumPass ? Math.Min(workers, memory.OpenPartitions * memory.Parts) : workers;
        var input = new PassInput(source, PartitionsFor(pass, shuffleSeed), busy, memory, shuffleSeed, progress, checkpoints, cancellation)
        {
            Cache = memory.Cache > 0 ? cache!.PartitionsFor(source, pass.NeedsDoubles, data.Partitions) : null,
        };
        long cacheTicksBefore = cache?.Ledger.ReadTicks ?? 0;
        using PassExecution execution = pass switch
        {
            SumPass sum => new SumExecution(sum, input),
            RoundPass round => new RoundExecution(round, input),
            OrderedPass ordered => new OrderedExecution(ordered, input),
            _ => throw new ArgumentException($"'{pass.GetType().Name}' is no kind of pass that can be run.", nameof(pass)),
        };
        checkpoints?.Restore(execution);
        await execution.RunAsync().ConfigureAwait(false);
        rowsUsed += execution.RowsUsed;
        rowsFiltered = source.Dataset.RowCount - source.Dataset.RowsToRead + execution.RowsFiltered;
        Rejections.CopyFrom(execution.Rejections());
        if (execution.RowsUsed == 0 && purpose != null)
            throw source.Dataset.NoRows(purpose, rowsFiltered, Rejections.ByReason(source.Columns));

        (execution as SumExecution)?.Complete();
        (execution as RoundExecution)?.Complete();
        progress.EndPass(pass.Progress);
        execution.Times.AddStorage(source.Dataset.ReadTicks - ticksBefore + (cache?.Ledger.ReadTicks ?? 0) - cacheTicksBefore);
        Times.Add(execution.Times);
        Telemetry.EndPass(source.Dataset.BytesRead - bytesBefore, execution.Times);
        span?.SetTag("streaming.rows", execution.RowsUsed);
        return execution.RowsUsed;
    }

    // Where rows are shuffled, row groups are as well, within their partitions: a block of rows can't mix what lies far apart in one.
    IReadOnlyList<IReadOnlyList<DatasetRowGroup>> PartitionsFor(Pass pass, long shuffleSeed)
    {
        if (pass is not OrderedPass { WantsShuffledRows: true })
            return data.Partitions;

        return [.. data.Partitions.Select((groups, p) =>
        {
            DatasetRowGroup[] shuffled = [.. groups];
            new KeyedRandom(shuffleSeed, "row groups", p).Shuffle<DatasetRowGroup>(shuffled);
            return shuffled;
        })];
    }

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        state.Value(ref rowsUsed);
        state.Value(ref rowsFiltered);
        Rejections.Persist(state);
    }

    // Memory shrinks the number of tiles that wait and of partitions that sum at once, never anything that the result depends on.
    PassMemory MemoryFor(Pass pass, TileSource source, long cache)
    {
        var plan = PassPlan.Of(pass);
        BufferPool pool = source.Dataset.Pool;
        long budget = pool.Limit - pool.ReservedBytes;
        var memory = PassMemory.Fit(plan, source, data.ReadingOf(source, plan.NeedsDoubles), workers, budget, cache);
        if (memory.Working > budget)
            throw new PlannedPass(plan.Purpose, 1, 1, 0, default, memory).Refuse(pool.Limit, pool.ReservedBytes);

        return memory;
    }
}
