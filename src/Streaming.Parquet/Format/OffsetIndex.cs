namespace Streaming.Parquet.Format;

/// <summary>Where the data pages of a column chunk lie and which rows they hold (parquet-format, PageIndex.md).</summary>
sealed class OffsetIndex
{
    readonly List<long> starts = [];
    readonly List<long> firstRows = [];
    readonly long rowCount;

    OffsetIndex(long rowCount) => this.rowCount = rowCount;

    /// <summary>Number of data pages.</summary>
    public int PageCount => starts.Count;

    /// <summary>Where in the file the first data page starts.</summary>
    public long FirstStart => starts[0];

    /// <summary>Where in the file the page with the last row starts.</summary>
    public long LastStart => starts[PageOf(rowCount - 1)];

    /// <summary>Reads the index of a chunk that has rows.</summary>
    /// <param name="bytes">The index as it is stored.</param>
    /// <param name="chunkStart">Where in the file the chunk starts.</param>
    /// <param name="chunkEnd">Where it ends.</param>
    /// <param name="rowCount">Rows of the row group.</param>
    /// <exception cref="ParquetException">It is broken, or no index of such a chunk.</exception>
    public static OffsetIndex Parse(ReadOnlySpan<byte> bytes, long chunkStart, long chunkEnd, long rowCount)
    {
        var index = new OffsetIndex(rowCount);
        var reader = new ThriftReader(bytes);
        FieldCursor field = reader.BeginStruct();
        while (reader.NextField(ref field))
        {
            if (field.Id != 1)
            {
                reader.Skip(field);
                continue;
            }

            // Of many pages no more than were read: the count is but a claim.
            int count = reader.ReadList(field, ThriftType.Struct);
            for (int i = 0; i < count && reader.Fault is null; i++)
                index.ReadPage(ref reader, chunkStart, chunkEnd);
        }

        if (reader.Fault is null && index.PageCount == 0)
            reader.Fail("it lists no pages");

        if (reader.Fault is not null)
            throw new ParquetException($"the offset index is broken at its byte {reader.Position}: {reader.Fault}.");

        return index;
    }

    /// <summary>Where in the file a page starts.</summary>
    public long StartOf(int page) => starts[page];

    /// <summary>The first row of a page, in the row group.</summary>
    public long FirstRowOf(int page) => firstRows[page];

    /// <summary>Rows of a page.</summary>
    public long RowsOf(int page) => (page + 1 < PageCount ? firstRows[page + 1] : rowCount) - firstRows[page];

    /// <summary>The page that holds a row: of pages that start with the same row all but the last are empty.</summary>
    public int PageOf(long row) => LastAtMost(firstRows, row);

    /// <summary>The page that starts at a place of the file or last before it; -1 before the first.</summary>
    public int PageAt(long position) => LastAtMost(starts, position);

    void ReadPage(ref ThriftReader reader, long chunkStart, long chunkEnd)
    {
        long start = -1;
        long length = -1;
        long firstRow = -1;
        FieldCursor field = reader.BeginStruct();
        while (reader.NextField(ref field))
        {
            switch (field.Id)
            {
                case 1: start = reader.ReadInt(field); break;
                case 2: length = reader.ReadInt(field); break;
                case 3: firstRow = reader.ReadInt(field); break;
                default: reader.Skip(field); break;
            }
        }

        if (reader.Fault is not null)
            return;

        if (start < chunkStart || start >= chunkEnd || length < 0 || length > chunkEnd - start)
            reader.Fail($"page {PageCount} should be {length} bytes from byte {start} on, the column chunk ends at byte {chunkEnd}");
        else if (PageCount == 0 && firstRow != 0)
            reader.Fail($"page 0 starts with row {firstRow}");
        else if (PageCount > 0 && (firstRow < firstRows[^1] || firstRow > rowCount))
            reader.Fail($"page {PageCount} starts with row {firstRow} of {rowCount}, the page before with row {firstRows[^1]}");
        else if (PageCount > 0 && start <= starts[^1])
            reader.Fail($"page {PageCount} starts at byte {start}, the page before at byte {starts[^1]}");

        starts.Add(start);
        firstRows.Add(firstRow);
    }

    static int LastAtMost(List<long> ascending, long value)
    {
        int low = 0;
        int high = ascending.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (ascending[middle] <= value)
                low = middle + 1;
            else
                high = middle;
        }

        return low - 1;
    }
}
