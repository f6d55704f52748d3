using Streaming.Learning.Data.Conditions;

namespace Streaming.Learning.Data;

/// <summary>A run of rows of a row group that is read at once, and the rows of it that are wanted.</summary>
readonly ref struct RowRun
{
    /// <summary>Rows to pass over before the run.</summary>
    public required long Skip { get; init; }

    /// <summary>Position in the dataset of the first row of the run.</summary>
    public required long FirstRow { get; init; }

    /// <summary>Rows of the run.</summary>
    public required int Count { get; init; }

    /// <summary>The wanted rows, ascending, counted as <see cref="PickedFrom"/> counts the first row of the run; empty when all are wanted.</summary>
    public ReadOnlySpan<int> Picked { get; init; }

    /// <summary>The number of the first row of the run among <see cref="Picked"/>.</summary>
    public int PickedFrom { get; init; }

    /// <summary>Whether all rows are wanted.</summary>
    public bool IsWhole => Picked.IsEmpty;

    /// <summary>Number of wanted rows.</summary>
    public int Wanted => IsWhole ? Count : Picked.Length;

    /// <summary>The place within the run of a wanted row.</summary>
    public int PlaceOf(int wanted) => IsWhole ? wanted : Picked[wanted] - PickedFrom;
}

/// <summary>
/// Decides which rows of row groups are wanted: those for which the condition is true and that are on the right side of the holdout's
/// split. For one thread.
/// </summary>
sealed class RowPicker(RowFilter split) : IDisposable
{
    int[] picked = [];
    ConditionReader? condition;

    // What is known of the row group before its rows are looked at, and what is left of the range at hand.
    IReadOnlyList<RowRange> ranges = [];
    int nextRange;
    RowRange range;
    long rangeLeft;

    // The rows of the chunk that has been decided.
    int chunkRows;
    int pickedCount;

    // How far into it runs have gone.
    int chunkNext;
    int pickedNext;

    // Rows that runs have left behind, to be passed over before the next one.
    long skip;

    // Rows of the row group, and of them those decided to be filtered before the chunk.
    long groupRows;
    long filteredBeforeChunk;

    /// <summary>Whether there are rows of the row group of which it is known beforehand that they are not wanted.</summary>
    public bool SkipsPages => ranges.Any(r => !r.MayHold);

    /// <summary>Rows of the row group that have not been decided.</summary>
    public long RowsLeft { get; private set; }

    /// <summary>Position in the dataset of the first of them.</summary>
    public long Position { get; private set; }

    /// <summary>Rows decided so far, of all row groups.</summary>
    public long RowsRead { get; private set; }

    /// <summary>Rows decided so far for which the condition is not true.</summary>
    public long RowsFiltered { get; private set; }

    /// <summary>Rows found to be wanted and handed out so far.</summary>
    public long RowsPicked { get; private set; }

    /// <summary>
    /// The row of the row group that runs have come to, and <see cref="RowsFiltered"/> up to the chunk that it lies in: what
    /// <see cref="Resume"/> and <see cref="Open"/> want to go on from there.
    /// </summary>
    public (long Row, long Filtered) Mark => chunkNext < chunkRows
        ? (groupRows - RowsLeft - chunkRows + chunkNext, filteredBeforeChunk)
        : (groupRows - RowsLeft, RowsFiltered);

    /// <summary>Takes up the ledger of a picker that has come to the same place.</summary>
    public void Resume(long rowsRead, long rowsFiltered, long rowsPicked)
    {
        RowsRead = rowsRead;
        RowsFiltered = rowsFiltered;
        RowsPicked = rowsPicked;
    }

    /// <summary>Goes to a row of a row group.</summary>
    public void Open(DatasetRowGroup group, long row = 0)
    {
        Close();
        ranges = group.Condition == null
            ? [new RowRange(group.RowCount, MayHold: true, MayFail: false)]
            : PageRanges.Find(group.Condition, group);
        condition = group.Condition == null ? null : new ConditionReader(group.Condition, group, skipsPages: ranges.Count > 1);
        groupRows = RowsLeft = group.RowCount;
        Position = group.FirstRow;
        if (row > 0)
            GoTo(row);
    }

    // The rows before are those that the ledger has, up to the chunk that the row lies in.
    void GoTo(long row)
    {
        skip = row;
        long into = row;
        while (into >= ranges[nextRange].Count)
            into -= ranges[nextRange++].Count;

        Pass(row - into);
        if (into == 0)
            return;

        range = ranges[nextRange++];
        rangeLeft = range.Count;

        // Chunks lie as they do when the range is read from its start.
        int within = AreRowsDecided ? (int)(into % ConditionReader.ChunkRows) : 0;
        Pass(into - within);
        if (within == 0)
            return;

        DecideChunk();
        chunkNext = within;
        while (pickedNext < pickedCount && picked[pickedNext] < within)
            pickedNext++;
    }

    /// <summary>Finds the next wanted rows of the row group.</summary>
    /// <param name="room">Most rows that are wanted, at least 1.</param>
    /// <param name="run">The rows.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <returns>False when the row group has no more.</returns>
    public bool TryPick(int room, out RowRun run, CancellationToken cancellation = default)
    {
        run = default;
        while (pickedNext == pickedCount)
        {
            skip += chunkRows - chunkNext;
            chunkRows = chunkNext = 0;
            if (RowsLeft == 0)
                return false;

            // Many rows may pass between two wanted ones.
            cancellation.ThrowIfCancellationRequested();
            if (!MoveToRange())
                continue;

            if (!AreRowsDecided)
            {
                int rows = (int)Math.Min(room, rangeLeft);
                run = new RowRun { Skip = skip, FirstRow = Position, Count = rows };
                skip = 0;
                Pass(rows);
                RowsPicked += rows;
                return true;
            }

            DecideChunk();
        }

        int wanted = Math.Min(room, pickedCount - pickedNext);
        int first = picked[pickedNext];
        int last = picked[pickedNext + wanted - 1];
        bool isWhole = last - first + 1 == wanted;
        run = new RowRun
        {
            Skip = skip + first - chunkNext,
            FirstRow = Position - chunkRows + first,
            Count = last - first + 1,
            Picked = isWhole ? [] : picked.AsSpan(pickedNext, wanted),
            PickedFrom = first,
        };
        skip = 0;
        chunkNext = last + 1;
        pickedNext += wanted;
        RowsPicked += wanted;
        return true;
    }

    // Whether the rows of the range at hand must be looked at one by one.
    bool AreRowsDecided => range.MayFail || split.IsActive;

    // Passes over a range for whose rows the condition can't be true: nothing of them is read. False then.
    bool MoveToRange()
    {
        if (rangeLeft > 0)
            return true;

        range = ranges[nextRange++];
        rangeLeft = range.Count;
        if (range.MayHold)
            return true;

        skip += rangeLeft;
        RowsFiltered += rangeLeft;
        Pass(rangeLeft);
        return false;
    }

    void DecideChunk()
    {
        // Most passes look at all rows.
        if (picked.Length == 0)
            picked = new int[ConditionReader.ChunkRows];

        filteredBeforeChunk = RowsFiltered;
        int rows = (int)Math.Min(ConditionReader.ChunkRows, rangeLeft);
        int count = 0;
        if (!range.MayFail)
        {
            condition?.Skip(rows);
            for (int i = 0; i < rows; i++)
            {
                // Written always, advanced only for wanted rows: no branch to mispredict.
                picked[count] = i;
                count += split.Keeps(Position + i) ? 1 : 0;
            }
        }
        else
        {
            ReadOnlySpan<sbyte> outcomes = condition!.Read(rows);
            int matching = 0;
            for (int i = 0; i < rows; i++)
            {
                int matches = outcomes[i] == Logic.True ? 1 : 0;
                matching += matches;
                picked[count] = i;
                count += !split.IsActive || split.Keeps(Position + i) ? matches : 0;
            }

            RowsFiltered += rows - matching;
        }

        chunkRows = rows;
        pickedCount = count;
        pickedNext = 0;
        Advance(rows);
    }

    // Passes over rows that need not be looked at.
    void Pass(long rows)
    {
        condition?.Skip(rows);
        Advance(rows);
    }

    void Advance(long rows)
    {
        rangeLeft -= rows;
        RowsLeft -= rows;
        Position += rows;
        RowsRead += rows;
    }

    void Close()
    {
        condition?.Dispose();
        condition = null;
        chunkRows = chunkNext = pickedCount = pickedNext = nextRange = 0;
        rangeLeft = skip = 0;
    }

    /// <summary>Closes the columns that the condition reads.</summary>
    public void Dispose() => Close();
}
