using Streaming.Parquet.Format;

namespace Streaming.Parquet;

/// <summary>A data page of a column that is no list, as the page index describes it (parquet-format, PageIndex.md).</summary>
public sealed class PageInfo : ValueBounds
{
    internal PageInfo(ParquetColumn column, OffsetIndex offsets, ColumnIndex bounds, int page)
        : base(column, column.PhysicalType, bounds.MinOf(page), bounds.MaxOf(page))
    {
        FirstRow = offsets.FirstRowOf(page);
        ValueCount = offsets.RowsOf(page);
        NullCount = bounds.IsNullPage(page) ? ValueCount : bounds.NullCountOf(page);
    }

    /// <summary>Number of its first row in the row group, from 0.</summary>
    public long FirstRow { get; }

    /// <summary>Its values, nulls included: as many as it has rows.</summary>
    public override long ValueCount { get; }

    /// <inheritdoc/>
    public override long? NullCount { get; }
}
