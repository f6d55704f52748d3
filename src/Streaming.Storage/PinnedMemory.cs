using System.Buffers;

namespace Streaming.Storage;

/// <summary>Memory that stays where it is, in the form that asynchronous calls want; to be used no longer than the memory is there.</summary>
sealed unsafe class PinnedMemory(byte* start, int length) : MemoryManager<byte>
{
    public override Span<byte> GetSpan() => new(start, length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(start + elementIndex);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
