namespace Streaming.Parquet.Format;

/// <summary>Reads page headers (parquet.thrift, PageHeader).</summary>
static class PageHeaderReader
{
    /// <summary>
    /// Reads the header at the start of <paramref name="bytes"/>. Gives its length in bytes, or 0 when the header goes on
    /// behind the end of the bytes.
    /// </summary>
    /// <exception cref="ParquetException">The bytes are no page header.</exception>
    public static int Read(ReadOnlySpan<byte> bytes, out PageHeader header)
    {
        var reader = new ThriftReader(bytes);
        header = new PageHeader
        {
            Type = (PageType)(-1),
            UncompressedBytes = -1,
            CompressedBytes = -1,
            ValueCount = -1,
            IsCompressed = true,
        };
        FieldCursor field = reader.BeginStruct();
        while (reader.NextField(ref field))
        {
            switch (field.Id)
            {
                case 1: header.Type = (PageType)reader.ReadInt32(field); break;
                case 2: header.UncompressedBytes = reader.ReadInt32(field); break;
                case 3: header.CompressedBytes = reader.ReadInt32(field); break;
                case 4: header.Crc = unchecked((uint)reader.ReadInt32(field)); break;
                case 5 or 7 or 8:
                    if (reader.IsStruct(field))
                        ReadDetails(ref reader, field.Id, ref header);
                    break;
                default: reader.Skip(field); break;
            }
        }

        if (reader.IsTruncated)
            return 0;

        if (reader.Fault is null)
            Check(ref reader, header);

        if (reader.Fault is not null)
            throw new ParquetException($"the page header is broken: {reader.Fault}.");

        return reader.Position;
    }

    // 5: DataPageHeader, 7: DictionaryPageHeader, 8: DataPageHeaderV2. They agree in field 1 only.
    static void ReadDetails(ref ThriftReader reader, int kind, ref PageHeader header)
    {
        FieldCursor field = reader.BeginStruct();
        while (reader.NextField(ref field))
        {
            switch (kind, field.Id)
            {
                case (_, 1): header.ValueCount = reader.ReadInt32(field); break;
                case (5 or 7, 2) or (8, 4): header.Encoding = (Encoding)reader.ReadInt32(field); break;
                case (5, 3): header.DefinitionLevelEncoding = (Encoding)reader.ReadInt32(field); break;
                case (5, 4): header.RepetitionLevelEncoding = (Encoding)reader.ReadInt32(field); break;
                case (8, 5): header.DefinitionLevelBytes = reader.ReadInt32(field); break;
                case (8, 6): header.RepetitionLevelBytes = reader.ReadInt32(field); break;
                case (8, 7): header.IsCompressed = reader.ReadBool(field); break;
                default: reader.Skip(field); break;
            }
        }
    }

    static void Check(ref ThriftReader reader, in PageHeader header)
    {
        if (header.Type is < PageType.Data or > PageType.DataV2)
            reader.Fail($"page type {(int)header.Type} does not exist");
        else if (header.CompressedBytes < 0 || header.UncompressedBytes < 0)
            reader.Fail($"the page has {header.CompressedBytes} compressed and {header.UncompressedBytes} uncompressed bytes");
        else if (header.Type != PageType.Index && header.ValueCount < 0)
            reader.Fail($"the page has {header.ValueCount} values");
        else if (header.DefinitionLevelBytes < 0 || header.RepetitionLevelBytes < 0
            || (long)header.DefinitionLevelBytes + header.RepetitionLevelBytes > header.CompressedBytes)
        {
            reader.Fail(
                $"levels of {header.RepetitionLevelBytes} and {header.DefinitionLevelBytes} bytes do not fit into a page of {header.CompressedBytes}");
        }
    }
}
