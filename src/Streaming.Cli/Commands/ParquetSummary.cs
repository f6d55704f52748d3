using Streaming.Parquet;
using Streaming.Storage;

namespace Streaming.Cli.Commands;

/// <summary>What the footers of Parquet files say.</summary>
/// <param name="Files">The files, in the order of their names.</param>
/// <param name="Columns">The columns of all files, in the order in which they first appear.</param>
sealed record ParquetSummary(IReadOnlyList<FileSummary> Files, IReadOnlyList<ColumnSummary> Columns)
{
    /// <summary>Rows of all files.</summary>
    public long Rows => Files.Sum(f => f.Rows);

    /// <summary>Row groups of all files.</summary>
    public int RowGroups => Files.Sum(f => f.RowGroups.Count);

    /// <summary>Length of all files, in bytes.</summary>
    public long Bytes => Files.Sum(f => f.Bytes);

    /// <summary>Bytes of all column chunks as they are stored.</summary>
    public long CompressedBytes => Columns.Sum(c => c.CompressedBytes);

    /// <summary>Bytes of all column chunks after decompression.</summary>
    public long UncompressedBytes => Columns.Sum(c => c.UncompressedBytes);

    /// <summary>
    /// The columns that folders called <c>name=value</c> give, outermost first, each with its values in the order of the files; null
    /// stands for null.
    /// </summary>
    public IReadOnlyList<(string Name, IReadOnlyList<string?> Values)> Folders =>
    [
        .. from column in Files.SelectMany(f => FolderColumns.Of(f.Name))
           group column.Value by column.Key into same
           select (same.Key, (IReadOnlyList<string?>)[.. same.Distinct()]),
    ];

    /// <summary>Reads the footers; one file is open at a time, as there may be many.</summary>
    /// <exception cref="IOException">A file can't be read.</exception>
    /// <exception cref="ParquetException">A file is no Parquet file, or is broken.</exception>
    public static ParquetSummary Of(IReadOnlyList<StoredFile> found, CancellationToken cancellation)
    {
        using var pool = new BufferPool();
        var files = new List<FileSummary>();
        var columns = new Dictionary<string, ColumnSummary>(StringComparer.Ordinal);
        var order = new List<ColumnSummary>();
        foreach (StoredFile stored in found)
        {
            cancellation.ThrowIfCancellationRequested();
            using ParquetFile file = ParquetFile.Open(stored.Open(), pool);
            files.Add(FileSummary.Of(file));
            foreach (ParquetColumn column in file.Columns)
            {
                if (!columns.TryGetValue(column.Name, out ColumnSummary? summary))
                {
                    columns.Add(column.Name, summary = new ColumnSummary(column.Name));
                    order.Add(summary);
                }

                summary.Add(file, column);
            }
        }

        return new ParquetSummary(files, order);
    }
}

/// <summary>What the footer of one file says.</summary>
/// <param name="Name">Its path.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Rows">Rows in it.</param>
/// <param name="CreatedBy">The program that wrote it, where it says so.</param>
/// <param name="RowGroups">Rows, stored bytes and bytes after decompression of each row group.</param>
sealed record FileSummary(
    string Name, long Bytes, long Rows, string? CreatedBy, IReadOnlyList<(long Rows, long CompressedBytes, long UncompressedBytes)> RowGroups)
{
    /// <summary>Sums up a file.</summary>
    public static FileSummary Of(ParquetFile file) => new(
        file.Name,
        file.Length,
        file.RowCount,
        file.CreatedBy,
        [.. file.RowGroups.Select(g => (g.RowCount, g.CompressedBytes, g.Chunks.Sum(c => c.UncompressedBytes)))]);
}
