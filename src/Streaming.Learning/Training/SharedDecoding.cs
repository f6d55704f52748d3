using Streaming.Learning.Data;

namespace Streaming.Learning.Training;

/// <summary>
/// Where a partition stands whose tiles are decoded by several workers, each some of the columns, while tiles before them are added: one
/// block of tiles is being decoded, one is being added or waits for that.
/// </summary>
/// <param name="first">A block.</param>
/// <param name="second">The other.</param>
sealed class SharedDecoding(TileBlock first, TileBlock second)
{
    readonly Lock gate = new();
    readonly Stack<TileBlock> free = new([first, second]);
    TileBlock? waiting;
    bool isDecoding;
    bool isEnded;

    /// <summary>The block that is being decoded.</summary>
    public TileBlock? Decoding { get; private set; }

    /// <summary>The block that is being added.</summary>
    public TileBlock? Adding { get; private set; }

    /// <summary>A tile that the row group before has not filled.</summary>
    public RowBatch? Unfinished { get; set; }

    /// <summary>Takes a block to be filled, if one is free and nobody fills one.</summary>
    public TileBlock? TryBegin()
    {
        lock (gate)
        {
            if (isDecoding || isEnded || free.Count == 0)
                return null;

            isDecoding = true;
            return Decoding = free.Pop();
        }
    }

    /// <summary>Tells that a block's columns are decoded.</summary>
    /// <returns>Whether the block is to be added now.</returns>
    public bool EndDecoding(TileBlock block)
    {
        lock (gate)
        {
            isDecoding = false;
            if (Adding != null)
            {
                waiting = block;
                return false;
            }

            Adding = block;
            return true;
        }
    }

    /// <summary>Tells that there was nothing left to fill a block with.</summary>
    /// <returns>Whether the partition is done.</returns>
    public bool End(TileBlock block)
    {
        lock (gate)
        {
            isDecoding = false;
            isEnded = true;
            free.Push(block);
            return Adding == null;
        }
    }

    /// <summary>Tells that a block was added.</summary>
    /// <param name="hasNext">Whether another is to be added now.</param>
    /// <returns>Whether the partition is done.</returns>
    public bool EndAdding(out bool hasNext)
    {
        lock (gate)
        {
            free.Push(Adding!);
            Adding = waiting;
            waiting = null;
            hasNext = Adding != null;
            return isEnded && !hasNext;
        }
    }
}
