using Streaming.Parquet.Format;
using Streaming.Parquet.Pages;

namespace Streaming.Parquet;

/// <content>Passing over rows: whole pages of them are not decompressed and, but for their headers, not read.</content>
public sealed unsafe partial class ColumnReader
{
    // What is not further away is likely to be in the window already.
    const int MinJumpValues = 1024;

    OffsetIndex? offsets;
    bool hasLookedForOffsets;

    /// <summary>
    /// Passes over rows; pages that hold no other are not decompressed, and not read either: where the file has a page index,
    /// the next wanted page is gone to directly, otherwise from header to header. (The pages of lists must be read where there is no index.)
    /// </summary>
    /// <param name="rows">No more than <see cref="RowsLeft"/>.</param>
    /// <exception cref="ParquetException">The file is broken or uses something that is not supported.</exception>
    public void Skip(long rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, RowsLeft);
        ThrowIfFailed();
        try
        {
            long end = RowsLeft - rows;
            if (IsFar(rows) && FindOffsets() is { } index)
                Jump(index, rows);

            if (column.Kind == ColumnKind.Vector)
                PassRows(RowsLeft - end, []);
            else
                PassValues(RowsLeft - end);
        }
        catch (ParquetException e)
        {
            throw Fail(e);
        }
    }

    void PassValues(long rows)
    {
        while (rows > 0)
        {
            if (pageValuesLeft == 0)
                MoveToDataPage(isPassing: true);

            int n = (int)Math.Min(rows, pageValuesLeft);
            if (n < pageValuesLeft || values is not null)
            {
                SkipSink nowhere = default;
                Run(ref nowhere, n);
            }
            else
            {
                ConsumeRows(n);
            }

            rows -= n;
        }
    }

    // Whether the next wanted row is likely to be behind a page that need not be looked at.
    bool IsFar(long rows)
    {
        int usual = pages.PageNumber < 0 ? 0 : pages.Header.ValueCount;
        return rows * valuesPerRow - pageValuesLeft >= Math.Max(MinJumpValues, usual);
    }

    OffsetIndex? FindOffsets()
    {
        if (!hasLookedForOffsets)
        {
            RowGroupInfo group = file.RowGroups[rowGroup];
            offsets = PageIndexes.ReadOffsets(file.Source, pool, group.Chunks[column.Index].Metadata, group.RowCount);
            hasLookedForOffsets = true;
        }

        return offsets;
    }

    // Goes to the start of the page that holds the row behind the next rows, or the last of them, unless that is the page at hand.
    void Jump(OffsetIndex index, long rows)
    {
        // Where there is an index, pages start with rows; whether the row before is over is still to be seen if the page goes on.
        if (lengthBefore > 0 && pageValuesLeft > 0)
        {
            PassRows(1, []);
            rows--;
        }

        long rowCount = file.RowGroups[rowGroup].RowCount;
        int page = index.PageOf(Math.Min(rowCount - RowsLeft + rows, rowCount - 1));
        if (index.StartOf(page) <= pages.Start)
            return;

        LoadDictionary(index);
        pages.Seek(index.StartOf(page), page - 1 - index.PageAt(pages.Start));
        pageValuesLeft = 0;
        lengthBefore = 0;

        // How many values lists have is not known, but at least one per row.
        long passed = index.FirstRowOf(page) - (rowCount - RowsLeft);
        RowsLeft -= passed;
        valuesLeft -= passed;
        MoveToDataPage();
        if (pages.Start != index.StartOf(page))
            throw new ParquetException($"the offset index says that a data page lies at byte {index.StartOf(page)}; there is none.");

        if (column.Kind != ColumnKind.Vector && pageValuesLeft != index.RowsOf(page))
            throw new ParquetException($"the page has {pageValuesLeft} values, the offset index says {index.RowsOf(page)} rows.");
    }

    // Pages may need the dictionary that lies before the first of them.
    void LoadDictionary(OffsetIndex index)
    {
        while (pages.NextStart < index.FirstStart)
        {
            pages.Horizon = 0;
            pages.MoveNext();
            if (pages.Header.Type == PageType.Dictionary)
                decoder.StartDictionary(pages);
            else if (pages.Header.Type != PageType.Index)
                throw new ParquetException($"the offset index says that the first data page lies at byte {index.FirstStart}; one lies before.");
        }
    }

    // Pages are wanted one by one once some were jumped over: what lies behind the next one may not be wanted.
    long EndOfWanted(long position)
    {
        if (offsets is null)
            return long.MaxValue;

        int page = offsets.PageAt(position) + 1;
        return page < offsets.PageCount ? offsets.StartOf(page) : long.MaxValue;
    }
}
