namespace Streaming.Parquet.Format;

/// <summary>Kinds of pages (parquet.thrift, PageType).</summary>
enum PageType
{
    Data = 0,
    Index = 1,
    Dictionary = 2,
    DataV2 = 3,
}

/// <summary>What stands before each page (parquet.thrift, PageHeader), the three kinds of data and dictionary pages in one.</summary>
struct PageHeader
{
    public PageType Type;
    public int UncompressedBytes;
    public int CompressedBytes;
    public uint? Crc;
    public int ValueCount;
    public Encoding Encoding;
    public Encoding DefinitionLevelEncoding;
    public Encoding RepetitionLevelEncoding;

    // Version 2 only: levels stand before the values, uncompressed, with their lengths in the header.
    public int DefinitionLevelBytes;
    public int RepetitionLevelBytes;
    public bool IsCompressed;
}
