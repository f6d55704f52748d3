using Streaming.Parquet.Compression;
using Streaming.Parquet.Encodings;
using Streaming.Parquet.Format;
using Streaming.Storage;

namespace Streaming.Parquet.Pages;

/// <summary>
/// Walks over the pages of a column chunk: finds each header, then decompresses the page or passes over it
/// (parquet-format, README.md, "Data Pages"). Knows nothing of what pages mean.
/// </summary>
sealed unsafe class PageReader : IDisposable
{
    // Enough for a header with its statistics; longer ones are asked for again.
    const int HeaderGuess = 1024;

    // Headers hold the smallest and largest value, which some writers do not shorten; beyond this it is no header.
    const int MaxHeader = 16 * 1024 * 1024;

    /// <summary>Pages that are smaller than this fit into the first-level cache whole.</summary>
    public const int MinFedBytes = 32 * 1024;

    readonly ByteRangeSource source;
    readonly BufferPool pool;
    readonly PageCodec codec;
    readonly ChunkWindow window;
    readonly IDisposable hold;
    NativeBuffer? page;
    PageHeader header;
    long bodyEnd;
    BlockFeed? feed;

    /// <summary>Stands before the first page.</summary>
    /// <param name="source">The file.</param>
    /// <param name="pool">Where memory comes from.</param>
    /// <param name="codec">How pages are compressed.</param>
    /// <param name="start">Where in the file the chunk starts.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="joined">Bytes that are fetched together with those of other chunks, or null.</param>
    /// <param name="isAlone">Whether no other chunk is read beside it, so that its window may be larger.</param>
    public PageReader(ByteRangeSource source, BufferPool pool, PageCodec codec, long start, long end, JoinedRange? joined = null, bool isAlone = false)
    {
        this.source = source;
        this.pool = pool;
        this.codec = codec;
        window = new ChunkWindow(source, pool, start, end, codec.CanStream, joined, isAlone);
        hold = source.Hold();
    }

    /// <summary>The header of the page at hand.</summary>
    public ref readonly PageHeader Header => ref header;

    /// <summary>Number of the page at hand in its chunk, from 0; -1 before the first.</summary>
    public int PageNumber { get; private set; } = -1;

    /// <summary>Where in the file the header of the page at hand lies; -1 before the first.</summary>
    public long Start { get; private set; } = -1;

    /// <summary>Where in the file the header of the next page lies.</summary>
    public long NextStart => Math.Max(bodyEnd, window.Position);

    /// <summary>Where in the file that which is wanted ends, so that it pays to read ahead up to there.</summary>
    public long Horizon
    {
        set => window.Horizon = value;
    }

    /// <summary>Makes the page that lies at a later place of the file the next one.</summary>
    /// <param name="start">Where its header lies.</param>
    /// <param name="skipped">Pages between the one at hand and that one.</param>
    public void Seek(long start, int skipped)
    {
        bodyEnd = start;
        PageNumber += skipped;
    }

    /// <summary>Whether no page that is wanted follows the one at hand, so that nothing but this page need be held; false for each page until it is said.</summary>
    public bool IsLast { get; set; }

    /// <summary>Moves to the next page's header; the content of the page before is gone then.</summary>
    /// <exception cref="ParquetException">There is none, or it is broken.</exception>
    public void MoveNext()
    {
        feed?.Dispose();
        feed = null;
        IsLast = false;
        long unread = bodyEnd - window.Position;
        if (unread > 0)
            window.Advance(unread);

        Start = window.Position;
        PageNumber++;
        if (window.BytesLeft <= 0)
            throw new ParquetException("the column chunk ends where a page should begin.");

        int length = 0;
        for (int wanted = FirstGuess(); length == 0; wanted *= 2)
        {
            ReadOnlySpan<byte> bytes = window.Peek(wanted);
            length = PageHeaderReader.Read(bytes, out header);
            if (length == 0 && (bytes.Length >= window.BytesLeft || bytes.Length >= MaxHeader))
                throw new ParquetException($"no page header ends within the next {bytes.Length} bytes.");
        }

        window.Advance(length);
        if (header.CompressedBytes > window.BytesLeft)
            throw new ParquetException($"the page has {header.CompressedBytes} bytes, the column chunk {window.BytesLeft} left.");

        bodyEnd = window.Position + header.CompressedBytes;
    }

    // Of a small page no more than its own bytes, where it is known that what follows is not wanted.
    int FirstGuess() => window.Horizon > Start ? (int)Math.Min(HeaderGuess, window.Horizon - Start) : HeaderGuess;

    /// <summary>
    /// The content of the page at hand, decompressed, valid until the next page. The levels of a version 2 page, which are
    /// never compressed, stand before its values.
    /// </summary>
    /// <exception cref="ParquetException">The content is broken.</exception>
    public PageContent Load()
    {
        ReadOnlySpan<byte> body = window.Peek(header.CompressedBytes)[..header.CompressedBytes];
        if (header.Crc is { } crc)
            PageChecksum.Check(body, crc);

        window.Advance(header.CompressedBytes);

        int levels = header.RepetitionLevelBytes + header.DefinitionLevelBytes;
        bool isStored = codec.IsStored || !header.IsCompressed;
        if (isStored)
        {
            CheckStoredLength();
            fixed (byte* start = body)
                return new PageContent(start, body.Length);
        }

        if (levels > header.UncompressedBytes)
            throw new ParquetException($"levels of {levels} bytes are announced in a page of {header.UncompressedBytes}.");

        ReadOnlySpan<byte> compressed = body[levels..];
        codec.CheckClaim(compressed, header.UncompressedBytes - levels);
        if (levels == 0 && !IsReplacing && codec.FindStored(compressed, header.UncompressedBytes) is >= 0 and int front)
        {
            fixed (byte* start = compressed)
                return new PageContent(start + front, header.UncompressedBytes);
        }

        if (page is null || page.Length < header.UncompressedBytes)
        {
            page?.Dispose();
            page = null;
            page = pool.Rent(header.UncompressedBytes, "a page");
        }

        var target = new Span<byte>(page.Pointer, header.UncompressedBytes);
        body[..levels].CopyTo(target);
        codec.Decompress(compressed, target[levels..]);
        if (IsLast)
            window.Dispose();
        else
            window.ReleaseIfDrained();

        return new PageContent(page.Pointer, header.UncompressedBytes);
    }

    /// <summary>
    /// Whether the page at hand can be had piece by piece. Not so: the other codecs, small pages, for which it does not pay, last pages that hold
    /// less memory when they take the place of their compressed bytes, and pages with a checksum, which must be checked before values are given out.
    /// </summary>
    public bool CanFeed =>
        (codec.CanStream || !header.IsCompressed) && header.UncompressedBytes >= MinFedBytes && header.Crc is null
        && !IsReplacing;

    /// <summary>
    /// Whether a compressed page takes no more memory whole than its compressed bytes and a block beside them would: of the last page of a chunk the former
    /// are given back. Of thousands of columns, which wait for each other, pages are most of what reading takes.
    /// </summary>
    public static bool IsSmallerAsWhole(long compressed, long uncompressed) =>
        compressed <= ChunkWindow.ReadBytes && uncompressed <= compressed + ChunkWindow.BlockBytes;

    // Whether the page at hand takes the place of its compressed bytes.
    bool IsReplacing => IsLast && !codec.IsStored && header.IsCompressed && IsSmallerAsWhole(header.CompressedBytes, header.UncompressedBytes);

    /// <summary>
    /// The next bytes of the levels of a version 2 page: all of them must be read or passed over before <see cref="OpenFeed"/>.
    /// </summary>
    public void ReadLevels(Span<byte> destination)
    {
        window.Peek(destination.Length)[..destination.Length].CopyTo(destination);
        window.Advance(destination.Length);
    }

    /// <summary>Passes over bytes of the levels of a version 2 page.</summary>
    public void SkipLevels(int bytes) => window.Advance(bytes);

    /// <summary>The content of the page at hand piece by piece; of a version 2 page, what follows its levels.</summary>
    /// <exception cref="ParquetException">The content is broken.</exception>
    public ByteFeed OpenFeed()
    {
        int compressed = (int)(bodyEnd - window.Position);
        int levels = header.CompressedBytes - compressed;

        // Of nulls only, some writers compress nothing to nothing.
        if (header.UncompressedBytes == levels)
            return new StoredFeed(window, 0);

        if (codec.IsStored || !header.IsCompressed)
        {
            CheckStoredLength();
            return new StoredFeed(window, compressed);
        }

        if (levels > header.UncompressedBytes)
            throw new ParquetException($"levels of {levels} bytes are announced in a page of {header.UncompressedBytes}.");

        return feed = new BlockFeed(source, pool, window, codec, codec.StartBlocks(), compressed, header.UncompressedBytes - levels);
    }

    /// <summary>The content of the page at hand in a buffer of its own, which the caller owns.</summary>
    /// <exception cref="ParquetException">The content is broken.</exception>
    public NativeBuffer LoadCopy(out int length)
    {
        PageContent content = Load();
        length = content.Length;
        if (page is not null && content.Start == page.Pointer)
        {
            NativeBuffer result = page;
            page = null;
            return result;
        }

        NativeBuffer copy = pool.Rent(length, "a dictionary");
        new ReadOnlySpan<byte>(content.Start, length).CopyTo(copy.Span);
        return copy;
    }

    public void Dispose()
    {
        feed?.Dispose();
        page?.Dispose();
        page = null;
        window.Dispose();
        hold.Dispose();
    }

    void CheckStoredLength()
    {
        if (header.UncompressedBytes != header.CompressedBytes)
        {
            throw new ParquetException(
                $"an uncompressed page has {header.CompressedBytes} bytes, {header.UncompressedBytes} are announced.");
        }
    }
}

/// <summary>The bytes of a decompressed page; 64 bytes behind the last may be read.</summary>
readonly unsafe struct PageContent(byte* start, int length)
{
    public byte* Start { get; } = start;

    public int Length { get; } = length;
}
