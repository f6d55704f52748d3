using System.Diagnostics;
using Streaming.Storage;

namespace Streaming.Learning.Data.Caching;

/// <summary>
/// Brings the columns of a partition's rows into tiles from the cache. From the first block on that is broken or gone, the rest of the
/// partition is decoded; the tiles are the same.
/// </summary>
/// <param name="partition">The partition.</param>
/// <param name="source">What is read.</param>
/// <param name="format">What the cache holds.</param>
sealed unsafe class CachedColumns(CachedPartition partition, TileSource source, TileFormat format) : ITileColumns
{
    readonly TileColumns decoder = new(source);
    readonly int[] kept = new int[source.BatchSize];
    readonly int[] reasons = new int[source.BatchSize];
    TileFile? file;
    NativeBuffer? buffer;
    bool isDecoding;
    bool hasEnded;

    DatasetRowGroup? group;
    bool skipsPages;

    // Of the row group: the next wanted row, among all of them.
    long next;

    // The block in the buffer; -1 for none. The row of it that comes next, of those that were left out and of all others.
    long block = -1;
    int nextLeftOut;
    int nextRow;

    // Rows of the last run that are in the tile, where some are not; else 0.
    int keptCount;

    /// <inheritdoc/>
    public int FailedRow => isDecoding ? decoder.FailedRow : -1;

    /// <inheritdoc/>
    public Rejections Rejections => decoder.Rejections;

    /// <inheritdoc/>
    public int Kept(int i) => isDecoding ? decoder.Kept(i) : keptCount > 0 ? kept[i] : i;

    /// <inheritdoc/>
    public void Open(DatasetRowGroup newGroup, bool skips, long row)
    {
        group = newGroup;
        skipsPages = skips;
        block = -1;
        if (!isDecoding)
        {
            file ??= partition.TryOpen();
            isDecoding = file?.Has(newGroup.FirstRow) != true;
            if (isDecoding && file != null)
                GiveUp("it lacks a row group");
        }

        if (isDecoding)
            decoder.Open(newGroup, skips, row);
        else
            next = row == 0 ? 0 : WantedBefore(newGroup, row);
    }

    /// <inheritdoc/>
    public int Read(RowBatch tile, int start, RowRun run)
    {
        if (isDecoding)
            return decoder.Read(tile, start, run);

        try
        {
            if (TryRead(tile, start, run) is { } rows)
                return rows;

            GiveUp("a block is broken");
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            GiveUp(e.Message);
        }

        decoder.Open(group!, skipsPages, 0);
        return decoder.Read(tile, start, run with { Skip = run.FirstRow - group!.FirstRow });
    }

    /// <summary>Tells that the partition has been read to its end.</summary>
    public void End()
    {
        if (!isDecoding && !hasEnded)
            partition.EndReading();

        hasEnded = true;
    }

    // Null where the cache does not have all of it; then nothing has been counted.
    int? TryRead(RowBatch tile, int start, RowRun run)
    {
        int rows = 0, leftOut = 0;
        for (int row = 0; row < run.Wanted;)
        {
            if (!Load(next / format.BlockRows))
                return null;

            var header = new BlockHeader(buffer!.Pointer, format.ColumnCount);
            int count = Math.Min(run.Wanted - row, header.Rows + header.LeftOut - nextRow - nextLeftOut);
            if (count == 0)
                return null;

            int from = nextRow;
            PassLeftOut(header, row, count, rows, ref leftOut);
            Copy(header, from, tile, start + rows, nextRow - from);
            rows += nextRow - from;
            row += count;
            next += count;
        }

        for (int i = 0; i < leftOut; i++)
            Rejections.Count(reasons[i]);

        keptCount = leftOut > 0 ? rows : 0;
        return rows;
    }

    // Walks over wanted rows: which stay, and why the others don't.
    void PassLeftOut(BlockHeader header, int row, int count, int rows, ref int leftOut)
    {
        int first = nextRow + nextLeftOut;
        if (header.LeftOut == 0 && leftOut == 0 && !source.Rules.Drops)
        {
            nextRow += count;
            return;
        }

        for (int i = 0; i < count; i++)
        {
            if (nextLeftOut < header.LeftOut && header.LeftOutRows[nextLeftOut].Row == first + i)
            {
                reasons[leftOut++] = header.LeftOutRows[nextLeftOut++].Reason;
            }
            else
            {
                kept[rows++] = row + i;
                nextRow++;
            }
        }
    }

    void Copy(BlockHeader header, int from, RowBatch tile, int start, int count)
    {
        for (int c = 0; c < format.ColumnCount; c++)
        {
            byte* column = buffer!.Pointer + header.StartOf(c);
            byte* target = format.ColumnOf(tile, c) + (long)start * format.WidthOf(c);
            if (format.WidthOf(c) == sizeof(float))
                ColumnCodec.Decode(column, from, new Span<float>(target, count));
            else
                ColumnCodec.Decode(column, from, new Span<double>(target, count), format.ScaleOf(c, source.Scaling));
        }
    }

    bool Load(long wanted)
    {
        if (wanted == block)
            return true;

        buffer ??= source.Dataset.Pool.Rent(format.StoredBytes, "cached tiles");
        long began = Stopwatch.GetTimestamp();
        int bytes = file!.ReadBlock(group!.FirstRow, wanted, format, buffer.Span);
        partition.Read(bytes, Stopwatch.GetTimestamp() - began);
        if (bytes == 0)
            return false;

        block = wanted;
        GoTo((int)(next % format.BlockRows));
        return true;
    }

    void GoTo(int row)
    {
        var header = new BlockHeader(buffer!.Pointer, format.ColumnCount);
        nextLeftOut = 0;
        while (nextLeftOut < header.LeftOut && header.LeftOutRows[nextLeftOut].Row < row)
            nextLeftOut++;

        nextRow = row - nextLeftOut;
    }

    // How many rows of a row group are wanted before one of its rows.
    long WantedBefore(DatasetRowGroup rowGroup, long row)
    {
        if (!source.Filter.IsActive && rowGroup.Condition == null)
            return row;

        using var picker = new RowPicker(source.Filter);
        picker.Open(rowGroup);
        long count = 0;
        while (picker.TryPick(source.BatchSize, out RowRun run))
        {
            for (int i = 0; i < run.Wanted; i++, count++)
            {
                if (run.FirstRow + run.PlaceOf(i) >= rowGroup.FirstRow + row)
                    return count;
            }
        }

        return count;
    }

    void GiveUp(string why)
    {
        Close();
        isDecoding = true;
        partition.Discard(why);
    }

    void Close()
    {
        file?.Dispose();
        file = null;
        buffer?.Dispose();
        buffer = null;
        block = -1;
    }

    /// <summary>Closes the file, and the columns.</summary>
    public void Dispose()
    {
        Close();
        decoder.Dispose();
    }
}
