using Streaming.Parquet.Compression;
using Streaming.Parquet.Encodings;
using Streaming.Storage;

namespace Streaming.Parquet.Pages;

/// <summary>
/// A compressed page, decompressed a block at a time as it is used. Falls back to the whole page, and the codec's library,
/// where that can't be done.
/// </summary>
sealed unsafe class BlockFeed : ByteFeed, IDisposable
{
    // Room before a block for the start of a value that ends in it.
    const int CarryBytes = 64;

    readonly BufferPool pool;
    readonly ByteRangeSource source;
    readonly ChunkWindow window;
    readonly PageCodec codec;
    readonly BlockDecoder decoder;
    readonly long bodyStart;
    readonly int bodyLength;
    readonly int length;
    readonly int front;
    readonly byte* limit;
    int compressedLeft;
    NativeBuffer? buffer;
    byte* next;
    byte* end;
    int produced;

    // What is shown, or will be shown once the value that begins before it has been: a block that needs no decompression.
    bool isInWindow;
    byte* stored;
    int storedLength;

    /// <summary>Starts with the compressed bytes at the window's position.</summary>
    /// <param name="source">Where the window's bytes come from.</param>
    /// <param name="pool">Where the buffer comes from.</param>
    /// <param name="window">The compressed bytes.</param>
    /// <param name="codec">How they are compressed.</param>
    /// <param name="decoder">The codec's decoder, at its start.</param>
    /// <param name="compressed">Number of compressed bytes.</param>
    /// <param name="length">Bytes after decompression.</param>
    /// <exception cref="ParquetException">The compressed bytes can't hold that many.</exception>
    public BlockFeed(
        ByteRangeSource source, BufferPool pool, ChunkWindow window, PageCodec codec, BlockDecoder decoder, int compressed, int length)
    {
        this.pool = pool;
        this.source = source;
        this.window = window;
        this.codec = codec;
        this.decoder = decoder;
        this.length = length;
        bodyStart = window.Position;
        bodyLength = compressed;
        ReadOnlySpan<byte> head = window.Peek(Math.Min(16, compressed));
        int headerBytes = decoder.ReadHeader(head[..Math.Min(head.Length, compressed)], length);
        codec.CheckRatio(compressed, length);
        window.Advance(headerBytes);
        compressedLeft = compressed - headerBytes;

        front = Front(decoder, length);
        buffer = pool.Rent(BufferBytes(decoder, length), "a page");
        next = end = buffer.Pointer + front;
        limit = end + Room(decoder, length);
    }

    /// <summary>Memory for a page of so many bytes.</summary>
    public static int BufferBytes(BlockDecoder decoder, int length) => Front(decoder, length) + Room(decoder, length);

    public override byte* Peek(int least, out int available)
    {
        while (end - next < least && (storedLength > 0 || produced < length))
        {
            if (storedLength == 0)
                NextBlock();

            if (storedLength > 0)
                ShowStored(least);
        }

        available = (int)(end - next);
        return next;
    }

    public override void Advance(int count) => next += count;

    public void Dispose() => buffer?.Dispose();

    // A block follows the one before until there is no room, and then what may still be needed is moved to the front.
    static int Room(BlockDecoder decoder, int length) => Math.Min(length, decoder.BlockBytes + 2 * decoder.HistoryBytes);

    static int Front(BlockDecoder decoder, int length) =>
        Room(decoder, length) < length ? CarryBytes + decoder.HistoryBytes : CarryBytes;

    void NextBlock()
    {
        int wanted = Math.Min(decoder.BlockBytes, length - produced);
        if (isInWindow || wanted > limit - end)
            MoveToFront();

        ReadOnlySpan<byte> compressed = window.Peek(Math.Min(decoder.MaxCompressedBytes(length - produced), compressedLeft));
        int used;
        fixed (byte* from = compressed)
        {
            int available = Math.Min(compressed.Length, compressedLeft);
            used = decoder.FindStored(from, available, wanted);
            if (used >= 0)
            {
                stored = from + used;
                storedLength = wanted;
                used += wanted;
            }
            else
            {
                used = decoder.Decode(from, available, end, Math.Min(produced, decoder.HistoryBytes), wanted);
                end += used < 0 ? 0 : wanted;
            }
        }

        if (used < 0)
        {
            TakeWholePage();
            return;
        }

        window.Advance(used);
        compressedLeft -= used;
        produced += wanted;
        if (produced == length && compressedLeft != 0)
            throw new ParquetException($"{compressedLeft} bytes follow the {codec.Name} data of {length} bytes.");
    }

    // Where it lies in the window; a value that ends in it is put together in the buffer, and nothing more than that.
    void ShowStored(int least)
    {
        int unread = (int)(end - next);
        if (unread == 0)
        {
            next = stored;
            end = stored + storedLength;
            storedLength = 0;
            isInWindow = true;
            return;
        }

        int count = Math.Min(storedLength, least - unread);
        Buffer.MemoryCopy(stored, end, count, count);
        end += count;
        stored += count;
        storedLength -= count;
    }

    // What is not consumed, and what later blocks may refer to.
    void MoveToFront()
    {
        long unread = end - next;
        long kept = Math.Max(unread, Math.Min(produced, decoder.HistoryBytes));
        byte* start = buffer!.Pointer + front;
        Buffer.MemoryCopy(end - kept, start - kept, kept, kept);
        end = start;
        next = start - unread;
        isInWindow = false;
    }

    void TakeWholePage()
    {
        int unread = (int)(end - next);
        buffer!.Dispose();
        buffer = null;
        using NativeBuffer compressed = pool.Rent(bodyLength, "compressed pages");
        Span<byte> body = compressed.Span[..bodyLength];
        source.Read(bodyStart, body);
        codec.CheckClaim(body, length);
        buffer = pool.Rent(length, "a page");
        codec.Decompress(body, new Span<byte>(buffer.Pointer, length));
        next = buffer.Pointer + produced - unread;
        end = buffer.Pointer + length;
        produced = length;
    }
}
