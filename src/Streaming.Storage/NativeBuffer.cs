using System.Runtime.InteropServices;

namespace Streaming.Storage;

/// <summary>Memory outside the .NET heap, lent by a <see cref="BufferPool"/>; <see cref="Dispose"/> gives it back.</summary>
public sealed unsafe class NativeBuffer : IDisposable
{
    const uint Alignment = 64;

    readonly BufferPool pool;
    readonly BufferBlocks.Block? block;
    int rented;

    internal NativeBuffer(BufferPool pool, long length, BufferBlocks blocks)
    {
        this.pool = pool;
        Length = length;
        if (BufferBlocks.AreFor(length))
        {
            block = blocks.Take(length + BufferPool.Slack, out byte* cut);
            Pointer = cut;
            return;
        }

        bool isLarge = length >= LargePages.Bytes;
        Pointer = (byte*)NativeMemory.AlignedAlloc((nuint)(length + BufferPool.Slack), isLarge ? LargePages.Bytes : Alignment);
        if (isLarge)
            LargePages.Ask(Pointer, length);
    }

    /// <summary>First byte, aligned to 64 bytes; <see cref="BufferPool.Slack"/> bytes behind the end are there too.</summary>
    public byte* Pointer { get; private set; }

    /// <summary>Size in bytes: at least what was asked for.</summary>
    public long Length { get; }

    /// <summary>The bytes as a span; the buffer must be shorter than 2 GiB.</summary>
    public Span<byte> Span => new(Pointer, checked((int)Length));

    internal void MarkRented() => rented = 1;

    internal void Free(BufferBlocks blocks)
    {
        if (block == null)
            NativeMemory.AlignedFree(Pointer);
        else
            blocks.Free(block, Pointer, Length + BufferPool.Slack);

        Pointer = null;
    }

    /// <summary>Gives the memory back to its pool. Calling it again does nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref rented, 0) == 1)
            pool.Return(this);
    }
}
