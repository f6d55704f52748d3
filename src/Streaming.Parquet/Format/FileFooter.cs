namespace Streaming.Parquet.Format;

/// <summary>What the footer says about a file, as far as it is needed to read columns (parquet.thrift, FileMetaData).</summary>
/// <param name="Schema">The flattened schema tree; empty where it is the schema that was known.</param>
/// <param name="SchemaBytes">The schema as stored; empty where it is the schema that was known.</param>
/// <param name="RowGroups">The row groups.</param>
/// <param name="Chunks">Their column chunks.</param>
/// <param name="RowCount">Rows of all row groups.</param>
/// <param name="CreatedBy">The program that wrote the file.</param>
/// <param name="IsOurs">Whether a note says that <see cref="TableWriter"/> wrote it.</param>
sealed record FileFooter(
    IReadOnlyList<SchemaNode> Schema,
    byte[] SchemaBytes,
    IReadOnlyList<RowGroupMetadata> RowGroups,
    PackedChunks Chunks,
    long RowCount,
    string? CreatedBy,
    bool IsOurs);

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
    LogicalKind Kind, int Width = 0, bool IsSigned = true, int Precision = 0, int Scale = 0, TimeResolution Unit = default, bool IsUtc = false);

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
/// <param name="ChunkCount">Its column chunks.</param>
/// <param name="RowCount">Its rows.</param>
/// <param name="CompressedBytes">Bytes of all its chunks in the file.</param>
readonly record struct RowGroupMetadata(int ChunkCount, long RowCount, long CompressedBytes);

/// <summary>One column chunk of the footer. There may be millions of them: they are kept as <see cref="PackedChunks"/>.</summary>
sealed class ChunkMetadata
{
    // The smallest value and behind it the largest; -1 where one is not there.
    byte[] bounds = [];
    int minLength = -1;
    int maxLength = -1;
    long nullCount = -1;

    public bool IsPresent { get; set; }
    public bool IsEncrypted { get; set; }
    public string? FilePath { get; set; }
    public PhysicalType Type { get; set; }
    public CompressionCodec Codec { get; set; }
    public Encoding[] Encodings { get; set; } = [];
    public long ValueCount { get; set; }
    public long UncompressedBytes { get; set; }
    public long CompressedBytes { get; set; }
    public long DataPageOffset { get; set; } = -1;
    public long DictionaryPageOffset { get; set; }
    public bool IsMinMaxLegacy { get; set; }

    /// <summary>Pages that are no dictionary, where the writer counted them; else 0.</summary>
    public int DataPages { get; set; }

    /// <summary>Nulls, where the writer counted them.</summary>
    public long? NullCount
    {
        get => nullCount < 0 ? null : nullCount;
        set => nullCount = value ?? -1;
    }

    /// <summary>Where the chunk's index of page places lies (<see cref="Format.OffsetIndex"/>); of length 0 where there is none.</summary>
    public ByteRange OffsetIndex { get; set; }

    /// <summary>Where the index of its pages' bounds lies (<see cref="Format.ColumnIndex"/>); of length 0 where there is none.</summary>
    public ByteRange ColumnIndex { get; set; }

    // Some writers leave the dictionary's offset at zero.
    /// <summary>Where the chunk's first page starts: its dictionary page where there is one.</summary>
    public long Start => HasDictionaryOffset ? DictionaryPageOffset : DataPageOffset;

    /// <summary>Bytes of the dictionary page, its header included, where the footer tells.</summary>
    public long? DictionaryBytes => HasDictionaryOffset ? DataPageOffset - DictionaryPageOffset : null;

    /// <summary>Notes the smallest and the largest value as stored, where there are such.</summary>
    public void SetBounds(bool hasMin, ReadOnlySpan<byte> min, bool hasMax, ReadOnlySpan<byte> max)
    {
        bounds = [.. min, .. max];
        minLength = hasMin ? min.Length : -1;
        maxLength = hasMax ? max.Length : -1;
    }

    /// <summary>The smallest value, where the writer noted it.</summary>
    public bool TryGetMin(out ReadOnlySpan<byte> min)
    {
        min = bounds.AsSpan(0, Math.Max(0, minLength));
        return minLength >= 0;
    }

    /// <summary>The largest value, where the writer noted it.</summary>
    public bool TryGetMax(out ReadOnlySpan<byte> max)
    {
        max = bounds.AsSpan(bounds.Length - Math.Max(0, maxLength));
        return maxLength >= 0;
    }

    bool HasDictionaryOffset => DictionaryPageOffset > 0 && DictionaryPageOffset < DataPageOffset;
}

/// <summary>A piece of a file.</summary>
readonly record struct ByteRange(long Offset, int Length);
