using Streaming.Parquet.Encodings;

namespace Streaming.Parquet;

/// <summary>A leaf column of a file's schema.</summary>
public sealed class ParquetColumn
{
    internal ParquetColumn()
    {
    }

    /// <summary>The column's path in the schema, its parts joined by dots; of a list of values the path of the list.</summary>
    public required string Name { get; init; }

    /// <summary>Position among the leaf columns of the file.</summary>
    public required int Index { get; init; }

    /// <summary>How the values are stored.</summary>
    public required PhysicalType PhysicalType { get; init; }

    /// <summary>The type in words: INT32, TIMESTAMP(MICROS), DECIMAL(9,2), STRING, LIST&lt;FLOAT&gt;.</summary>
    public required string TypeName { get; init; }

    /// <summary>What the column is good for.</summary>
    public required ColumnKind Kind { get; init; }

    /// <summary>What one stands for, where the numbers read are dates or times: "days since 1970-01-01"; otherwise null.</summary>
    public string? Unit { get; init; }

    /// <summary>Whether the values are instants in UTC; otherwise, of a TIMESTAMP, those of clocks that may stand anywhere.</summary>
    public bool IsUtc { get; init; }

    /// <summary>Digits behind the point, of a DECIMAL; otherwise null.</summary>
    public int? Scale { get; init; }

    /// <summary>Whether every value is a whole number; not so for vectors.</summary>
    public bool IsInteger => Kind != ColumnKind.Vector && Format.IsInteger;

    /// <summary>Definition level of a value that is there: the number of optional and repeated steps on the path.</summary>
    public required int MaxDefinitionLevel { get; init; }

    /// <summary>Number of repeated steps on the path: 0 for one value per row.</summary>
    public required int MaxRepetitionLevel { get; init; }

    /// <summary>Why the column can't be read, or null.</summary>
    public string? UnsupportedReason { get; init; }

    internal NumberFormat Format { get; init; }

    /// <summary>
    /// Definition level from which on a list has an element, null or not; below, it is empty or not there. 0 where there is no list.
    /// </summary>
    internal int ElementLevel { get; init; }

    /// <summary>Bytes of a value of fixed length; 0 for any length.</summary>
    internal int FixedLength { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {TypeName}";
}
