using Streaming.Learning.Data.Caching;
using Streaming.Storage;

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

    /// <summary>Columns that are read: features (lists count once), target and weight.</summary>
    public int ColumnCount => FeatureColumnCount + (Target != null ? 1 : 0) + (Columns.Weight != null ? 1 : 0);

    /// <summary>Columns that features are made of.</summary>
    internal int FeatureColumnCount => Columns.FeatureColumns.Count(c => c.IsRead);

    /// <summary>The columns that are read, in a file: those that features are made of, target and weight.</summary>
    internal IReadOnlyList<DatasetColumn> ColumnsOf(DatasetFile file) =>
    [
        .. Columns.FeatureColumns.Where(c => c.IsRead).Select(c => Columns.ColumnOf(file, c)),
        .. Target == null ? [] : new[] { file.RequireColumn(Target.Name) },
        .. Columns.Weight == null ? [] : new[] { file.RequireColumn(Columns.Weight) },
    ];

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
    readonly ITileColumns columns;
    readonly ITileColumns[] parts;
    readonly bool hasGaps;
    readonly long rowCount;
    readonly CancellationToken cancellation;
    readonly FetchLane? lane;
    readonly CachedColumns? cached;
    readonly TileColumns? decoder;
    TileRecorder? recorder;
    int nextRowGroup;

    /// <summary>Stands before the first row of the row groups.</summary>
    /// <param name="source">What is read.</param>
    /// <param name="rowGroups">The partition.</param>
    /// <param name="cancellation">Ends a long search for the next wanted row.</param>
    /// <param name="parts">Parts that the columns are cut into, for <see cref="Pick"/> and <see cref="Decode"/>; 1 for <see cref="Read"/>.</param>
    /// <param name="lane">Told which row group is read, so that the next ones are fetched ahead.</param>
    /// <param name="cache">Where the partition's tiles are read from, or written to for later passes; null for nowhere.</param>
    public TileReader(
        TileSource source,
        IReadOnlyList<DatasetRowGroup> rowGroups,
        CancellationToken cancellation = default,
        int parts = 1,
        FetchLane? lane = null,
        CachedPartition? cache = null)
    {
        this.lane = lane;
        this.rowGroups = rowGroups;
        this.cancellation = cancellation;
        rowCount = rowGroups.Sum(g => g.RowCount);
        rows = new RowPicker(source.Filter);
        cached = cache?.OpenColumns(source);
        this.parts = cached != null
            ? [cached, .. Enumerable.Repeat(new OthersColumns(), parts - 1)]
            : [.. Enumerable.Range(0, parts).Select(p => new TileColumns(source, p, parts))];
        columns = this.parts[0];
        decoder = columns as TileColumns;
        recorder = cached == null ? cache?.Record(source) : null;

        // Rows that follow each other in the partition need not do so in the dataset.
        hasGaps = source.Filter.IsActive || source.Dataset.Options.Where != null || source.Rules.Drops || !AreInSequence(rowGroups);
    }

    /// <summary>Rows looked at so far, wanted or not.</summary>
    public long RowsRead => rows.RowsRead;

    /// <summary>Rows not looked at yet.</summary>
    public long RowsLeft => rowCount - rows.RowsRead;

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
        if (position.RowsGiven > 0 || nextRowGroup > 0)
        {
            // What is not read from its start can't be written down whole.
            recorder?.Dispose();
            recorder = null;
        }

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

        Give(tile);
        return true;
    }

    /// <summary>
    /// Picks the rows of the next tiles, as far as they lie in one row group: for rules that leave no row out for its values. The columns
    /// of the block before must have been decoded.
    /// </summary>
    /// <param name="block">Receives the rows.</param>
    /// <param name="unfinished">A tile that the row group before has not filled; on return one that this row group has not.</param>
    /// <param name="newTile">Gives an empty tile.</param>
    /// <param name="given">Told of each tile that will be full, or is the last.</param>
    /// <returns>False when the partition has no more rows.</returns>
    public bool Pick(TileBlock block, ref RowBatch? unfinished, Func<RowBatch> newTile, Action<RowBatch> given)
    {
        block.Clear();
        while (block.Tiles.Count < TileBlock.MostTiles)
        {
            RowBatch tile = unfinished ?? newTile();
            unfinished = tile;
            if (tile.RowCount < tile.Capacity && !IsFar(tile))
            {
                cancellation.ThrowIfCancellationRequested();
                if (rows.TryPick(tile.Capacity - tile.RowCount, out RowRun run, cancellation))
                {
                    block.Add(tile, tile.RowCount, run);
                    Place(tile, run, run.Wanted);
                    continue;
                }

                if (block.RunCount > 0)
                    return true;

                if (OpenNextRowGroup())
                    continue;

                if (tile.RowCount == 0)
                    return block.Tiles.Count > 0;
            }

            Give(tile);
            given(tile);
            block.Tiles.Add(tile);
            unfinished = null;
        }

        return true;
    }

    /// <summary>Decodes a part of the columns of picked rows.</summary>
    /// <returns>Whether it was the last part.</returns>
    /// <exception cref="DatasetException">It was the last part, and a value is not allowed.</exception>
    public bool Decode(TileBlock block, int part)
    {
        bool isLast = block.Decode(parts[part], part);
        if (isLast && recorder != null)
            block.Record(recorder, decoder!);

        return isLast;
    }

    // Notes that a tile is done, and where the partition goes on behind it.
    void Give(RowBatch tile)
    {
        RowsGiven += tile.RowCount;
        (long row, long filtered) = rows.Mark;
        Position = row == rowGroups[nextRowGroup - 1].RowCount
            ? new TilePosition(nextRowGroup, 0, RowsGiven, filtered)
            : new TilePosition(nextRowGroup - 1, row, RowsGiven, filtered);
    }

    void Append(RowBatch tile, RowRun run)
    {
        int kept = columns.Read(tile, tile.RowCount, run);
        recorder?.Add(tile, tile.RowCount, kept, run, decoder!);
        if (kept > 0)
            Place(tile, run, kept);
    }

    // Notes where the rows that a tile gets were.
    void Place(RowBatch tile, RowRun run, int kept)
    {
        int start = tile.RowCount;
        tile.IsFiltered = hasGaps;
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
            recorder?.Commit();
            cached?.End();

            // Others may be about to open theirs.
            Dispose();
            lane?.MoveTo(nextRowGroup);
            return false;
        }

        DatasetRowGroup group = rowGroups[nextRowGroup++];
        rows.Open(group, row);
        recorder?.Begin(group);
        foreach (ITileColumns part in parts)
            part.Open(group, rows.SkipsPages, row);

        lane?.MoveTo(nextRowGroup - 1);

        return true;
    }

    public void Dispose()
    {
        rows.Dispose();
        recorder?.Dispose();
        foreach (ITileColumns part in parts)
            part.Dispose();
    }
}
