namespace Streaming.Parquet.Format;

/// <summary>Bounds of the values of each data page of a column chunk (parquet-format, PageIndex.md).</summary>
sealed class ColumnIndex
{
    readonly List<bool> nullPages = [];
    readonly List<byte[]> min = [];
    readonly List<byte[]> max = [];
    readonly List<long> nullCounts = [];

    ColumnIndex()
    {
    }

    /// <summary>Reads the index of a chunk of a column that is no list.</summary>
    /// <param name="bytes">The index as it is stored.</param>
    /// <param name="offsets">The pages.</param>
    /// <exception cref="ParquetException">It is broken, or no index of these pages.</exception>
    public static ColumnIndex Parse(ReadOnlySpan<byte> bytes, OffsetIndex offsets)
    {
        var index = new ColumnIndex();
        var reader = new ThriftReader(bytes);
        FieldCursor field = reader.BeginStruct();
        while (reader.NextField(ref field))
        {
            switch (field.Id)
            {
                case 1:
                    for (int i = BeginList(ref reader, field, ThriftType.True, offsets); i > 0 && reader.Fault is null; i--)
                        index.nullPages.Add(reader.ReadListBool());
                    break;
                case 2 or 3:
                    List<byte[]> bounds = field.Id == 2 ? index.min : index.max;
                    for (int i = BeginList(ref reader, field, ThriftType.Binary, offsets); i > 0 && reader.Fault is null; i--)
                        bounds.Add(reader.ReadBinary().ToArray());
                    break;
                case 5:
                    for (int i = BeginList(ref reader, field, ThriftType.I64, offsets); i > 0 && reader.Fault is null; i--)
                        index.nullCounts.Add(reader.ReadInt());
                    break;
                default:
                    // Boundaries need not be in order for what they are used for here.
                    reader.Skip(field);
                    break;
            }
        }

        if (reader.Fault is null)
            index.Check(ref reader, offsets);

        if (reader.Fault is not null)
            throw new ParquetException($"the column index is broken at its byte {reader.Position}: {reader.Fault}.");

        return index;
    }

    /// <summary>Whether a page has no value but null.</summary>
    public bool IsNullPage(int page) => nullPages[page];

    /// <summary>Bytes that no value of a page is below; null for a page of nulls.</summary>
    public byte[]? MinOf(int page) => nullPages[page] ? null : min[page];

    /// <summary>Bytes that no value of a page is above; null for a page of nulls.</summary>
    public byte[]? MaxOf(int page) => nullPages[page] ? null : max[page];

    /// <summary>Nulls of a page, where they were counted.</summary>
    public long? NullCountOf(int page) => nullCounts.Count > 0 ? nullCounts[page] : null;

    static int BeginList(ref ThriftReader reader, FieldCursor field, ThriftType element, OffsetIndex offsets)
    {
        int count = reader.ReadList(field, element);
        if (reader.Fault is null && count != offsets.PageCount)
            reader.Fail($"field {field.Id} should tell of {offsets.PageCount} pages and tells of {count}");

        return count;
    }

    void Check(ref ThriftReader reader, OffsetIndex offsets)
    {
        int pages = offsets.PageCount;
        if (nullPages.Count != pages || min.Count != pages || max.Count != pages || nullCounts.Count % pages != 0)
        {
            reader.Fail(
                $"it should tell of {pages} pages: {nullPages.Count} null pages, {min.Count} minima, {max.Count} maxima, "
                + $"{nullCounts.Count} null counts");
            return;
        }

        for (int p = 0; p < nullCounts.Count; p++)
        {
            long rows = offsets.RowsOf(p);
            if (nullCounts[p] < 0 || nullCounts[p] > rows || (nullPages[p] && nullCounts[p] != rows))
                reader.Fail($"page {p} has {nullCounts[p]} nulls in {rows} rows{(nullPages[p] ? ", all of them null" : "")}");
        }
    }
}
