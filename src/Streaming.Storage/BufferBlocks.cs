using System.Runtime.InteropServices;

namespace Streaming.Storage;

/// <summary>
/// Memory for buffers that are smaller than a large page, cut from blocks that lie in large pages: found by the system in a few steps instead of one
/// for each 4 KiB, which took a tenth of a short run. What is freed goes back to the system at once; its addresses do when all of its block is free.
/// Not for several threads.
/// </summary>
sealed unsafe class BufferBlocks
{
    // Of smaller buffers there are few.
    const int Least = 16 * 1024;
    const long BlockBytes = 4 * LargePages.Bytes;

    Block? open;

    /// <summary>Whether buffers of that size are cut from blocks: not where it would help nothing.</summary>
    public static bool AreFor(long bytes) => LargePages.AreThere && bytes is >= Least and < LargePages.Bytes;

    /// <summary>Takes memory, aligned to pages.</summary>
    public Block Take(long bytes, out byte* pointer)
    {
        long size = Paged(bytes);
        if (open == null || open.Used + size > BlockBytes)
            open = new Block((byte*)NativeMemory.AlignedAlloc((nuint)BlockBytes, LargePages.Bytes));

        pointer = open.Start + open.Used;
        open.Used += size;
        open.Buffers++;
        return open;
    }

    /// <summary>Frees memory that was taken.</summary>
    public void Free(Block block, byte* pointer, long bytes)
    {
        if (--block.Buffers > 0)
        {
            LargePages.Empty(pointer, Paged(bytes));
            return;
        }

        NativeMemory.AlignedFree(block.Start);
        open = block == open ? null : open;
    }

    static long Paged(long bytes) => (bytes + Environment.SystemPageSize - 1) / Environment.SystemPageSize * Environment.SystemPageSize;

    /// <summary>Memory that buffers are cut from, one behind the other.</summary>
    public sealed class Block
    {
        /// <summary>Takes over memory.</summary>
        public Block(byte* start)
        {
            Start = start;
            LargePages.Ask(start, BlockBytes);
        }

        /// <summary>Its first byte.</summary>
        public byte* Start { get; }

        /// <summary>Bytes that were cut off so far.</summary>
        public long Used { get; set; }

        /// <summary>Buffers that are not free.</summary>
        public int Buffers { get; set; }
    }
}
