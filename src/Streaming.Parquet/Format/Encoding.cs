namespace Streaming.Parquet;

/// <summary>How values are laid out in a page (parquet-format, Encodings.md).</summary>
public enum Encoding
{
    /// <summary>Values back to back.</summary>
    Plain = 0,

    /// <summary>Dictionary codes, under the name that version 1 writers used.</summary>
    PlainDictionary = 2,

    /// <summary>Runs and bit-packed groups.</summary>
    Rle = 3,

    /// <summary>Bit-packed from the high bit down; deprecated, levels only.</summary>
    BitPacked = 4,

    /// <summary>Bit-packed differences of integers.</summary>
    DeltaBinaryPacked = 5,

    /// <summary>Delta-coded lengths, then all bytes.</summary>
    DeltaLengthByteArray = 6,

    /// <summary>Shared prefixes, then suffixes.</summary>
    DeltaByteArray = 7,

    /// <summary>Dictionary codes.</summary>
    RleDictionary = 8,

    /// <summary>All first bytes, then all second bytes, and so on.</summary>
    ByteStreamSplit = 9,
}
