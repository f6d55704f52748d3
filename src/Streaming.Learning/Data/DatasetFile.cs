using Streaming.Parquet;

namespace Streaming.Learning.Data;

/// <summary>A file of a dataset.</summary>
public sealed class DatasetFile
{
    internal DatasetFile(ParquetFile parquet) => Parquet = parquet;

    /// <summary>The path that error messages use.</summary>
    public string Name => Parquet.Name;

    /// <summary>The open file.</summary>
    public ParquetFile Parquet { get; }

    /// <summary>All columns.</summary>
    public IEnumerable<DatasetColumn> Columns => Parquet.Columns.Select(DatasetColumn.InFile);

    /// <summary>The column of this name, or null.</summary>
    public DatasetColumn? FindColumn(string name) =>
        Parquet.FindColumn(name) is { } stored ? DatasetColumn.InFile(stored) : null;

    /// <summary>The column of this name.</summary>
    /// <exception cref="DatasetException">There is none.</exception>
    internal DatasetColumn RequireColumn(string name) =>
        FindColumn(name)
        ?? throw new DatasetException($"There is no column '{name}' in '{Name}'; its columns: {string.Join(", ", Columns.Select(c => c.Name))}.");

    /// <summary>Opens a reader at the first row of a column in a row group.</summary>
    internal ColumnCursor OpenColumn(int rowGroup, DatasetColumn column) =>
        column.Stored is { } stored ? new ColumnCursor(Parquet.OpenColumn(rowGroup, stored)) : new ColumnCursor(column);
}
