using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Streaming.Learning.Data;
using Streaming.Learning.Passes;

namespace Streaming.Learning.Training;

/// <summary>
/// A pass whose tiles are decoded ahead of their use: each partition has a small bounded channel of decoded tiles. Decoding of a
/// partition rests while its channel is full.
/// </summary>
abstract class AheadExecution : PassExecution
{
    readonly Channel<RowBatch>[] decoded;
    readonly int[] ahead;
    readonly bool[] ended;
    readonly ExceptionDispatchInfo?[] errors;
    readonly long[] rounds;
    readonly int depth;

    /// <summary>Opens the channels.</summary>
    /// <param name="input">What the pass runs on.</param>
    /// <param name="pass">The pass.</param>
    /// <param name="heldTiles">Tiles that the derived class keeps beyond those it is working on.</param>
    protected AheadExecution(PassInput input, Pass pass, int heldTiles)
        : base(input, pass, TilesFor(input.Partitions.Count, input.Workers, input.Depth) + heldTiles)
    {
        depth = input.Depth;
        decoded = [.. input.Partitions.Select(_ => Channel.CreateBounded<RowBatch>(depth))];
        ahead = new int[decoded.Length];
        ended = new bool[decoded.Length];
        errors = new ExceptionDispatchInfo?[decoded.Length];
        rounds = new long[decoded.Length];
    }

    /// <summary>Tiles in use at once, besides those that a derived class holds: full channels, and one per worker.</summary>
    public static int TilesFor(int partitions, int workers, int depth) => partitions * depth + workers;

    /// <summary>Guards what decides the order of use; held for a few instructions per tile.</summary>
    protected Lock Gate { get; } = new();

    protected override void Execute(WorkItem item)
    {
        if (item.Kind == WorkKind.Decode)
            DecodeAhead(item.Partition);
        else
            Learn(item);
    }

    /// <summary>Does an item of learning.</summary>
    protected abstract void Learn(WorkItem item);

    /// <summary>Called under <see cref="Gate"/> whenever a tile was decoded or a partition has ended: puts to work what can be learned now.</summary>
    protected abstract void Schedule();

    /// <summary>Whether a decoded tile of the partition waits. Under <see cref="Gate"/>.</summary>
    protected bool IsReady(int partition) => ahead[partition] > 0;

    /// <summary>Whether the partition has no more tiles, decoded or not. Under <see cref="Gate"/>.</summary>
    protected bool IsExhausted(int partition) => ended[partition] && ahead[partition] == 0 && errors[partition] == null;

    /// <summary>Whether the next tile of the partition can't be decoded. Under <see cref="Gate"/>.</summary>
    protected bool HasFailed(int partition) => ahead[partition] == 0 && errors[partition] != null;

    /// <summary>
    /// Ends the pass if the next tile of the partition can't be decoded. Called when it is that tile's turn, so that what is said does not
    /// depend on which worker was quicker. Under <see cref="Gate"/>.
    /// </summary>
    protected void ThrowIfFailed(int partition)
    {
        if (HasFailed(partition))
            errors[partition]!.Throw();
    }

    /// <summary>Takes the oldest decoded tile of a partition, which must be ready.</summary>
    protected RowBatch Take(int partition)
    {
        if (!decoded[partition].Reader.TryRead(out RowBatch? tile))
            throw new InvalidOperationException($"Partition {partition} was scheduled without a decoded tile.");

        return tile;
    }

    /// <summary>After a tile of the partition was used: its place in the channel is free again. Under <see cref="Gate"/>.</summary>
    protected void FreePlace(int partition)
    {
        if (ahead[partition]-- == depth && !ended[partition])
            Crew.Enqueue(new WorkItem(WorkKind.Decode, rounds[partition], partition));
    }

    void DecodeAhead(int partition)
    {
        RowBatch tile = Partitions.NewTile();
        bool any = false;
        ExceptionDispatchInfo? error = null;
        try
        {
            any = Partitions.Decode(partition, tile);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            error = ExceptionDispatchInfo.Capture(e);
        }
        finally
        {
            if (any)
                decoded[partition].Writer.TryWrite(tile);
            else
                Partitions.Release(tile);
        }

        lock (Gate)
        {
            rounds[partition]++;
            errors[partition] = error;
            if (!any)
                ended[partition] = true;
            else if (++ahead[partition] < depth)
                Crew.Enqueue(new WorkItem(WorkKind.Decode, rounds[partition], partition));

            Schedule();
        }
    }
}
