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

    readonly List<(Block Block, nint Start, long Bytes)> freed = [];
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

    /// <summary>Frees memory that was taken; <see cref="GiveBack"/> follows.</summary>
    public void Free(Block block, byte* pointer, long bytes)
    {
        block.Buffers--;
        freed.Add((block, (nint)pointer, Paged(bytes)));
    }

    /// <summary>Gives what was freed back to the system: whole blocks at once, as a part of a large page takes many times as long.</summary>
    public void GiveBack()
    {
        foreach ((Block block, nint start, long bytes) in freed)
        {
            if (block.Buffers > 0)
                LargePages.Empty((byte*)start, bytes);
            else
                block.Release();
        }

        open = open is { Buffers: 0 } ? null : open;
        freed.Clear();
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
        public byte* Start { get; private set; }

        /// <summary>Bytes that were cut off so far.</summary>
        public long Used { get; set; }

        /// <summary>Buffers that are not free.</summary>
        public int Buffers { get; set; }

        /// <summary>Frees all of it; calling it again does nothing.</summary>
        public void Release()
        {
            NativeMemory.AlignedFree(Start);
            Start = null;
        }
    }
}
