using Streaming.Parquet.Format;

namespace Streaming.Parquet;

/// <summary>A data page of a column that is no list, as the page index describes it (parquet-format, PageIndex.md).</summary>
public sealed class PageInfo : ValueBounds
{
    readonly PhysicalType type;
    readonly byte[]? min;
    readonly byte[]? max;

    internal PageInfo(ParquetColumn column, OffsetIndex offsets, ColumnIndex bounds, int page)
        : base(column)
    {
        type = column.PhysicalType;
        min = bounds.MinOf(page);
        max = bounds.MaxOf(page);
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

    private protected override PhysicalType StoredType => type;

    private protected override bool AreLegacy => false;

    private protected override bool TryGetMin(out ReadOnlySpan<byte> bytes)
    {
        bytes = min;
        return min is not null;
    }

    private protected override bool TryGetMax(out ReadOnlySpan<byte> bytes)
    {
        bytes = max;
        return max is not null;
    }
}
