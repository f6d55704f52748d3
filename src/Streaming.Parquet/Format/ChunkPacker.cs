namespace Streaming.Parquet.Format;

/// <summary>Packs column chunks as <see cref="PackedChunks"/> reads them: as Thrift's integers, places as what lies between a chunk and the one before.</summary>
sealed class ChunkPacker
{
    /// <summary>Stands where the number of encodings would, when they are those of the chunk before.</summary>
    public const int SameEncodings = -1;

    const int MostIntBytes = 10;

    readonly List<int> ends = [];
    byte[] bytes = new byte[512];
    int length;
    ChunkMetadata before = new();

    /// <summary>Adds the next chunk of the row group.</summary>
    public void Add(ChunkMetadata chunk)
    {
        bool hasMin = chunk.TryGetMin(out ReadOnlySpan<byte> min);
        bool hasMax = chunk.TryGetMax(out ReadOnlySpan<byte> max);
        bool hasIndexes = chunk.OffsetIndex != default || chunk.ColumnIndex != default;
        ChunkParts parts = (chunk.IsPresent ? ChunkParts.Metadata : 0)
            | (chunk.IsEncrypted ? ChunkParts.Encryption : 0)
            | (chunk.IsMinMaxLegacy ? ChunkParts.LegacyBounds : 0)
            | (chunk.FilePath != null ? ChunkParts.FilePath : 0)
            | (chunk.DictionaryPageOffset != 0 ? ChunkParts.Dictionary : 0)
            | (hasMin ? ChunkParts.Min : 0)
            | (hasMax ? ChunkParts.Max : 0)
            | (hasIndexes ? ChunkParts.Indexes : 0);
        Reserve(1);
        bytes[length++] = (byte)parts;
        if (chunk.FilePath != null)
            Add(System.Text.Encoding.UTF8.GetBytes(chunk.FilePath));

        if (chunk.IsPresent)
        {
            Add((long)chunk.Type);
            Add((long)chunk.Codec);
            AddEncodings(chunk.Encodings);
            Add(chunk.ValueCount - before.ValueCount);
            Add(chunk.UncompressedBytes);
            Add(chunk.CompressedBytes);
            Add(chunk.DataPageOffset - (before.Start + before.CompressedBytes));
            if (chunk.DictionaryPageOffset != 0)
                Add(chunk.DataPageOffset - chunk.DictionaryPageOffset);

            Add(chunk.DataPages);
            Add(chunk.NullCount ?? -1);
            if (hasMin)
                Add(min);

            if (hasMax)
                Add(max);
        }

        if (hasIndexes)
        {
            Add(chunk.OffsetIndex, before.OffsetIndex);
            Add(chunk.ColumnIndex, before.ColumnIndex);
        }

        before = chunk;
    }

    /// <summary>Ends the row group.</summary>
    public void EndRowGroup()
    {
        ends.Add(length);
        before = new ChunkMetadata();
    }

    /// <summary>All that was packed.</summary>
    public PackedChunks ToChunks() => new(bytes[..length], [.. ends]);

    void AddEncodings(Encoding[] encodings)
    {
        if (encodings.AsSpan().SequenceEqual(before.Encodings))
        {
            Add(SameEncodings);
            return;
        }

        Add(encodings.Length);
        foreach (Encoding encoding in encodings)
            Add((long)encoding);
    }

    void Add(ByteRange range, ByteRange last)
    {
        Add(range.Offset - (last.Offset + last.Length));
        Add(range.Length);
    }

    void Add(ReadOnlySpan<byte> value)
    {
        Reserve(MostIntBytes + value.Length);
        AddVarint((ulong)value.Length);
        value.CopyTo(bytes.AsSpan(length));
        length += value.Length;
    }

    void Add(long value)
    {
        Reserve(MostIntBytes);
        AddVarint(((ulong)value << 1) ^ (ulong)(value >> 63));
    }

    void AddVarint(ulong value)
    {
        for (; value >= 128; value >>= 7)
            bytes[length++] = (byte)(value | 128);

        bytes[length++] = (byte)value;
    }

    void Reserve(int count)
    {
        if (bytes.Length - length >= count)
            return;

        long wanted = Math.Max(2L * bytes.Length, (long)length + count);
        if (wanted > Array.MaxLength)
            throw ParquetException.Unsupported("The footer describes so many column chunks that what is to be kept of them is longer than 1 GiB.");

        Array.Resize(ref bytes, (int)wanted);
    }
}

/// <summary>What a packed chunk consists of.</summary>
[Flags]
enum ChunkParts : byte
{
    Metadata = 1,
    Encryption = 2,
    LegacyBounds = 4,
    FilePath = 8,
    Dictionary = 16,
    Min = 32,
    Max = 64,
    Indexes = 128,
}
