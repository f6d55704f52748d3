using Streaming.Parquet.Encodings;
using Streaming.Storage;

namespace Streaming.Parquet.Pages;

/// <summary>
/// The repetition or the definition levels of a page: finds them where either version of pages has them, and starts their
/// reader (parquet-format, README.md, "Data Pages"). A column whose highest level is 0 has none, and nothing is done.
/// </summary>
struct LevelStream(BufferPool pool, string kind, int maxLevel) : IDisposable
{
    readonly int width = 32 - System.Numerics.BitOperations.LeadingZeroCount((uint)maxLevel);

    // Levels that do not lie in the page as they are read.
    NativeBuffer? buffer;

    /// <summary>Reads the levels.</summary>
    public HybridReader Reader;

    /// <summary>Whether the levels of a version 1 page say how long they are.</summary>
    public readonly bool CanCopy(Encoding encoding) => maxLevel == 0 || encoding == Encoding.Rle;

    /// <summary>Starts with the levels of a version 2 page, which its header has checked to lie in the page.</summary>
    public unsafe void Start(byte* source, int length)
    {
        if (maxLevel > 0)
            Reader.Start(source, length, width);
    }

    /// <summary>Starts with the levels of a version 1 page; gives the bytes that they take.</summary>
    /// <exception cref="ParquetException">They do not fit into the page, or their encoding does not exist for levels.</exception>
    public unsafe int Start(Encoding encoding, int count, byte* source, int length)
    {
        if (maxLevel == 0)
            return 0;

        if (encoding == Encoding.BitPacked)
            return StartBitPacked(count, source, length);

        if (encoding != Encoding.Rle)
            throw new ParquetException($"{kind} levels have encoding {encoding}; it should be RLE.");

        if (length < sizeof(uint))
            throw new ParquetException($"the page has {length} bytes; the length of its {kind} levels takes 4.");

        uint bytes = *(uint*)source;
        CheckBytes(bytes, length);
        Reader.Start(source + sizeof(uint), (int)bytes, width);
        return (int)bytes + sizeof(uint);
    }

    /// <summary>Copies and starts the levels of a version 2 page that is used piece by piece.</summary>
    public void Copy(PageReader pages, int bytes)
    {
        if (maxLevel == 0)
        {
            pages.SkipLevels(bytes);
            return;
        }

        pages.ReadLevels(Rent(bytes));
        StartCopy(bytes);
    }

    /// <summary>Copies and starts the levels of a version 1 page that is used piece by piece; gives the bytes that they take.</summary>
    /// <exception cref="ParquetException">They do not fit into the page.</exception>
    public unsafe int Copy(ByteFeed feed, int pageBytes)
    {
        if (maxLevel == 0)
            return 0;

        uint bytes = 0;
        feed.Read(new Span<byte>(&bytes, sizeof(uint)));
        CheckBytes(bytes, pageBytes);
        feed.Read(Rent((int)bytes));
        StartCopy((int)bytes);
        return (int)bytes + sizeof(uint);
    }

    public void Dispose()
    {
        buffer?.Dispose();
        buffer = null;
    }

    unsafe int StartBitPacked(int count, byte* source, int length)
    {
        long bytes = BitPackedLevels.Bytes(count, width);
        if (bytes > length)
            throw new ParquetException($"{kind} levels of {bytes} bytes are announced in a page of {length}.");

        Rent((int)bytes);
        BitPackedLevels.Reverse(source, buffer!.Pointer, count, width);
        Reader.StartPacked(buffer.Pointer, (int)bytes, width);
        return (int)bytes;
    }

    unsafe void StartCopy(int bytes) => Reader.Start(buffer!.Pointer, bytes, width);

    Span<byte> Rent(int bytes)
    {
        Dispose();
        buffer = pool.Rent(bytes, "levels");
        return buffer.Span[..bytes];
    }

    readonly void CheckBytes(uint bytes, int pageBytes)
    {
        if (pageBytes < sizeof(uint) || bytes > pageBytes - sizeof(uint))
            throw new ParquetException($"{kind} levels of {bytes} bytes are announced in a page of {pageBytes}.");
    }
}
