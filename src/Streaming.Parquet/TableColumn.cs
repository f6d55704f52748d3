namespace Streaming.Parquet;

/// <summary>A column of a result table.</summary>
public sealed class TableColumn
{
    TableColumn(string name, global::Parquet.Schema.DataField field)
    {
        Name = name;
        Field = field;
    }

    /// <summary>Name of the column.</summary>
    public string Name { get; }

    internal static TableColumn Like(global::Parquet.Schema.DataField field) => new(field.Name, field);

    internal global::Parquet.Schema.DataField Field { get; }

    /// <summary>A column of double, float, int, long or bool values without nulls.</summary>
    public static TableColumn Of<T>(string name)
        where T : struct => new(name, new global::Parquet.Schema.DataField(name, typeof(T), isNullable: false));

    /// <summary>A column of double, float, int, long or bool values, or nulls.</summary>
    public static TableColumn OfNullable<T>(string name)
        where T : struct => new(name, new global::Parquet.Schema.DataField(name, typeof(T), isNullable: true));

    /// <summary>A column of text, or nulls.</summary>
    public static TableColumn OfText(string name) =>
        new(name, new global::Parquet.Schema.DataField(name, typeof(string), isNullable: true));
}
