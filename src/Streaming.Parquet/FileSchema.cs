namespace Streaming.Parquet;

/// <summary>The columns of a file; files whose footers have the same schema share one.</summary>
sealed class FileSchema
{
    readonly Dictionary<string, ParquetColumn> byName = [];

    public FileSchema(byte[] stored, IReadOnlyList<ParquetColumn> columns)
    {
        Stored = stored;
        Columns = columns;
        foreach (ParquetColumn column in columns)
            byName.TryAdd(column.Name, column);
    }

    /// <summary>The schema as the footer stores it.</summary>
    public byte[] Stored { get; }

    /// <summary>The leaf columns, in schema order.</summary>
    public IReadOnlyList<ParquetColumn> Columns { get; }

    /// <summary>The leaf column with this dotted path, or null.</summary>
    public ParquetColumn? Find(string name) => byName.GetValueOrDefault(name);
}
