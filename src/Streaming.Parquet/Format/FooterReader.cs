namespace Streaming.Parquet.Format;

/// <summary>
/// Reads the footer's structures (parquet.thrift). Of our own rather than Parquet.Net's because a footer is bytes that
/// nobody vouches for: here a false length or a wrong type is a fault with a name, before anything is allocated for it.
/// </summary>
static class FooterReader
{
    /// <summary>Reads a whole footer.</summary>
    /// <param name="bytes">The footer.</param>
    /// <param name="knownSchema">
    /// A schema as stored, or empty: where the footer has the same one, it is passed over. Files of a dataset mostly agree on it.
    /// </param>
    /// <exception cref="ParquetException">The bytes are no footer.</exception>
    public static FileFooter Read(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> knownSchema = default)
    {
        var reader = new ThriftReader(bytes);
        IReadOnlyList<SchemaNode> schema = [];
        byte[] schemaBytes = [];
        bool isKnown = false;
        IReadOnlyList<RowGroupMetadata> rowGroups = [];
        var chunks = new ChunkPacker();
        long rowCount = -1;
        string? createdBy = null;
        bool isOurs = false;

        FieldCursor field = reader.BeginStruct();
        while (reader.NextField(ref field))
        {
            switch (field.Id)
            {
                case 2:
                    isKnown = !knownSchema.IsEmpty && field.Type == ThriftType.List && reader.TryPass(knownSchema);
                    if (!isKnown)
                    {
                        int start = reader.Position;
                        schema = ReadSchema(ref reader, field);
                        schemaBytes = bytes[start..reader.Position].ToArray();
                    }

                    break;
                case 3: rowCount = reader.ReadInt(field); break;
                case 4: rowGroups = ReadRowGroups(ref reader, field, chunks); break;
                case 5: isOurs = ReadIsOurs(ref reader, field); break;
                case 6: createdBy = ReadText(ref reader, field); break;
                default: reader.Skip(field); break;
            }
        }

        if (reader.Fault is null && rowCount < 0)
            reader.Fail("it has no row count");

        if (reader.Fault is null && schema.Count == 0 && !isKnown)
            reader.Fail("it has no schema");

        if (reader.Fault is not null)
            throw new ParquetException($"The footer is broken at its byte {reader.Position}: {reader.Fault}.");

        return new FileFooter(schema, schemaBytes, rowGroups, chunks.ToChunks(), rowCount, createdBy, isOurs);
    }

    // The notes of a file are pairs of texts; one of them is ours.
    static bool ReadIsOurs(ref ThriftReader reader, FieldCursor list)
    {
        int count = reader.ReadList(list, ThriftType.Struct);
        bool isOurs = false;
        for (int i = 0; i < count && reader.Fault is null; i++)
        {
            FieldCursor field = reader.BeginStruct();
            while (reader.NextField(ref field))
            {
                if (field.Id == 1)
                    isOurs |= ReadText(ref reader, field) == TableWriter.Note;
                else
                    reader.Skip(field);
            }
        }

        return isOurs;
    }

    static List<SchemaNode> ReadSchema(ref ThriftReader reader, FieldCursor list)
    {
        int count = reader.ReadList(list, ThriftType.Struct);
        List<SchemaNode> nodes = [];
        for (int i = 0; i < count && reader.Fault is null; i++)
            nodes.Add(ReadSchemaNode(ref reader));

        return nodes;
    }

    static SchemaNode ReadSchemaNode(ref ThriftReader reader)
    {
        var node = new SchemaNode();
        LogicalType? logical = null;
        int converted = -1;
        int scale = 0;
        int precision = 0;

        FieldCursor field = reader.BeginStruct();
        while (reader.NextField(ref field))
        {
            switch (field.Id)
            {
                case 1: node.Type = ReadType(ref reader, field); break;
                case 2: node.TypeLength = reader.ReadInt32(field); break;
                case 3: node.Repetition = ReadRepetition(ref reader, field); break;
                case 4: node.Name = ReadText(ref reader, field); break;
                case 5: node.ChildCount = reader.ReadInt32(field); break;
                case 6: converted = reader.ReadInt32(field); break;
                case 7: scale = reader.ReadInt32(field); break;
                case 8: precision = reader.ReadInt32(field); break;
                case 10: logical = LogicalTypeReader.Read(ref reader, field); break;
                default: reader.Skip(field); break;
            }
        }

        node.Logical = logical ?? LogicalTypeReader.FromConverted(converted, precision, scale);
        return node;
    }

    static List<RowGroupMetadata> ReadRowGroups(ref ThriftReader reader, FieldCursor list, ChunkPacker chunks)
    {
        int count = reader.ReadList(list, ThriftType.Struct);
        List<RowGroupMetadata> groups = [];
        for (int i = 0; i < count && reader.Fault is null; i++)
            groups.Add(ReadRowGroup(ref reader, chunks));

        return groups;
    }

    static RowGroupMetadata ReadRowGroup(ref ThriftReader reader, ChunkPacker chunks)
    {
        int chunkCount = 0;
        long rowCount = 0;
        long compressedBytes = 0;
        FieldCursor field = reader.BeginStruct();
        while (reader.NextField(ref field))
        {
            switch (field.Id)
            {
                case 1:
                    int count = reader.ReadList(field, ThriftType.Struct);
                    for (int i = 0; i < count && reader.Fault is null; i++)
                    {
                        ChunkMetadata chunk = ReadChunk(ref reader);
                        chunks.Add(chunk);
                        chunkCount++;
                        compressedBytes += chunk.CompressedBytes;
                    }

                    break;
                case 3:
                    rowCount = reader.ReadInt(field);
                    if (rowCount < 0)
                        reader.Fail($"a row group has {rowCount} rows");
                    break;
                default:
                    reader.Skip(field);
                    break;
            }
        }

        chunks.EndRowGroup();
        return new RowGroupMetadata(chunkCount, rowCount, compressedBytes);
    }

    static ChunkMetadata ReadChunk(ref ThriftReader reader)
    {
        var chunk = new ChunkMetadata();
        FieldCursor field = reader.BeginStruct();
        while (reader.NextField(ref field))
        {
            switch (field.Id)
            {
                case 1:
                    chunk.FilePath = ReadText(ref reader, field);
                    break;
                case 3:
                    if (reader.IsStruct(field))
                        ReadChunkMetadata(ref reader, chunk);
                    break;
                case 4:
                    chunk.OffsetIndex = chunk.OffsetIndex with { Offset = reader.ReadInt(field) };
                    break;
                case 5:
                    chunk.OffsetIndex = chunk.OffsetIndex with { Length = reader.ReadInt32(field) };
                    break;
                case 6:
                    chunk.ColumnIndex = chunk.ColumnIndex with { Offset = reader.ReadInt(field) };
                    break;
                case 7:
                    chunk.ColumnIndex = chunk.ColumnIndex with { Length = reader.ReadInt32(field) };
                    break;
                case 8 or 9:
                    chunk.IsEncrypted = true;
                    reader.Skip(field);
                    break;
                default:
                    reader.Skip(field);
                    break;
            }
        }

        return chunk;
    }

    static void ReadChunkMetadata(ref ThriftReader reader, ChunkMetadata chunk)
    {
        chunk.IsPresent = true;
        FieldCursor field = reader.BeginStruct();
        while (reader.NextField(ref field))
        {
            switch (field.Id)
            {
                case 1: chunk.Type = ReadType(ref reader, field); break;
                case 2: chunk.Encodings = ReadEncodings(ref reader, field); break;
                case 4: chunk.Codec = (CompressionCodec)reader.ReadInt32(field); break;
                case 5: chunk.ValueCount = reader.ReadInt(field); break;
                case 6: chunk.UncompressedBytes = reader.ReadInt(field); break;
                case 7: chunk.CompressedBytes = reader.ReadInt(field); break;
                case 9: chunk.DataPageOffset = reader.ReadInt(field); break;
                case 11: chunk.DictionaryPageOffset = reader.ReadInt(field); break;
                case 12:
                    if (reader.IsStruct(field))
                        ReadStatistics(ref reader, chunk);
                    break;
                case 13: chunk.DataPages = ReadDataPages(ref reader, field); break;
                default: reader.Skip(field); break;
            }
        }
    }

    // Counts are by type of page and encoding.
    static int ReadDataPages(ref ThriftReader reader, FieldCursor list)
    {
        int kinds = reader.ReadList(list, ThriftType.Struct);
        long pages = 0;
        for (int i = 0; i < kinds && reader.Fault is null; i++)
        {
            int type = -1, count = 0;
            FieldCursor field = reader.BeginStruct();
            while (reader.NextField(ref field))
            {
                switch (field.Id)
                {
                    case 1: type = reader.ReadInt32(field); break;
                    case 3: count = reader.ReadInt32(field); break;
                    default: reader.Skip(field); break;
                }
            }

            pages += (PageType)type is PageType.Data or PageType.DataV2 ? count : 0;
        }

        return (int)Math.Clamp(pages, 0, int.MaxValue);
    }

    static Encoding[] ReadEncodings(ref ThriftReader reader, FieldCursor field)
    {
        var encodings = new Encoding[reader.ReadList(field, ThriftType.I32)];
        for (int i = 0; i < encodings.Length && reader.Fault is null; i++)
            encodings[i] = (Encoding)reader.ReadInt();

        return encodings;
    }

    // Views until it is known which are wanted.
    static void ReadStatistics(ref ThriftReader reader, ChunkMetadata chunk)
    {
        ReadOnlySpan<byte> min = default, max = default, oldMin = default, oldMax = default;
        bool hasMin = false, hasMax = false, hasOldMin = false, hasOldMax = false;
        FieldCursor field = reader.BeginStruct();
        while (reader.NextField(ref field))
        {
            switch (field.Id)
            {
                case 1:
                    oldMax = reader.ReadBinary(field);
                    hasOldMax = true;
                    break;
                case 2:
                    oldMin = reader.ReadBinary(field);
                    hasOldMin = true;
                    break;
                case 3:
                    chunk.NullCount = reader.ReadInt(field);
                    break;
                case 5:
                    max = reader.ReadBinary(field);
                    hasMax = true;
                    break;
                case 6:
                    min = reader.ReadBinary(field);
                    hasMin = true;
                    break;
                default:
                    reader.Skip(field);
                    break;
            }
        }

        chunk.IsMinMaxLegacy = !hasMin && !hasMax && hasOldMin && hasOldMax;
        if (chunk.IsMinMaxLegacy)
            chunk.SetBounds(true, oldMin, true, oldMax);
        else
            chunk.SetBounds(hasMin, min, hasMax, max);
    }

    static PhysicalType ReadType(ref ThriftReader reader, FieldCursor field)
    {
        int type = reader.ReadInt32(field);
        if (type is < (int)PhysicalType.Boolean or > (int)PhysicalType.FixedLenByteArray)
            reader.Fail($"physical type {type} does not exist");

        return (PhysicalType)type;
    }

    static Repetition ReadRepetition(ref ThriftReader reader, FieldCursor field)
    {
        int repetition = reader.ReadInt32(field);
        if (repetition is < (int)Repetition.Required or > (int)Repetition.Repeated)
            reader.Fail($"repetition type {repetition} does not exist");

        return (Repetition)repetition;
    }

    static string ReadText(ref ThriftReader reader, FieldCursor field) => System.Text.Encoding.UTF8.GetString(reader.ReadBinary(field));
}
