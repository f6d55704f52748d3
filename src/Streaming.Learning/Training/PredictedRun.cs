using Streaming.Learning.Data;

namespace Streaming.Learning.Training;

/// <summary>Neighbouring row groups that are predicted by one worker, segment by segment; a segment becomes a row group of the output.</summary>
/// <param name="Groups">The row groups, each with rows.</param>
/// <param name="SegmentRows">Rows that a segment has room for: whole tiles.</param>
sealed record PredictedRun(IReadOnlyList<DatasetRowGroup> Groups, int SegmentRows)
{
    /// <summary>Most rows of a tile.</summary>
    public const int BatchSize = 1024;

    // Values that a segment holds at most, so that its memory is bounded whatever the row groups are, and rows.
    const int MostValues = 1 << 22;
    const int MostRows = 1 << 17;

    // Rows up to which small row groups are put together: in the output each takes memory until the footer is written, however few rows it has.
    const int GatheredRows = 8 * BatchSize;

    /// <summary>Segments that the run becomes, at most.</summary>
    public long Segments => (Groups.Sum(g => g.RowCount) + SegmentRows - 1) / SegmentRows;

    /// <summary>The runs of a dataset, in the order of their rows: a property of the data.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="outputs">Values that are predicted for a row.</param>
    /// <param name="isKeeping">Whether columns are kept, which come a whole row group at a time: then the predictions must too.</param>
    public static IReadOnlyList<PredictedRun> Of(Dataset dataset, int outputs, bool isKeeping)
    {
        int most = Math.Clamp(MostValues / outputs, BatchSize, MostRows) / BatchSize * BatchSize;
        return
        [
            .. Partitions.Gather(dataset.RowGroups, isKeeping ? 0 : Math.Min(GatheredRows, most)).Select(groups =>
            {
                long tiles = (groups.Sum(g => g.RowCount) + BatchSize - 1) / BatchSize;
                return new PredictedRun(groups, isKeeping ? checked((int)(tiles * BatchSize)) : (int)Math.Min(tiles * BatchSize, most));
            }),
        ];
    }

    /// <summary>Memory of a segment: its values, and the places of its rows.</summary>
    /// <param name="outputs">Values that are predicted for a row.</param>
    public long SegmentBytes(int outputs) => (outputs * (long)sizeof(double) + sizeof(int)) * SegmentRows;
}
