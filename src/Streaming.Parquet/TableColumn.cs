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

    /// <summary>A column like one of a file. Times are given as the numbers that they are stored as; INT96, which is none, as <see cref="DateTime"/>.</summary>
    internal static TableColumn Like(global::Parquet.Schema.DataField field) =>
        field is global::Parquet.Schema.DateTimeDataField { DateTimeFormat: not global::Parquet.Schema.DateTimeFormat.Impala }
            ? new TableColumn(field.Name, Given<long>(field), field)
            : new TableColumn(field.Name, field);

    /// <summary>
    /// A field in the place of another one, for values of another type that are stored as its own are. Parquet.Net (6.1.0) notes the smallest
    /// and the largest of times in milliseconds, whatever their unit is, and none of bytes.
    /// </summary>
    internal static global::Parquet.Schema.DataField Given<T>(global::Parquet.Schema.DataField field)
    {
        var given = new global::Parquet.Schema.DataField(field.Name, typeof(T), field.IsNullable);

        // A field has its levels from a schema.
        _ = new global::Parquet.Schema.ParquetSchema(given);
        return given;
    }

    /// <summary>Where its values go.</summary>
    internal global::Parquet.Schema.DataField Field { get; }

    /// <summary>What the schema has for it: the field itself, the list of which that is the element, or the time that its numbers are.</summary>
    internal global::Parquet.Schema.Field Root { get; }

    /// <summary>A column of double, float, int, long or bool values without nulls.</summary>
    public static TableColumn Of<T>(string name)
        where T : struct => new(name, new global::Parquet.Schema.DataField(name, typeof(T), isNullable: false));

    /// <summary>A column of double, float, int, long or bool values, or nulls.</summary>
    public static TableColumn OfNullable<T>(string name)
        where T : struct => new(name, new global::Parquet.Schema.DataField(name, typeof(T), isNullable: true));

    /// <summary>A column of dates, or nulls; its values are <see cref="DateOnly"/>.</summary>
    public static TableColumn OfDate(string name) => OfNullable<DateOnly>(name);

    /// <summary>A column of times, or nulls; its values are <see cref="long"/>, in microseconds since 1970-01-01.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="isNullable">Whether it may have nulls.</param>
    /// <param name="isUtc">Whether they are instants, in UTC, rather than local times.</param>
    public static TableColumn OfTimestamp(string name, bool isNullable = true, bool isUtc = false) => Like(
        new global::Parquet.Schema.DateTimeDataField(
            name,
            global::Parquet.Schema.DateTimeFormat.Timestamp,
            isAdjustedToUTC: isUtc,
            unit: global::Parquet.Schema.DateTimeTimeUnit.Micros,
            isNullable));

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
