namespace Streaming.Parquet.Format;

/// <summary>
/// The column chunks of a file's row groups, packed: a third of what they take in the footer, which names each column again and notes its
/// bounds twice. Large datasets have millions of them, and memory should not grow with the data. Safe for use by several threads.
/// </summary>
/// <param name="bytes">The chunks, row group by row group.</param>
/// <param name="ends">Where each row group ends.</param>
sealed class PackedChunks(byte[] bytes, int[] ends)
{
    /// <summary>Memory that this takes.</summary>
    public long Bytes => bytes.Length + sizeof(int) * (long)ends.Length;

    /// <summary>The chunks of a row group.</summary>
    public List<ChunkMetadata> Read(int rowGroup)
    {
        int start = rowGroup == 0 ? 0 : ends[rowGroup - 1];
        ReadOnlySpan<byte> packed = bytes.AsSpan(start, ends[rowGroup] - start);
        var reader = new ThriftReader(packed);
        var chunks = new List<ChunkMetadata>();
        var before = new ChunkMetadata();
        while (reader.Position < packed.Length)
            chunks.Add(before = Read(ref reader, before));

        return chunks;
    }

    static ChunkMetadata Read(ref ThriftReader reader, ChunkMetadata before)
    {
        var parts = (ChunkParts)reader.ReadByte();
        var chunk = new ChunkMetadata
        {
            IsPresent = Has(ChunkParts.Metadata),
            IsEncrypted = Has(ChunkParts.Encryption),
            IsMinMaxLegacy = Has(ChunkParts.LegacyBounds),
        };
        if (Has(ChunkParts.FilePath))
            chunk.FilePath = System.Text.Encoding.UTF8.GetString(reader.ReadBinary());

        if (chunk.IsPresent)
        {
            chunk.Type = (PhysicalType)reader.ReadInt();
            chunk.Codec = (CompressionCodec)reader.ReadInt();
            chunk.Encodings = ReadEncodings(ref reader, before.Encodings);
            chunk.ValueCount = before.ValueCount + reader.ReadInt();
            chunk.UncompressedBytes = reader.ReadInt();
            chunk.CompressedBytes = reader.ReadInt();
            chunk.DataPageOffset = before.Start + before.CompressedBytes + reader.ReadInt();
            chunk.DictionaryPageOffset = Has(ChunkParts.Dictionary) ? chunk.DataPageOffset - reader.ReadInt() : 0;
            chunk.DataPages = (int)reader.ReadInt();
            chunk.NullCount = reader.ReadInt();
            ReadOnlySpan<byte> min = Has(ChunkParts.Min) ? reader.ReadBinary() : default;
            ReadOnlySpan<byte> max = Has(ChunkParts.Max) ? reader.ReadBinary() : default;
            chunk.SetBounds(Has(ChunkParts.Min), min, Has(ChunkParts.Max), max);
        }

        if (Has(ChunkParts.Indexes))
        {
            chunk.OffsetIndex = ReadRange(ref reader, before.OffsetIndex);
            chunk.ColumnIndex = ReadRange(ref reader, before.ColumnIndex);
        }

        return chunk;

        // HasFlag makes objects until the code has run for a while.
        bool Has(ChunkParts part) => (parts & part) != 0;
    }

    static Encoding[] ReadEncodings(ref ThriftReader reader, Encoding[] before)
    {
        long count = reader.ReadInt();
        if (count == ChunkPacker.SameEncodings)
            return before;

        var encodings = new Encoding[count];
        for (int i = 0; i < encodings.Length; i++)
            encodings[i] = (Encoding)reader.ReadInt();

        return encodings;
    }

    static ByteRange ReadRange(ref ThriftReader reader, ByteRange before) => new(before.Offset + before.Length + reader.ReadInt(), (int)reader.ReadInt());
}
