namespace Streaming.Learning.Data;

/// <summary>What the numbers of a column of dates or times count.</summary>
/// <param name="Origin">What they count from.</param>
/// <param name="Nanoseconds">How long one is.</param>
public readonly record struct ColumnUnit(TimeOrigin Origin, long Nanoseconds)
{
    /// <summary>A day.</summary>
    public const long Day = 86_400_000_000_000;

    /// <summary>The unit that a type has (<see cref="DatasetColumn.TypeName"/>); of a list that of its elements. Null for numbers that are neither dates nor times.</summary>
    public static ColumnUnit? Of(string typeName)
    {
        string type = typeName.StartsWith("LIST<", StringComparison.Ordinal) ? typeName[5..^1] : typeName;
        return type switch
        {
            "DATE" => new(TimeOrigin.Epoch, Day),
            "TIMESTAMP(MILLIS)" => new(TimeOrigin.Epoch, 1_000_000),
            "TIMESTAMP(MICROS)" or "INT96" => new(TimeOrigin.Epoch, 1_000),
            "TIMESTAMP(NANOS)" => new(TimeOrigin.Epoch, 1),
            "TIME(MILLIS)" => new(TimeOrigin.Midnight, 1_000_000),
            "TIME(MICROS)" => new(TimeOrigin.Midnight, 1_000),
            "TIME(NANOS)" => new(TimeOrigin.Midnight, 1),
            _ => null,
        };
    }

    /// <summary>A number of this unit in another one of the same origin; exact as far as double has digits, as one of them is so many of the other.</summary>
    public double Convert(double value, ColumnUnit to) =>
        Nanoseconds >= to.Nanoseconds ? value * (Nanoseconds / to.Nanoseconds) : value / (to.Nanoseconds / Nanoseconds);
}

/// <summary>What dates and times count from.</summary>
public enum TimeOrigin
{
    /// <summary>1970-01-01.</summary>
    Epoch,

    /// <summary>The beginning of a day.</summary>
    Midnight,
}
