namespace Streaming.Learning.Data;

/// <summary>What a pass reads: columns, their scaling, and the rows it sees.</summary>
/// <param name="Dataset">The data.</param>
/// <param name="Columns">The columns.</param>
/// <param name="Scaling">How file values become tile values.</param>
/// <param name="Target">The target, where <see cref="ColumnSelection.Target"/> is to be read.</param>
/// <param name="Filter">The side of the holdout's split.</param>
/// <param name="BatchSize">Most rows per tile.</param>
public sealed record TileSource(
    Dataset Dataset, ColumnSelection Columns, FeatureScaling Scaling, TargetInfo? Target, RowFilter Filter, int BatchSize)
{
    /// <summary>The tiles that <see cref="TileReader"/> fills.</summary>
    /// <param name="doubles">Whether their features are double.</param>
    public BatchShape Shape(bool doubles = false) =>
        new(Columns.Features.Count, BatchSize, Target != null, Columns.Weight != null, HasRowMajor: false, doubles);

    /// <summary>The tiles that hold their features row-major.</summary>
    public BatchShape RowShape =>
        new(Columns.Features.Count, BatchSize, Target != null, Columns.Weight != null, HasRowMajor: true, HasColumns: false);
}

/// <summary>
/// Reads one partition, tile by tile: wanted rows in file order, across the borders of its row groups. Every tile but the last is full,
/// however few rows are wanted. Used by one thread at a time.
/// </summary>
sealed unsafe class TileReader : IDisposable
{
    readonly IReadOnlyList<DatasetRowGroup> rowGroups;
    readonly RowPicker rows;
    readonly TileColumns columns;
    readonly bool hasGaps;
    readonly CancellationToken cancellation;
    int nextRowGroup;

    public TileReader(TileSource source, IReadOnlyList<DatasetRowGroup> rowGroups, CancellationToken cancellation = default)
    {
        this.rowGroups = rowGroups;
        this.cancellation = cancellation;
        rows = new RowPicker(source.Filter);
        columns = new TileColumns(source);

        // Where the condition rules row groups out, rows that follow each other in the partition need not do so in the dataset.
        hasGaps = source.Filter.IsActive || source.Dataset.Options.Where != null;
    }

    /// <summary>Rows looked at so far, wanted or not.</summary>
    public long RowsRead => rows.RowsRead;

    /// <summary>Rows looked at so far for which the dataset's condition is not true.</summary>
    public long RowsFiltered => rows.RowsFiltered;

    /// <summary>Rows given in tiles so far.</summary>
    public long RowsGiven { get; private set; }

    /// <summary>Where the partition goes on behind the last tile.</summary>
    public TilePosition Position { get; private set; }

    /// <summary>Goes to where a reader of this partition stood behind a tile; called before the first tile is read.</summary>
    public void GoTo(TilePosition position)
    {
        Position = position;
        RowsGiven = position.RowsGiven;
        nextRowGroup = (int)position.RowGroup;
        rows.Resume(rowGroups.Take(nextRowGroup).Sum(g => g.RowCount), position.RowsFiltered);
        if (position.Row > 0)
            OpenNextRowGroup(position.Row);
    }

    /// <summary>Fills <paramref name="tile"/> with the next wanted rows; false when there are none left.</summary>
    public bool Read(RowBatch tile)
    {
        tile.RowCount = 0;
        tile.IsFiltered = hasGaps;
        while (tile.RowCount < tile.Capacity && !IsFar(tile))
        {
            if (rows.TryPick(tile.Capacity - tile.RowCount, out RowRun run, cancellation))
                Append(tile, run);
            else if (!OpenNextRowGroup())
                break;
        }

        if (tile.RowCount == 0)
            return false;

        RowsGiven += tile.RowCount;
        (long row, long filtered) = rows.Mark;
        Position = row == rowGroups[nextRowGroup - 1].RowCount
            ? new TilePosition(nextRowGroup, 0, RowsGiven, filtered)
            : new TilePosition(nextRowGroup - 1, row, RowsGiven, filtered);
        return true;
    }

    void Append(RowBatch tile, RowRun run)
    {
        int start = tile.RowCount;
        if (start == 0)
            tile.FirstRow = run.FirstRow;

        columns.Read(tile, start, run);
        if (hasGaps)
        {
            int distance = (int)(run.FirstRow - tile.FirstRow);
            for (int i = 0; i < run.Wanted; i++)
                tile.RowOffsets[start + i] = distance + run.PlaceOf(i);
        }

        tile.RowCount += run.Wanted;
    }

    // A tile notes the distances of its rows from the first as int; where few rows are wanted of very many it ends early.
    bool IsFar(RowBatch tile) => tile.RowCount > 0 && rows.Position - tile.FirstRow > int.MaxValue / 2;

    bool OpenNextRowGroup(long row = 0)
    {
        if (nextRowGroup == rowGroups.Count)
        {
            // Others may be about to open theirs.
            Dispose();
            return false;
        }

        DatasetRowGroup group = rowGroups[nextRowGroup++];
        rows.Open(group, row);
        columns.Open(group);
        return true;
    }

    public void Dispose()
    {
        rows.Dispose();
        columns.Dispose();
    }
}
