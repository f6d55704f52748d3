namespace Streaming.Learning.Data;

/// <summary>
/// Where a partition goes on behind a tile, and the ledger of its rows up to there: a reader of the same partition that goes to it gives
/// the tiles that would have come next.
/// </summary>
/// <param name="RowGroup">The row group of the next row, by its number in the partition.</param>
/// <param name="Row">The next row, by its number in the row group.</param>
/// <param name="RowsGiven">Rows that tiles have had so far.</param>
/// <param name="RowsFiltered">
/// Rows for which the dataset's condition was not true, before the chunk that the next row lies in: that chunk is decided again.
/// </param>
readonly record struct TilePosition(long RowGroup, long Row, long RowsGiven, long RowsFiltered);
