namespace Streaming.Cli.Commands;

/// <summary>What the values of Parquet files are.</summary>
/// <param name="Files">The files, in the order of their names.</param>
/// <param name="Columns">The columns of all files, in the order in which they first appear.</param>
/// <param name="Unread">Columns that are neither features nor categories.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="BytesRead">Bytes that were read.</param>
sealed record StatisticsSummary(
    IReadOnlyList<FileStatistics> Files, IReadOnlyList<ColumnTotals> Columns, IReadOnlyList<UnreadColumn> Unread, TimeSpan Elapsed, long BytesRead)
{
    /// <summary>Rows of all files.</summary>
    public long Rows => Files.Sum(f => f.Rows);

    /// <summary>Row groups of all files.</summary>
    public int RowGroups => Files.Sum(f => f.RowGroups);

    /// <summary>Length of all files, in bytes.</summary>
    public long Bytes => Files.Sum(f => f.Bytes);
}

/// <summary>What the values of one file are.</summary>
/// <param name="Name">Its path.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="RowGroups">Its row groups.</param>
/// <param name="Columns">Its columns, in their order.</param>
sealed record FileStatistics(string Name, long Bytes, long Rows, int RowGroups, IReadOnlyList<ColumnTotals> Columns);

/// <summary>A column that was not read.</summary>
/// <param name="Name">Its path in the schema.</param>
/// <param name="Type">Its type.</param>
/// <param name="Reason">Why it can't be read.</param>
/// <param name="File">The file that has it.</param>
sealed record UnreadColumn(string Name, string Type, string Reason, string File);
