using Streaming.Learning.Data;
using Streaming.Learning.Data.Caching;
using Streaming.Parquet;

namespace Streaming.Learning.Training.Planning;

/// <summary>
/// What a pass costs by decoding and from the cache, in nanoseconds of one thread. The constants are of one core of a 2.6 GHz Xeon (Sapphire Rapids) with
/// files in the page cache, from <c>Streaming.Benchmarks cache</c>: orders of magnitude, to tell what pays from what does not.
/// </summary>
/// <param name="Decode">Reading and decoding Parquet.</param>
/// <param name="Read">Reading the cache.</param>
/// <param name="Write">Writing the cache, once.</param>
/// <param name="Bytes">Most bytes of the cache.</param>
readonly record struct CacheCost(double Decode, double Read, double Write, long Bytes)
{
    // Of values as they are decoded: levels, dictionaries, conversion, the check for values that are not finite.
    const double DecodePerValue = 0.6;

    // A link of 1.6 Gbit/s, as a thread of a small machine in the cloud has of S3.
    const double RemotePerByte = 5;

    // A copy out of the page cache, the checksum, a copy into the tile; writing also looks for columns of few values.
    const double ReadPerByte = 0.25;
    const double WritePerByte = 1;

    /// <summary>Estimates a pass.</summary>
    /// <param name="source">What it reads.</param>
    /// <param name="doubles">Whether features are double.</param>
    public static CacheCost Of(TileSource source, bool doubles)
    {
        var format = TileFormat.Of(source, doubles);
        double decode = 0;
        foreach (DatasetRowGroup group in source.Dataset.RowGroups)
        {
            RowGroupInfo info = group.File.Parquet.RowGroups[group.Index];
            foreach (ColumnChunkInfo chunk in TileFetches.ColumnsOf(source, group.File).Where(c => c.Stored != null).Select(c => info.Chunks[c.Stored!.Index]))
            {
                decode += chunk.ValueCount * DecodePerValue + chunk.UncompressedBytes * PerByte(chunk.Codec);
                if (group.File.Parquet.Source.IsRemote)
                    decode += chunk.CompressedBytes * RemotePerByte;
            }
        }

        long bytes = format.BytesFor(source.Dataset.RowGroups);
        return new CacheCost(decode, bytes * ReadPerByte, bytes * WritePerByte, bytes);
    }

    /// <summary>Whether that many passes are faster with the cache than without.</summary>
    public bool Pays(int passes) => (passes - 1) * (Decode - Read) > Write;

    // Per byte of what comes out.
    static double PerByte(CompressionCodec codec) => codec switch
    {
        CompressionCodec.Uncompressed => 0.05,
        CompressionCodec.Snappy or CompressionCodec.Lz4 or CompressionCodec.Lz4Raw => 0.2,
        CompressionCodec.Zstd => 0.7,
        _ => 3,
    };
}
