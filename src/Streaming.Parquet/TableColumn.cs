namespace Streaming.Parquet;

/// <summary>A column of a result table.</summary>
public sealed class TableColumn
{
    TableColumn(string name, global::Parquet.Schema.DataField field, global::Parquet.Schema.Field? root = null)
    {
        Name = name;
        Field = field;
        Root = root ?? field;
    }

    /// <summary>Name of the column.</summary>
    public string Name { get; }

    internal static TableColumn Like(global::Parquet.Schema.DataField field) => new(field.Name, field);

    /// <summary>Where its values go.</summary>
    internal global::Parquet.Schema.DataField Field { get; }

    /// <summary>Where it hangs in the schema: the field itself, or the list of which that is the element.</summary>
    internal global::Parquet.Schema.Field Root { get; }

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

    /// <summary>A column of lists, or nulls, of values, or nulls where they may be.</summary>
    internal static TableColumn OfLists<T>(string name, bool hasNullableElements)
        where T : struct
    {
        // The names that the format wants.
        var element = new global::Parquet.Schema.DataField("element", typeof(T), hasNullableElements);
        return new TableColumn(name, element, new global::Parquet.Schema.ListField(name, element));
    }
}
