using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Streaming.Learning.Data;
using Streaming.Learning.Numerics;
using Streaming.Learning.State;

namespace Streaming.Learning.Training;

/// <summary>Hands out the rows of a block of tiles in random order, as tiles.</summary>
/// <param name="target">Receives the rows.</param>
/// <param name="seed">Decides the order, with the number of the block: never threads.</param>
sealed unsafe class BlockShuffle(RowBatch target, long seed) : IPersistent
{
    /// <summary>Rows that a block should hold: a few dozen batches mix well, and stay in the last-level cache up to a few dozen features.</summary>
    public const int Rows = 65_536;

    /// <summary>Most bytes of tiles in a block, for wide data.</summary>
    public const long Bytes = 32 << 20;

    // Rows asked for this early, for the second-level cache: the first one has few places for what is on its way, and when they are taken the processor drops what it is asked.
    const int Ahead = 24;

    // Row r of tile t stands as t << rowBits | r: a division would take longer than the copy of a row.
    readonly int rowBits = BitOperations.Log2((uint)target.Capacity) + 1;

    int[] order = [];
    int count;
    int next;
    long blocks;

    /// <summary>Whether all rows of the block have been handed out, so that the next call starts a new block.</summary>
    public bool IsDone => next == count;

    /// <summary>The next rows of <paramref name="block"/>, shuffled.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public RowBatch NextTile(List<RowBatch> block)
    {
        if (IsDone)
            Draw(block);

        int rows = Math.Min(target.Capacity, count - next);
        int rowStride = target.RowStride;
        for (int i = 0; i < rows; i++)
        {
            // Rows lie anywhere in the block, so the processor can't guess the next one; it is told instead.
            if (Sse.IsSupported && next + i + Ahead < count)
                Prefetch(block, order[next + i + Ahead], rowStride);

            (RowBatch source, int row) = RowOf(block, order[next + i]);
            float* from = source.Rows + (long)row * rowStride;
            float* to = target.Rows + (long)i * rowStride;
            for (int j = 0; j < rowStride; j += Vector512<float>.Count)
                Vector512.Load(from + j).Store(to + j);

            if (target.HasTarget)
                target.TargetPointer[i] = source.TargetPointer[row];

            if (target.HasWeight)
                target.WeightPointer[i] = source.WeightPointer[row];
        }

        next += rows;
        target.RowCount = rows;
        return target;
    }

    /// <inheritdoc/>
    /// <remarks>Asked between blocks.</remarks>
    public void Persist(StateStream state) => state.Value(ref blocks);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Prefetch(List<RowBatch> block, int code, int rowStride)
    {
        (RowBatch source, int row) = RowOf(block, code);
        float* from = source.Rows + (long)row * rowStride;
        for (int j = 0; j < Math.Min(rowStride, 64); j += 16)
            Sse.Prefetch1(from + j);

        if (target.HasTarget)
            Sse.Prefetch1(source.TargetPointer + row);

        if (target.HasWeight)
            Sse.Prefetch1(source.WeightPointer + row);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    (RowBatch Tile, int Row) RowOf(List<RowBatch> block, int code) => (block[code >> rowBits], code & ((1 << rowBits) - 1));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Draw(List<RowBatch> block)
    {
        count = block.Sum(t => t.RowCount);
        next = 0;
        if (order.Length < count)
            order = new int[count];

        int filled = 0;
        for (int t = 0; t < block.Count; t++)
        {
            for (int row = 0; row < block[t].RowCount; row++)
                order[filled++] = t << rowBits | row;
        }

        new KeyedRandom(seed, "block", blocks++).Shuffle(order.AsSpan(0, count));
    }
}
