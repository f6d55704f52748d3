namespace Streaming.Parquet;

/// <summary>What a column is good for.</summary>
public enum ColumnKind
{
    /// <summary>True or false: read as a number (1 or 0) or as categories.</summary>
    Boolean,

    /// <summary>Read as a number; whole numbers also as categories.</summary>
    Number,

    /// <summary>Read as categories.</summary>
    Text,

    /// <summary>A list of numbers or booleans per row: read as vectors of one length.</summary>
    Vector,

    /// <summary>Not read; <see cref="ParquetColumn.UnsupportedReason"/> says why.</summary>
    Unsupported,
}
