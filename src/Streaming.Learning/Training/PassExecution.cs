using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Streaming.Learning.Data;
using Streaming.Learning.Passes;
using Streaming.Learning.State;
using Streaming.Storage;

namespace Streaming.Learning.Training;

/// <summary>
/// One pass being run. Workers take work from one channel; an item is in it only when it can be done at once, so no worker ever waits
/// inside an item, and a column of a partition is decoded by at most one worker at a time. The order in which tiles are used is decided by the
/// kinds of pass derived from this class, from the data alone; an exception of decoding is thrown when the turn of its tile comes. The first exception
/// thrown ends the pass.
/// </summary>
/// <remarks>
/// For a checkpoint, as for cancellation, the workers are called off: each leaves after the item in its hand. Then the pass is brought to
/// a safe point, written down, and after a checkpoint new workers go on with the items that are left.
/// </remarks>
abstract class PassExecution : IPersistent, IDisposable
{
    readonly Channel<WorkItem> work = Channel.CreateUnboundedPrioritized<WorkItem>();
    readonly PassInput input;
    readonly TileReader[] readers;
    readonly Prefetcher? prefetcher;
    readonly FetchLane[] lanes = [];
    readonly Channel<RowBatch> freeTiles;

    // For passes that want rows: what a worker decodes columns into before it turns them into rows, one tile each.
    readonly Channel<RowBatch>? columnTiles;
    readonly List<RowBatch> tiles = [];
    readonly TileEnd[] used;
    readonly Lock failureGate = new();
    CancellationTokenSource callOff;
    ExceptionDispatchInfo? failure;
    long rowsUsed;

    // Items that wait for bytes to arrive.
    int deferred;

    /// <summary>Opens the partitions and takes the tiles from the pool.</summary>
    /// <param name="input">What the pass runs on.</param>
    /// <param name="pass">The pass.</param>
    /// <param name="tileCount">Tiles that the pass needs at once.</param>
    protected PassExecution(PassInput input, Pass pass, int tileCount)
    {
        this.input = input;
        if (input.Memory.Fetch > 0)
        {
            (prefetcher, lanes) = TileFetches.Open(
                input.Source, input.Partitions, input.Memory.Fetch, input.Memory.OpenPartitions, p => input.Cache?[p].IsWhole == true, input.Cancellation);
        }

        readers =
        [
            .. input.Partitions.Select((p, i) =>
                new TileReader(input.Source, p, input.Cancellation, input.Parts, lanes.Length > 0 ? lanes[i] : null, input.Cache?[i])),
        ];
        used = [.. readers.Select(_ => new TileEnd())];
        callOff = new CancellationTokenSource();
        freeTiles = Channel.CreateBounded<RowBatch>(tileCount);
        columnTiles = pass.NeedsRowMajor ? Channel.CreateBounded<RowBatch>(input.Workers) : null;
        try
        {
            Fill(freeTiles, tileCount, ShapeFor(PassPlan.Of(pass), input.Source));
            if (columnTiles != null)
                Fill(columnTiles, input.Workers, input.Source.Shape());
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The tiles that a pass uses.</summary>
    public static BatchShape ShapeFor(PassPlan pass, TileSource source) => pass.NeedsRowMajor ? source.RowShape : source.Shape(pass.NeedsDoubles);

    /// <summary>What the workers spend their time on.</summary>
    public WorkTimes Times { get; } = new();

    /// <summary>Number of partitions.</summary>
    protected int PartitionCount => readers.Length;

    /// <summary>Rows that the estimator saw.</summary>
    public long RowsUsed => Interlocked.Read(ref rowsUsed);

    /// <summary>Rows that were looked at and for which the dataset's condition is not true.</summary>
    public long RowsFiltered => readers.Sum(r => r.RowsFiltered);

    /// <summary>Rows that were left out for their values.</summary>
    public Rejections Rejections()
    {
        var total = new Rejections();
        foreach (TileReader reader in readers)
            total.Add(reader.Rejections);

        return total;
    }

    /// <summary>Runs the pass to its end.</summary>
    /// <exception cref="OperationCanceledException">The pass was cancelled.</exception>
    public async Task RunAsync()
    {
        prefetcher?.Start();
        for (int p = 0; p < PartitionCount; p++)
            Enqueue(new WorkItem(WorkKind.Decode, 0, p));

        while (!await WorkTogetherAsync().ConfigureAwait(false))
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

        for (int p = 0; p < readers.Length; p++)
            readers[p].GoTo(used[p]);

        rowsUsed = used.Sum(u => u.Position.RowsGiven);
        input.Progress.LeaveOut(readers.Sum(r => r.RowsRead));
    }

    // Lets workers work until nothing is left to do, or they are called off; says whether nothing is left.
    async Task<bool> WorkTogetherAsync()
    {
        callOff.Dispose();
        callOff = CancellationTokenSource.CreateLinkedTokenSource(input.Cancellation);

        // A dedicated task per worker: they compute all the time, so the pool must not wait to see whether they block.
        var workers = new Task[input.Workers];
        for (int w = 0; w < workers.Length; w++)
            workers[w] = Task.Run(() => WorkAsync(callOff.Token), CancellationToken.None);

        await Task.WhenAll(workers).ConfigureAwait(false);
        failure?.Throw();
        return work.Reader.Completion.IsCompleted;
    }

    // Every row of the footers was ruled out, read and left out, or read and used; none that was wanted was left out without a reason.
    void CheckLedger()
    {
        Dataset dataset = input.Source.Dataset;
        long read = readers.Sum(r => r.RowsRead);
        long wanted = readers.Sum(r => r.RowsPicked - r.Rejections.Total);
        if (read != dataset.RowsToRead || wanted != RowsUsed)
        {
            throw new DatasetException(
                $"The footers promise {dataset.RowsToRead} rows, {read} were read; {wanted} were to be used, {RowsUsed} were: "
                + "no row may be lost or used twice, so the run ends here.");
        }
    }

    /// <summary>Does one item.</summary>
    protected abstract void Execute(WorkItem item);

    /// <summary>Brings a pass that its workers have left to where its state is whole.</summary>
    protected virtual void ReachSafePoint()
    {
    }

    /// <summary>Takes the most urgent item while no worker is there.</summary>
    protected WorkItem TakeItem()
    {
        bool mayCome = Volatile.Read(ref deferred) > 0;
        if (work.Reader.TryRead(out WorkItem item))
            return item;

        return mayCome
            ? work.Reader.ReadAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult()
            : throw new InvalidOperationException("The pass has nothing left to do in the middle of its work.");
    }

    /// <summary>Notes that the state holds what a tile brought.</summary>
    protected void MarkUsed(RowBatch tile) => MarkUsed(tile.Partition, tile.End);

    /// <summary>Notes that the state holds what a partition brought up to a position.</summary>
    protected void MarkUsed(int partition, TileEnd end) => used[partition].CopyFrom(end);

    /// <summary>How far a partition was used.</summary>
    protected TileEnd Used(int partition) => used[partition];

    /// <summary>Rows of a partition that have not been looked at; for who decodes it.</summary>
    protected long RowsLeft(int partition) => readers[partition].RowsLeft;

    /// <summary>Whether a worker may decode on in a partition without asking for the next item: nobody has called it off, and bytes need not be waited for.</summary>
    protected bool MayStay(int partition) => !callOff.IsCancellationRequested && (lanes.Length == 0 || lanes[partition].WhenReady().IsCompleted);

    /// <summary>Hands an item to the workers; one that decodes when its bytes are there, so that no worker waits for them.</summary>
    protected void Enqueue(WorkItem item)
    {
        Task arrival = item.Kind == WorkKind.Decode && lanes.Length > 0 ? lanes[item.Partition].WhenReady() : Task.CompletedTask;
        if (arrival.IsCompleted)
            work.Writer.TryWrite(item);
        else
            Defer(item, arrival);
    }

    // By itself, because what a continuation captures is allocated where the method begins, and items that need not wait must cost nothing.
    void Defer(WorkItem item, Task arrival)
    {
        // Whoever decodes meets the error, if that is what has arrived.
        Interlocked.Increment(ref deferred);
        arrival.ContinueWith(
            _ =>
            {
                Enqueue(item);
                Interlocked.Decrement(ref deferred);
            },
            TaskScheduler.Default);
    }

    /// <summary>Tells the workers that nothing is left to do.</summary>
    protected void Finish() => work.Writer.TryComplete();

    /// <summary>Reads the next tile of a partition, or null at its end.</summary>
    protected RowBatch? Decode(int partition)
    {
        // There are as many tiles as can be in use at once, so this always finds one.
        RowBatch tile = NewTile();
        TileReader reader = readers[partition];
        long leftOut = reader.RowsRead - reader.RowsGiven;
        long began = Stopwatch.GetTimestamp();
        bool any = false;
        try
        {
            any = columnTiles == null ? reader.Read(tile) : ReadRows(reader, columnTiles, tile);
        }
        finally
        {
            if (!any)
                Release(tile);
        }

        Times.AddDecode(Stopwatch.GetTimestamp() - began);
        input.Progress.LeaveOut(reader.RowsRead - reader.RowsGiven - leftOut);
        if (!any)
            return null;

        tile.Partition = partition;
        tile.End.Set(reader.Position, reader.Rejections);
        return tile;
    }

    static bool ReadRows(TileReader reader, Channel<RowBatch> columnTiles, RowBatch rows)
    {
        if (!columnTiles.Reader.TryRead(out RowBatch? columns))
            throw new InvalidOperationException("More workers decode than the pass planned for.");

        try
        {
            bool any = reader.Read(columns);
            if (any)
                columns.CopyTo(rows);

            return any;
        }
        finally
        {
            columnTiles.Writer.TryWrite(columns);
        }
    }

    /// <summary>Picks the rows of a partition's next tiles, whose columns are then decoded in parts.</summary>
    protected bool Pick(int partition, TileBlock block, ref RowBatch? unfinished)
    {
        TileReader reader = readers[partition];
        long leftOut = reader.RowsRead - reader.RowsPicked;
        long began = Stopwatch.GetTimestamp();
        bool any = reader.Pick(block, ref unfinished, NewEmptyTile, tile =>
        {
            tile.Partition = partition;
            tile.End.Set(reader.Position, reader.Rejections);
        });
        Times.AddDecode(Stopwatch.GetTimestamp() - began);
        input.Progress.LeaveOut(reader.RowsRead - reader.RowsPicked - leftOut);
        return any;
    }

    /// <summary>Decodes a part of the columns of tiles; says whether it was the last.</summary>
    protected bool DecodePart(int partition, TileBlock block, int part)
    {
        long began = Stopwatch.GetTimestamp();
        bool isLast = readers[partition].Decode(block, part);
        Times.AddDecode(Stopwatch.GetTimestamp() - began);
        return isLast;
    }

    RowBatch NewEmptyTile()
    {
        RowBatch tile = NewTile();
        tile.RowCount = 0;
        return tile;
    }

    /// <summary>Takes a tile out of circulation for the rest of the pass.</summary>
    protected RowBatch NewTile() =>
        freeTiles.Reader.TryRead(out RowBatch? tile) ? tile : throw new InvalidOperationException("The pass has planned for too few tiles.");

    /// <summary>Counts rows that the estimator has seen, and tells how well it goes.</summary>
    protected void Count(int rows, (string Name, double Value)? quality)
    {
        Interlocked.Add(ref rowsUsed, rows);
        input.Progress.Add(rows, quality);
        if (input.Checkpoints?.IsDue(rows) == true)
            callOff.Cancel();
    }

    /// <summary>Gives a tile back to be filled again.</summary>
    protected void Release(RowBatch tile) => freeTiles.Writer.TryWrite(tile);

    void Fill(Channel<RowBatch> channel, int count, BatchShape shape)
    {
        for (int i = 0; i < count; i++)
        {
            tiles.Add(new RowBatch(input.Source.Dataset.Pool, shape));
            channel.Writer.TryWrite(tiles[^1]);
        }
    }

    async Task WorkAsync(CancellationToken calledOff)
    {
        long began = Stopwatch.GetTimestamp(), busy = 0;
        try
        {
            while (await WaitForItemAsync(calledOff).ConfigureAwait(false))
            {
                while (!calledOff.IsCancellationRequested && work.Reader.TryRead(out WorkItem item))
                {
                    long start = Stopwatch.GetTimestamp();
                    Execute(item);
                    busy += Stopwatch.GetTimestamp() - start;
                }
            }
        }
        catch (OperationCanceledException e) when (e.CancellationToken == calledOff || input.Cancellation.IsCancellationRequested)
        {
            // The way out of waiting for items, and of a long search for the next wanted row, whose tile then never came to be.
        }
        catch (Exception e)
        {
            lock (failureGate)
                failure ??= ExceptionDispatchInfo.Capture(e);

            // The others may be waiting for items that will never come.
            await callOff.CancelAsync().ConfigureAwait(false);
        }

        Times.AddWorker(Stopwatch.GetTimestamp() - began, busy);
    }

    // What a worker waits for is storage, where the next thing to do is to decode bytes that are on their way.
    async ValueTask<bool> WaitForItemAsync(CancellationToken calledOff)
    {
        ValueTask<bool> item = work.Reader.WaitToReadAsync(calledOff);
        if (item.IsCompleted || Volatile.Read(ref deferred) == 0)
            return await item.ConfigureAwait(false);

        long began = Stopwatch.GetTimestamp();
        bool any = await item.ConfigureAwait(false);
        Times.AddWaiting(Stopwatch.GetTimestamp() - began);
        return any;
    }

    /// <summary>Closes the partitions and returns the tiles.</summary>
    public void Dispose()
    {
        foreach (TileReader reader in readers)
            reader.Dispose();

        prefetcher?.Dispose();
        tiles.ForEach(t => t.Dispose());
        callOff.Dispose();
    }
}
