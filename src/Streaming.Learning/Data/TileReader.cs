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
    /// <summary>What becomes of rows whose values are no finite numbers. Default: they end the run.</summary>
    public ValueRules Rules { get; init; } = ValueRules.Strict;

    /// <summary>The tiles that <see cref="TileReader"/> fills.</summary>
    /// <param name="doubles">Whether their features are double.</param>
    public BatchShape Shape(bool doubles = false) =>
        new(Columns.Features.Count, BatchSize, Target != null, Columns.Weight != null, HasRowMajor: false, doubles);

    /// <summary>The tiles that hold their features row-major.</summary>
    public BatchShape RowShape =>
        new(Columns.Features.Count, BatchSize, Target != null, Columns.Weight != null, HasRowMajor: true, HasColumns: false);
}

/// <summary>
/// Reads one partition, tile by tile: wanted rows in the order of its row groups, across their borders. Every tile but the last is full,
/// however few rows are wanted or can be used. Used by one thread at a time.
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

        // Rows that follow each other in the partition need not do so in the dataset.
        hasGaps = source.Filter.IsActive || source.Dataset.Options.Where != null || source.Rules.Drops || !AreInSequence(rowGroups);
    }

    /// <summary>Rows looked at so far, wanted or not.</summary>
    public long RowsRead => rows.RowsRead;

    /// <summary>Rows looked at so far for which the dataset's condition is not true.</summary>
    public long RowsFiltered => rows.RowsFiltered;

    /// <summary>Rows looked at so far that the condition and the split want: given in tiles, or left out for their values.</summary>
    public long RowsPicked => rows.RowsPicked;

    /// <summary>Rows left out so far for their values.</summary>
    public Rejections Rejections => columns.Rejections;

    /// <summary>Rows given in tiles so far.</summary>
    public long RowsGiven { get; private set; }

    /// <summary>Where the partition goes on behind the last tile.</summary>
    public TilePosition Position { get; private set; }

    /// <summary>Goes to where a reader of this partition stood behind a tile; called before the first tile is read.</summary>
    public void GoTo(TileEnd end)
    {
        TilePosition position = end.Position;
        Position = position;
        Rejections.CopyFrom(end.Rejections);
        RowsGiven = position.RowsGiven;
        nextRowGroup = (int)position.RowGroup;
        rows.Resume(rowGroups.Take(nextRowGroup).Sum(g => g.RowCount), position.RowsFiltered, position.RowsGiven + Rejections.Total);
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
            // Many rows may be left out before a tile is full.
            cancellation.ThrowIfCancellationRequested();
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
        int kept = columns.Read(tile, start, run);
        if (kept == 0)
            return;

        if (start == 0)
            tile.FirstRow = run.FirstRow + run.PlaceOf(columns.Kept(0));

        if (hasGaps)
        {
            int distance = (int)(run.FirstRow - tile.FirstRow);
            for (int i = 0; i < kept; i++)
                tile.RowOffsets[start + i] = distance + run.PlaceOf(columns.Kept(i));
        }

        tile.RowCount += kept;
    }

    // A tile notes the distances of its rows from the first as int; where few rows are wanted of very many it ends early.
    bool IsFar(RowBatch tile) => tile.RowCount > 0 && Math.Abs(rows.Position - tile.FirstRow) > int.MaxValue / 2;

    static bool AreInSequence(IReadOnlyList<DatasetRowGroup> rowGroups)
    {
        for (int g = 1; g < rowGroups.Count; g++)
        {
            if (rowGroups[g].FirstRow != rowGroups[g - 1].FirstRow + rowGroups[g - 1].RowCount)
                return false;
        }

        return true;
    }

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
        columns.Open(group, rows.SkipsPages);
        return true;
    }

    public void Dispose()
    {
        rows.Dispose();
        columns.Dispose();
    }
}
