using Streaming.Storage;

namespace Streaming.Parquet.Pages;

/// <summary>
/// A window that slides over the bytes of one column chunk, so that a chunk of any size is read piece by piece: headers are
/// looked at, pages are handed out as they lie there. Grows where a page is larger than the window.
/// </summary>
sealed unsafe class ChunkWindow(
    ByteRangeSource source, BufferPool pool, long start, long end, bool isStreamed, JoinedRange? joined = null, bool isAlone = false)
    : IDisposable
{
    /// <summary>Bytes of a read, unless a page needs more.</summary>
    public const int ReadBytes = 256 * 1024;

    // A chunk up to this size is read at once, unless its pages can be used piece by piece. Of one that is read alone so much is read at a time in any
    // case: where reads go to one small buffer again and again, which then lies in the second-level cache, Linux copies at half the speed on Zen 4.
    const int WholeChunkBytes = 1024 * 1024;

    /// <summary>What is decompressed at a time, at least, of a page that is used piece by piece.</summary>
    public const int BlockBytes = 64 * 1024;

    /// <summary>Bytes of a chunk that are held beside a page that has been taken out: what was read beyond it.</summary>
    public static long MostHeld(long chunkBytes, bool isStreamed) =>
        !isStreamed && chunkBytes <= WholeChunkBytes ? WholeChunkBytes : ReadBytes;

    /// <summary>Bytes of a chunk that are read first, at most.</summary>
    public static long MostAtFirst(long chunkBytes) => MostHeld(chunkBytes, isStreamed: false);

    /// <summary>Requests, about, that reading a chunk from its first byte to its last takes.</summary>
    /// <param name="chunkBytes">Bytes of the chunk.</param>
    /// <param name="pageBytes">Bytes that its pages usually have.</param>
    /// <param name="isStreamed">As for the window.</param>
    /// <param name="isFed">Whether pages are used piece by piece.</param>
    public static long RequestsFor(long chunkBytes, long pageBytes, bool isStreamed, bool isFed)
    {
        if (chunkBytes <= ReadBytes || (!isStreamed && chunkBytes <= WholeChunkBytes))
            return chunkBytes > 0 ? 1 : 0;

        // Of a large page that is taken whole, what was read ahead with its header, and then the rest.
        if (!isFed && pageBytes > ReadBytes)
            return 2 * ((chunkBytes + pageBytes - 1) / pageBytes);

        // What is left of a window, where the next page or block is not whole, takes room in the next one.
        long fresh = ReadBytes - (isFed ? BlockBytes : pageBytes) / 2;
        return 1 + (chunkBytes - ReadBytes + fresh - 1) / fresh;
    }

    readonly int readBytes = isAlone || (!isStreamed && end - start <= WholeChunkBytes) ? WholeChunkBytes : ReadBytes;
    NativeBuffer? buffer;
    LentBytes lent;

    // The bytes [position, position + available) of the file lie at first in the content: the buffer's, what was lent, or that of several chunks.
    long position = start;
    byte* content;
    int first;
    int available;

    /// <summary>Bytes of the chunk that have not been consumed.</summary>
    public long BytesLeft => end - position;

    /// <summary>Where in the file the next byte lies.</summary>
    public long Position => position;

    /// <summary>How far it pays to read ahead; bytes behind are read when they are asked for.</summary>
    public long Horizon { get; set; } = long.MaxValue;

    /// <summary>Bytes that <see cref="Peek"/> gave last and that have not been consumed.</summary>
    public int Available => available;

    /// <summary>Makes the next <paramref name="count"/> bytes available, or what is left of the chunk, and at best more.</summary>
    public ReadOnlySpan<byte> Peek(int count)
    {
        count = (int)Math.Min(count, BytesLeft);
        if (available < count)
            Fill(count);

        return new ReadOnlySpan<byte>(content + first, available);
    }

    /// <summary>Consumes bytes, which need not have been made available.</summary>
    public void Advance(long count)
    {
        position += count;
        int inBuffer = (int)Math.Min(count, available);
        first += inBuffer;
        available -= inBuffer;
    }

    /// <summary>Gives back what holds nothing of use: an empty buffer, and the bytes of several chunks, as far as this one is concerned, once it has been consumed.</summary>
    public void ReleaseIfDrained()
    {
        if (available == 0)
            DropBuffer();

        if (BytesLeft == 0)
            LeaveJoined();
    }

    public void Dispose()
    {
        DropBuffer();
        LeaveJoined();
    }

    void LeaveJoined()
    {
        joined?.Release();
        joined = null;
    }

    void DropBuffer()
    {
        buffer?.Dispose();
        buffer = null;
        lent.Return();
        lent = default;
        available = 0;
    }

    void Fill(int count)
    {
        if (joined != null)
        {
            Show(joined.Fetch(position), (int)BytesLeft);
            return;
        }

        long ahead = Math.Min(readBytes, Horizon - position);
        int wanted = (int)Math.Min(Math.Max(count, ahead), BytesLeft);
        if (source.TryLend(position, wanted, available) is { AreAny: true } bytes)
        {
            DropBuffer();
            lent = bytes;
            Show(bytes.Pointer, wanted);
            return;
        }

        NativeBuffer target = buffer is not null && buffer.Length >= wanted ? buffer : pool.Rent(wanted, "compressed pages");
        try
        {
            if (available > 0)
                Buffer.MemoryCopy(content + first, target.Pointer, target.Length, available);

            source.Read(position + available, new Span<byte>(target.Pointer + available, wanted - available));
        }
        catch
        {
            if (target != buffer)
                target.Dispose();

            throw;
        }

        if (target != buffer)
            DropBuffer();

        buffer = target;
        Show(target.Pointer, wanted);
    }

    void Show(byte* bytes, int count)
    {
        content = bytes;
        first = 0;
        available = count;
    }
}
