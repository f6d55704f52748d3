using System.IO.Hashing;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Streaming.Learning.Data.Caching;

/// <summary>
/// The cached tiles of a partition, as a file:
/// <code>
/// 8 bytes    "STRMTILE"
/// 4 bytes    version of the format
/// 4 bytes    row groups
/// 32 bytes   key: SHA-256 of all that the tiles depend on
/// 8 bytes    where the index begins
/// 8 bytes    XxHash3 of the index
/// 8 bytes    XxHash3 of the header up to here
/// …          blocks (BlockHeader)
/// …          index: per row group its first row in the dataset and its blocks; then where each block begins, and where the last ends
/// </code>
/// Rows lie by row group, so that passes may take row groups in any order. Numbers are little-endian, or whatever the machine has: the cache
/// is the machine's own.
/// </summary>
sealed class TileFile : IDisposable
{
    /// <summary>Bytes of the header.</summary>
    public const int HeaderBytes = 72;

    /// <summary>Bytes of the index for a row group.</summary>
    public const int GroupBytes = 2 * sizeof(long);

    /// <summary>Bytes of the index for a block.</summary>
    public const int BlockBytes = sizeof(long);

    const int FormatVersion = 1;
    const int KeyBytes = 32;

    readonly SafeFileHandle handle;
    readonly Dictionary<long, Entry> groups = [];
    readonly long[] starts;
    readonly long salt;

    TileFile(SafeFileHandle handle, ReadOnlySpan<long> index, int groupCount, ReadOnlySpan<byte> key)
    {
        this.handle = handle;
        salt = BitConverter.ToInt64(key);
        int block = 0;
        for (int g = 0; g < groupCount; g++)
        {
            ReadOnlySpan<long> entry = index.Slice(2 * g, 2);
            groups[entry[0]] = new Entry(block, (int)entry[1]);
            block += (int)entry[1];
        }

        starts = index[(2 * groupCount)..].ToArray();
        if (starts.Length != block + 1)
            throw new InvalidDataException("its index doesn't count its blocks");
    }

    /// <summary>Its bytes.</summary>
    public long Length => RandomAccess.GetLength(handle);

    static ReadOnlySpan<byte> Magic => "STRMTILE"u8;

    /// <summary>Opens a file and checks its header and index.</summary>
    /// <param name="path">The file.</param>
    /// <param name="key">What its tiles must depend on.</param>
    /// <exception cref="InvalidDataException">It is broken, or another file.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    public static TileFile Open(string path, ReadOnlySpan<byte> key)
    {
        SafeFileHandle handle = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete, options: FileOptions.SequentialScan);
        try
        {
            Span<byte> header = stackalloc byte[HeaderBytes];
            Fill(handle, 0, header);
            if (!header[..8].SequenceEqual(Magic) || BitConverter.ToInt32(header[8..]) != FormatVersion)
                throw new InvalidDataException("it is no file of tiles of this version");

            if (!header.Slice(16, KeyBytes).SequenceEqual(key))
                throw new InvalidDataException("it is of other data or options");

            if (BitConverter.ToUInt64(header[64..]) != XxHash3.HashToUInt64(header[..64]))
                throw new InvalidDataException("its header doesn't fit its checksum");

            long start = BitConverter.ToInt64(header[48..]);
            long bytes = RandomAccess.GetLength(handle) - start;
            int groupCount = BitConverter.ToInt32(header[12..]);
            if (start < HeaderBytes || bytes < 0 || bytes > Array.MaxLength || bytes % sizeof(long) != 0 || groupCount < 0 || (long)groupCount * GroupBytes + BlockBytes > bytes)
                throw new InvalidDataException("it was cut short");

            var index = new long[bytes / sizeof(long)];
            Fill(handle, start, MemoryMarshal.AsBytes(index.AsSpan()));
            if (BitConverter.ToUInt64(header[56..]) != HashOf(index))
                throw new InvalidDataException("its index doesn't fit its checksum");

            return new TileFile(handle, index, groupCount, key);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>The header of a file that is whole.</summary>
    public static byte[] HeaderOf(ReadOnlySpan<byte> key, int groups, long indexStart, long[] index)
    {
        var header = new byte[HeaderBytes];
        Magic.CopyTo(header);
        BitConverter.TryWriteBytes(header.AsSpan(8), FormatVersion);
        BitConverter.TryWriteBytes(header.AsSpan(12), groups);
        key.CopyTo(header.AsSpan(16));
        BitConverter.TryWriteBytes(header.AsSpan(48), indexStart);
        BitConverter.TryWriteBytes(header.AsSpan(56), HashOf(index));
        BitConverter.TryWriteBytes(header.AsSpan(64), XxHash3.HashToUInt64(header.AsSpan(0, 64)));
        return header;
    }

    /// <summary>What a block is signed with: nowhere else it would be taken for the right one.</summary>
    /// <param name="key">The key of the file.</param>
    /// <param name="firstRow">Position in the dataset of the first row of its row group.</param>
    /// <param name="block">Its number in the row group.</param>
    public static long PlaceOf(ReadOnlySpan<byte> key, long firstRow, long block) => PlaceOf(BitConverter.ToInt64(key), firstRow, block);

    /// <summary>Whether the file has a row group.</summary>
    /// <param name="firstRow">Position in the dataset of its first row.</param>
    public bool Has(long firstRow) => groups.ContainsKey(firstRow);

    /// <summary>Reads a block.</summary>
    /// <param name="firstRow">Position in the dataset of the first row of its row group.</param>
    /// <param name="block">Its number in the row group.</param>
    /// <param name="format">The format.</param>
    /// <param name="buffer">Receives it.</param>
    /// <returns>Its bytes; 0 where it is broken.</returns>
    /// <exception cref="IOException">It can't be read.</exception>
    public int ReadBlock(long firstRow, long block, TileFormat format, Span<byte> buffer)
    {
        Entry entry = groups[firstRow];
        if (block >= entry.Blocks)
            return 0;

        long start = starts[entry.FirstBlock + block];
        long bytes = starts[entry.FirstBlock + block + 1] - start;
        if (bytes < 0 || bytes > buffer.Length)
            return 0;

        Span<byte> read = buffer[..(int)bytes];
        Fill(handle, start, read);
        return BlockHeader.IsWhole(read, PlaceOf(salt, firstRow, block), format) ? (int)bytes : 0;
    }

    static void Fill(SafeFileHandle handle, long offset, Span<byte> target)
    {
        while (target.Length > 0)
        {
            int n = RandomAccess.Read(handle, target, offset);
            if (n == 0)
                throw new InvalidDataException("it was cut short");

            offset += n;
            target = target[n..];
        }
    }

    static ulong HashOf(long[] index) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(index.AsSpan()));

    static long PlaceOf(long salt, long firstRow, long block) => salt ^ (firstRow << 20) ^ block;

    /// <summary>Closes the file.</summary>
    public void Dispose() => handle.Dispose();

    readonly record struct Entry(int FirstBlock, int Blocks);
}
