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

    /// <summary>A column of dates, or nulls; its values are <see cref="DateOnly"/>.</summary>
    public static TableColumn OfDate(string name) => OfNullable<DateOnly>(name);

    /// <summary>A column of local times in microseconds, or nulls; its values are <see cref="DateTime"/>.</summary>
    public static TableColumn OfTimestamp(string name) => new(
        name,
        new global::Parquet.Schema.DateTimeDataField(
            name,
            global::Parquet.Schema.DateTimeFormat.Timestamp,
            isAdjustedToUTC: false,
            unit: global::Parquet.Schema.DateTimeTimeUnit.Micros,
            isNullable: true));

    /// <summary>A column of text, or nulls.</summary>
    public static TableColumn OfText(string name) =>
        new(name, new global::Parquet.Schema.DataField(name, typeof(string), isNullable: true));
}
