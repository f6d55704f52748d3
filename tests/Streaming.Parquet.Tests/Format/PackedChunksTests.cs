using Streaming.Parquet.Format;

namespace Streaming.Parquet.Tests.Format;

public sealed class PackedChunksTests
{
    static readonly long[] Extremes = [0, 1, -1, 127, 128, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue, 1L << 40];

    // Footers may say anything: whatever they do is kept.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Read_AnyChunks_AreThoseThatWereAdded(int seed)
    {
        var random = new Random(seed);
        ChunkMetadata[][] groups = [.. Enumerable.Range(0, 50).Select(_ => Enumerable.Range(0, random.Next(12)).Select(_ => AnyChunk(random)).ToArray())];
        PackedChunks packed = Pack(groups);

        // In any order: each row group stands for itself.
        foreach (int g in Enumerable.Range(0, groups.Length).OrderBy(_ => random.Next()))
            Assert.Equal(groups[g].Select(Describe), packed.Read(g).Select(Describe));
    }

    [Fact]
    public void Bytes_OfUsualChunksOfDoubles_AreFew()
    {
        const int Chunks = 1000;
        long place = 4;
        var usual = new ChunkMetadata[Chunks];
        for (int i = 0; i < Chunks; i++)
        {
            usual[i] = new ChunkMetadata
            {
                IsPresent = true,
                Type = PhysicalType.Double,
                Codec = CompressionCodec.Snappy,
                Encodings = [Encoding.Plain, Encoding.Rle, Encoding.RleDictionary],
                ValueCount = 122_880,
                UncompressedBytes = 900_000 + i,
                CompressedBytes = 500_000 + i,
                DictionaryPageOffset = place,
                DataPageOffset = place + 8_000,
                DataPages = 7,
                NullCount = 0,
            };
            usual[i].SetBounds(true, BitConverter.GetBytes(-1.5 - i), true, BitConverter.GetBytes(1e6 + i));
            place += usual[i].CompressedBytes;
        }

        // Of them 16 are bounds.
        Assert.InRange((double)Pack([usual]).Bytes / Chunks, 16, 36);
    }

    static PackedChunks Pack(ChunkMetadata[][] groups)
    {
        var packer = new ChunkPacker();
        foreach (ChunkMetadata[] group in groups)
        {
            foreach (ChunkMetadata chunk in group)
                packer.Add(chunk);

            packer.EndRowGroup();
        }

        return packer.ToChunks();
    }

    static ChunkMetadata AnyChunk(Random random)
    {
        var chunk = new ChunkMetadata { IsEncrypted = random.Next(5) == 0, IsPresent = random.Next(5) > 0 };
        if (random.Next(5) == 0)
            chunk.FilePath = random.Next(2) == 0 ? "" : "other/f\u00fcr.parquet";

        if (random.Next(3) == 0)
        {
            chunk.OffsetIndex = new ByteRange(AnyNumber(random), (int)AnyNumber(random));
            chunk.ColumnIndex = new ByteRange(AnyNumber(random), (int)AnyNumber(random));
        }

        if (!chunk.IsPresent)
            return chunk;

        chunk.Type = (PhysicalType)random.Next(8);
        chunk.Codec = (CompressionCodec)AnyNumber(random);
        chunk.Encodings = [.. Enumerable.Range(0, random.Next(4)).Select(_ => (Encoding)(random.Next(4) == 0 ? AnyNumber(random) : random.Next(10)))];
        chunk.ValueCount = AnyNumber(random);
        chunk.UncompressedBytes = AnyNumber(random);
        chunk.CompressedBytes = AnyNumber(random);
        chunk.DataPageOffset = AnyNumber(random);
        chunk.DictionaryPageOffset = random.Next(2) == 0 ? 0 : AnyNumber(random);
        chunk.DataPages = (int)AnyNumber(random);
        chunk.NullCount = random.Next(2) == 0 ? null : random.NextInt64();
        chunk.IsMinMaxLegacy = random.Next(2) == 0;
        chunk.SetBounds(random.Next(3) > 0, AnyBytes(random, 200), random.Next(3) > 0, AnyBytes(random, 9));
        return chunk;
    }

    static byte[] AnyBytes(Random random, int most)
    {
        var bytes = new byte[random.Next(most)];
        random.NextBytes(bytes);
        return bytes;
    }

    static long AnyNumber(Random random) => random.Next(2) == 0 ? random.Next(1000) : Extremes[random.Next(Extremes.Length)];

    static string Describe(ChunkMetadata chunk)
    {
        string min = chunk.TryGetMin(out ReadOnlySpan<byte> low) ? Convert.ToHexString(low) : "none";
        string max = chunk.TryGetMax(out ReadOnlySpan<byte> high) ? Convert.ToHexString(high) : "none";
        return $"{chunk.IsPresent} {chunk.IsEncrypted} {chunk.IsMinMaxLegacy} {chunk.FilePath ?? "none"} {chunk.Type} {chunk.Codec} {string.Join(',', chunk.Encodings)} {chunk.ValueCount} "
            + $"{chunk.UncompressedBytes} {chunk.CompressedBytes} {chunk.DataPageOffset} {chunk.DictionaryPageOffset} {chunk.DataPages} {chunk.NullCount} {min} {max} {chunk.OffsetIndex} {chunk.ColumnIndex}";
    }
}
