namespace Streaming.Parquet.Format;

/// <summary>What the footer says about a file, as far as it is needed to read columns (parquet.thrift, FileMetaData).</summary>
sealed record FileFooter(IReadOnlyList<SchemaNode> Schema, IReadOnlyList<RowGroupMetadata> RowGroups, long RowCount, string? CreatedBy);

/// <summary>One element of the flattened schema tree.</summary>
sealed record SchemaNode
{
    public string Name { get; set; } = "";
    public PhysicalType? Type { get; set; }
    public int TypeLength { get; set; }
    public Repetition Repetition { get; set; }
    public int ChildCount { get; set; }
    public LogicalType Logical { get; set; }
}

/// <summary>Whether a value must be there, may be missing, or may occur many times.</summary>
enum Repetition
{
    Required = 0,
    Optional = 1,
    Repeated = 2,
}

/// <summary>What a stored value means, from the logical type or, in older files, from the converted type.</summary>
readonly record struct LogicalType(
    LogicalKind Kind, int Width = 0, bool IsSigned = true, int Precision = 0, int Scale = 0, TimeResolution Unit = default);

/// <summary>The logical types of the format (LogicalTypes.md).</summary>
enum LogicalKind
{
    None,
    String,
    Map,
    List,
    Enum,
    Decimal,
    Date,
    Time,
    Timestamp,
    Integer,
    Null,
    Json,
    Bson,
    Uuid,
    Float16,
    Variant,
    Geometry,
    Geography,
    Interval,
    Unknown,
}

/// <summary>Unit of a TIME or TIMESTAMP.</summary>
enum TimeResolution
{
    None,
    Millis,
    Micros,
    Nanos,
}

/// <summary>One row group of the footer.</summary>
sealed record RowGroupMetadata(IReadOnlyList<ChunkMetadata> Chunks, long RowCount);

/// <summary>One column chunk of the footer.</summary>
sealed record ChunkMetadata
{
    public bool IsPresent { get; set; }
    public bool IsEncrypted { get; set; }
    public string? FilePath { get; set; }
    public PhysicalType Type { get; set; }
    public CompressionCodec Codec { get; set; }
    public IReadOnlyList<Encoding> Encodings { get; set; } = [];
    public long ValueCount { get; set; }
    public long UncompressedBytes { get; set; }
    public long CompressedBytes { get; set; }
    public long DataPageOffset { get; set; } = -1;
    public long DictionaryPageOffset { get; set; }
    public long? NullCount { get; set; }
    public byte[]? Min { get; set; }
    public byte[]? Max { get; set; }
    public bool IsMinMaxLegacy { get; set; }

    /// <summary>Where the chunk's index of page places lies (<see cref="Format.OffsetIndex"/>); of length 0 where there is none.</summary>
    public ByteRange OffsetIndex { get; set; }

    /// <summary>Where the index of its pages' bounds lies (<see cref="Format.ColumnIndex"/>); of length 0 where there is none.</summary>
    public ByteRange ColumnIndex { get; set; }

    // Some writers leave the dictionary's offset at zero.
    /// <summary>Where the chunk's first page starts: its dictionary page where there is one.</summary>
    public long Start => HasDictionaryOffset ? DictionaryPageOffset : DataPageOffset;

    /// <summary>Bytes of the dictionary page, its header included, where the footer tells.</summary>
    public long? DictionaryBytes => HasDictionaryOffset ? DataPageOffset - DictionaryPageOffset : null;

    bool HasDictionaryOffset => DictionaryPageOffset > 0 && DictionaryPageOffset < DataPageOffset;
}

/// <summary>A piece of a file.</summary>
readonly record struct ByteRange(long Offset, int Length);
