using Streaming.Learning.Data;
using Streaming.Learning.Numerics;

namespace Streaming.Learning.Training;

/// <summary>Hands out the rows of a block of tiles in random order, as tiles.</summary>
/// <param name="target">Receives the rows.</param>
/// <param name="random">Decides the order: a function of seed, pass and block, never of threads.</param>
sealed unsafe class BlockShuffle(RowBatch target, KeyedRandom random)
{
    /// <summary>Rows that a block should hold: a few dozen batches mix well, and stay in the last-level cache up to a few dozen features.</summary>
    public const int Rows = 65_536;

    /// <summary>Most bytes of tiles in a block, for wide data.</summary>
    public const long Bytes = 32 << 20;

    KeyedRandom random = random;
    (int Tile, int Row)[] order = [];
    int count;
    int next;

    /// <summary>Whether all rows of the block have been handed out, so that the next call starts a new block.</summary>
    public bool IsDone => next == count;

    /// <summary>The next rows of <paramref name="block"/>, shuffled.</summary>
    public RowBatch NextTile(List<RowBatch> block)
    {
        if (IsDone)
            Draw(block);

        int rows = Math.Min(target.Capacity, count - next);
        int rowStride = target.RowStride;
        for (int i = 0; i < rows; i++)
        {
            (int t, int row) = order[next + i];
            RowBatch source = block[t];
            float* from = source.Rows + (long)row * rowStride;
            new ReadOnlySpan<float>(from, rowStride).CopyTo(new Span<float>(target.Rows + (long)i * rowStride, rowStride));
            if (target.HasTarget)
                target.TargetPointer[i] = source.TargetPointer[row];

            if (target.HasWeight)
                target.WeightPointer[i] = source.WeightPointer[row];
        }

        next += rows;
        target.RowCount = rows;
        return target;
    }

    // Fisher and Yates, in the form of Durstenfeld (Communications of the ACM 7, 1964).
    void Draw(List<RowBatch> block)
    {
        count = block.Sum(t => t.RowCount);
        next = 0;
        if (order.Length < count)
            order = new (int, int)[count];

        int filled = 0;
        for (int t = 0; t < block.Count; t++)
        {
            for (int row = 0; row < block[t].RowCount; row++)
                order[filled++] = (t, row);
        }

        for (int i = count - 1; i > 0; i--)
        {
            int j = random.Next(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
    }
}
