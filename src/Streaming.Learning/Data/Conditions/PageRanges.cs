using Streaming.Parquet;

namespace Streaming.Learning.Data.Conditions;

/// <summary>Rows of a row group that follow one another, and what is known of a condition for them.</summary>
/// <param name="Count">How many they are.</param>
/// <param name="MayHold">Whether the condition can be true for any of them; otherwise they need not be read.</param>
/// <param name="MayFail">Whether the condition can be anything but true; otherwise it need not be asked.</param>
readonly record struct RowRange(long Count, bool MayHold, bool MayFail);

/// <summary>
/// Divides a row group whose statistics do not decide a condition into ranges of rows, by what the page indexes of the condition's columns
/// tell (parquet-format, PageIndex.md).
/// </summary>
static class PageRanges
{
    /// <summary>The ranges, in order: neighbours differ. One range where there are no indexes.</summary>
    /// <exception cref="ParquetException">An index is broken.</exception>
    public static IReadOnlyList<RowRange> Find(BoundCondition condition, DatasetRowGroup group)
    {
        RowGroupInfo info = group.File.Parquet.RowGroups[group.Index];
        var pages = new Dictionary<string, PageCursor>();
        foreach (DatasetColumn column in condition.Columns)
        {
            if (column.Stored is { } stored && group.File.Parquet.ReadPages(group.Index, stored) is { } found)
                pages.Add(column.Name, new PageCursor(found));
        }

        var ranges = new List<RowRange>();
        for (long row = 0, end; row < group.RowCount; row = end)
        {
            end = group.RowCount;
            foreach (PageCursor cursor in pages.Values)
                end = Math.Min(end, cursor.MoveTo(row));

            Outcomes outcomes = condition.Possible(column => pages.TryGetValue(column.Name, out PageCursor? cursor)
                ? ColumnBounds.Of(column.Stored!, cursor.Page)
                : ColumnBounds.Of(column, info));
            Add(ranges, new RowRange(end - row, outcomes.HasFlag(Outcomes.True), outcomes != Outcomes.True));
        }

        return ranges;
    }

    static void Add(List<RowRange> ranges, RowRange next)
    {
        if (ranges.Count > 0 && ranges[^1] with { Count = next.Count } == next)
            ranges[^1] = next with { Count = ranges[^1].Count + next.Count };
        else
            ranges.Add(next);
    }

    /// <summary>Walks over the pages of a column.</summary>
    sealed class PageCursor(IReadOnlyList<PageInfo> pages)
    {
        int current;

        /// <summary>The page that holds the row that was moved to.</summary>
        public PageInfo Page => pages[current];

        /// <summary>Moves to the page that holds a row, not before the last one; gives the row behind its last.</summary>
        public long MoveTo(long row)
        {
            while (pages[current].FirstRow + pages[current].ValueCount <= row)
                current++;

            return pages[current].FirstRow + pages[current].ValueCount;
        }
    }
}
