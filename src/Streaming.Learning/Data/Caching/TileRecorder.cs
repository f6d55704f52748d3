using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Streaming.Storage;

namespace Streaming.Learning.Data.Caching;

/// <summary>
/// Writes the tiles of a partition aside while a pass decodes them. The file gets its name when the partition is whole. What can't be written
/// ends caching, never the run. For one thread at a time.
/// </summary>
sealed unsafe class TileRecorder : IDisposable
{
    readonly CachedPartition partition;
    readonly TileSource source;
    readonly TileFormat format;
    readonly NativeBuffer buffer;

    // A block as tiles hold it, and as it is written.
    readonly byte* raw;
    readonly byte* stored;
    readonly List<(int Row, int Reason)> leftOut = [];
    readonly List<long> groups = [];
    readonly List<long> starts = [];
    SafeFileHandle? file;
    long position = TileFile.HeaderBytes;

    // Of the row group: its first row, and blocks so far.
    long firstRow = -1;
    long groupBlocks;

    // Of the block: rows that stay, and wanted rows.
    int rows;
    int wanted;

    /// <summary>Begins a file beside the one that it is to become.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="source">What is read.</param>
    /// <param name="format">What is written.</param>
    /// <exception cref="IOException">It can't be written.</exception>
    public TileRecorder(CachedPartition partition, TileSource source, TileFormat format)
    {
        this.partition = partition;
        this.source = source;
        this.format = format;
        buffer = source.Dataset.Pool.Rent(BytesFor(format), "tiles to be cached");
        raw = buffer.Pointer;
        stored = raw + format.RawBytes;
        try
        {
            file = partition.CreateAside();
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    /// <summary>Memory that a recorder takes.</summary>
    public static long BytesFor(TileFormat format) => format.RawBytes + format.StoredBytes;

    /// <summary>Tells that the next rows are those of a row group.</summary>
    public void Begin(DatasetRowGroup group)
    {
        EndGroup();
        firstRow = group.FirstRow;
        groupBlocks = 0;
    }

    /// <summary>Takes the rows of a run that a tile has got.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="start">The first of them in the tile.</param>
    /// <param name="kept">Their number.</param>
    /// <param name="run">The run.</param>
    /// <param name="columns">What has read them.</param>
    public void Add(RowBatch tile, int start, int kept, RowRun run, TileColumns columns)
    {
        int done = 0;
        for (int row = 0; row < run.Wanted && file != null;)
        {
            int count = Math.Min(run.Wanted - row, format.BlockRows - wanted);
            int end = done;
            if (kept == run.Wanted)
                end += count;
            else
                LeaveOut(columns, row, count, kept, ref end);

            Copy(tile, start + done, end - done);
            done = end;
            row += count;
            wanted += count;
            if (wanted == format.BlockRows)
                EndBlock();
        }
    }

    /// <summary>Gives the file its name: the partition is whole.</summary>
    public void Commit()
    {
        EndGroup();
        if (file == null)
            return;

        starts.Add(position);
        long[] index = [.. groups, .. starts];
        try
        {
            RandomAccess.Write(file, MemoryMarshal.AsBytes(index.AsSpan()), position);
            RandomAccess.Write(file, TileFile.HeaderOf(partition.Key, groups.Count / 2, position, index), 0);
            file.Dispose();
            file = null;
            partition.Commit(position + index.Length * sizeof(long));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            GiveUp(e);
        }
    }

    // Notes which of the wanted rows are not in the tile.
    void LeaveOut(TileColumns columns, int row, int count, int kept, ref int next)
    {
        for (int i = 0; i < count; i++)
        {
            if (next < kept && columns.Kept(next) == row + i)
                next++;
            else
                leftOut.Add((wanted + i, columns.ReasonOf(row + i)));
        }
    }

    void Copy(RowBatch tile, int start, int count)
    {
        for (int c = 0; c < format.ColumnCount; c++)
        {
            int width = format.WidthOf(c);
            byte* from = format.ColumnOf(tile, c) + (long)start * width;
            Buffer.MemoryCopy(from, raw + format.RawStart(c) + (long)rows * width, (long)count * width, (long)count * width);
        }

        rows += count;
    }

    void EndGroup()
    {
        if (wanted > 0)
            EndBlock();

        if (firstRow >= 0)
            groups.AddRange(firstRow, groupBlocks);

        firstRow = -1;
    }

    void EndBlock()
    {
        if (file == null)
            return;

        Span<byte> block = new(stored, Encode());
        BlockHeader.Sign(block, TileFile.PlaceOf(partition.Key, firstRow, groupBlocks));
        try
        {
            RandomAccess.Write(file, block, position);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            GiveUp(e);
        }

        starts.Add(position);
        position += block.Length;
        groupBlocks++;
        rows = wanted = 0;
        leftOut.Clear();
    }

    int Encode()
    {
        var header = new BlockHeader(stored, format.ColumnCount) { Rows = rows, LeftOut = leftOut.Count };
        CollectionsMarshal.AsSpan(leftOut).CopyTo(new Span<(int, int)>(header.LeftOutRows, leftOut.Count));
        int at = header.Bytes;
        for (int c = 0; c < format.ColumnCount; c++)
        {
            header.StartOf(c) = at;
            byte* values = raw + format.RawStart(c);
            at += format.WidthOf(c) == sizeof(float)
                ? ColumnCodec.Encode(new ReadOnlySpan<float>(values, rows), stored + at)
                : ColumnCodec.Encode(new ReadOnlySpan<double>(values, rows), stored + at, format.ScaleOf(c, source.Scaling));
        }

        return at;
    }

    void GiveUp(Exception e)
    {
        Abandon();
        partition.Fail(e);
    }

    void Abandon()
    {
        if (file == null)
            return;

        file.Dispose();
        file = null;
        partition.RemoveAside();
    }

    /// <summary>Removes what was written, unless it is whole.</summary>
    public void Dispose()
    {
        Abandon();
        buffer.Dispose();
    }
}
