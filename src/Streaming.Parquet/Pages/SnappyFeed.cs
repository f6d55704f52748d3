using Streaming.Parquet.Compression;
using Streaming.Parquet.Encodings;
using Streaming.Storage;

namespace Streaming.Parquet.Pages;

/// <summary>
/// A page compressed with Snappy, decompressed a block of 64 KiB at a time as it is used. Falls back to the whole page where
/// a compressor did not cut it into such blocks.
/// </summary>
sealed unsafe class SnappyFeed : ByteFeed, IDisposable
{
    // Room before a block for the start of a value that ends in it.
    const int CarryBytes = 64;

    /// <summary>Memory for a block.</summary>
    public const int BlockBytes = CarryBytes + SnappyBlock.Length;

    readonly BufferPool pool;
    readonly ByteRangeSource source;
    readonly ChunkWindow window;
    readonly long bodyStart;
    readonly int bodyLength;
    readonly int length;
    int compressedLeft;
    NativeBuffer block;
    byte* next;
    byte* end;
    int produced;

    /// <summary>Starts with the compressed bytes at the window's position.</summary>
    /// <exception cref="ParquetException">They do not begin with the length that is wanted.</exception>
    public SnappyFeed(ByteRangeSource source, BufferPool pool, ChunkWindow window, int compressed, int length)
    {
        this.pool = pool;
        this.source = source;
        this.window = window;
        this.length = length;
        bodyStart = window.Position;
        bodyLength = compressed;
        int headerBytes = SnappyBlock.ReadLength(window.Peek(Math.Min(5, compressed)), out long stated);
        if (headerBytes == 0 || headerBytes > compressed || stated != length)
            throw new ParquetException($"the page should hold {length} bytes, its Snappy data says {stated}.");

        if (length > (long)compressed * SnappyBlock.MaxRatio)
            throw new ParquetException($"{compressed} compressed bytes are said to hold {length}; Snappy can't compress that much.");

        window.Advance(headerBytes);
        compressedLeft = compressed - headerBytes;
        block = pool.Rent(BlockBytes, "a page");
        next = end = block.Pointer + CarryBytes;
    }

    public override byte* Peek(int least, out int available)
    {
        while (end - next < least && produced < length)
            NextBlock();

        available = (int)(end - next);
        return next;
    }

    public override void Advance(int count) => next += count;

    public void Dispose() => block.Dispose();

    void NextBlock()
    {
        int carry = (int)(end - next);
        byte* start = block.Pointer + CarryBytes;
        Buffer.MemoryCopy(next, start - carry, CarryBytes, carry);
        next = start - carry;

        int wanted = Math.Min(SnappyBlock.Length, length - produced);
        ReadOnlySpan<byte> compressed = window.Peek(Math.Min(SnappyBlock.MaxCompressedLength, compressedLeft));
        int used;
        fixed (byte* from = compressed)
            used = SnappyBlock.Decode(from, Math.Min(compressed.Length, compressedLeft), start, wanted);

        if (used < 0)
        {
            TakeWholePage(carry);
            return;
        }

        window.Advance(used);
        compressedLeft -= used;
        produced += wanted;
        end = start + wanted;
        if (produced == length && compressedLeft != 0)
            throw new ParquetException($"{compressedLeft} bytes follow the Snappy data of {length} bytes.");
    }

    void TakeWholePage(int carry)
    {
        using NativeBuffer compressed = pool.Rent(bodyLength, "compressed pages");
        Span<byte> body = compressed.Span[..bodyLength];
        source.Read(bodyStart, body);
        PageCodec codec = PageCodec.Of(CompressionCodec.Snappy);
        codec.CheckClaim(body, length);
        NativeBuffer page = pool.Rent(length, "a page");
        block.Dispose();
        block = page;
        codec.Decompress(body, new Span<byte>(page.Pointer, length));
        next = page.Pointer + produced - carry;
        end = page.Pointer + length;
        produced = length;
    }
}
