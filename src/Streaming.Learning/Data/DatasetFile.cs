using Streaming.Parquet;

namespace Streaming.Learning.Data;

/// <summary>
/// A file of a dataset. Its columns are those that it holds and, behind them, those that the folders it lies in give
/// (<c>year=2024/month=01/part.parquet</c>); where both have the same name, the file's own counts.
/// </summary>
public sealed class DatasetFile
{
    static readonly OrderedDictionary<string, DatasetColumn> None = [];

    readonly IReadOnlyList<DatasetColumn> folders;

    internal DatasetFile(ParquetFile parquet, IReadOnlyList<DatasetColumn> folders)
    {
        Parquet = parquet;
        this.folders = folders;
    }

    /// <summary>Columns, by name, that count as null where the file lacks them.</summary>
    internal OrderedDictionary<string, DatasetColumn> Missing { get; init; } = None;

    /// <summary>The path that error messages use.</summary>
    public string Name => Parquet.Name;

    /// <summary>The open file.</summary>
    public ParquetFile Parquet { get; }

    /// <summary>All columns.</summary>
    public IEnumerable<DatasetColumn> Columns => Own.Concat(Missing.Values.Where(m => FindOwn(m.Name) == null));

    /// <summary>The column of this name, or null.</summary>
    public DatasetColumn? FindColumn(string name) => FindOwn(name) ?? Missing.GetValueOrDefault(name);

    /// <summary>The column of this name.</summary>
    /// <exception cref="DatasetException">There is none.</exception>
    internal DatasetColumn RequireColumn(string name) =>
        FindColumn(name)
        ?? throw new DatasetException(
            $"There is no column '{name}' in '{Name}'; its columns: {string.Join(", ", Columns.Select(c => c.Name))}. "
            + "Where only some files lack a column, --missing-columns null takes it for null there.");

    /// <summary>The columns that the file or its folders have.</summary>
    internal IEnumerable<DatasetColumn> Own =>
        Parquet.Columns.Select(DatasetColumn.InFile).Concat(folders.Where(f => Parquet.FindColumn(f.Name) == null));

    DatasetColumn? FindOwn(string name) =>
        Parquet.FindColumn(name) is { } stored ? DatasetColumn.InFile(stored) : folders.FirstOrDefault(f => f.Name == name);

    /// <summary>Opens readers at the first row of columns in a row group.</summary>
    /// <param name="rowGroup">The row group.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="skipsPages">Whether pages are known not to be wanted: otherwise what lies close together is fetched together.</param>
    internal ColumnCursor[] OpenColumns(int rowGroup, IReadOnlyList<DatasetColumn> columns, bool skipsPages)
    {
        if (skipsPages)
            return [.. columns.Select(c => OpenColumn(rowGroup, c, skipsPages))];

        ColumnReader[] readers = Parquet.OpenColumns(rowGroup, [.. columns.Where(c => c.Stored != null).Select(c => c.Stored!)]);
        int next = 0;
        return [.. columns.Select(c => c.Stored != null ? new ColumnCursor(readers[next++], c.Change) : new ColumnCursor(c))];
    }

    /// <summary>Opens a reader at the first row of a column in a row group.</summary>
    internal ColumnCursor OpenColumn(int rowGroup, DatasetColumn column, bool skipsPages = false) =>
        column.Stored is { } stored ? new ColumnCursor(Parquet.OpenColumn(rowGroup, stored, skipsPages), column.Change) : new ColumnCursor(column);
}
