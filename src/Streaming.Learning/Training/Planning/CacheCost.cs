using Streaming.Learning.Data;
using Streaming.Learning.Data.Caching;
using Streaming.Parquet;

namespace Streaming.Learning.Training.Planning;

/// <summary>
/// What a pass costs by decoding and from the cache, in nanoseconds of one thread. The constants are the time, user's and system's, that a further
/// pass of <c>fit kmeans --n-clusters 4 --workers 1</c> takes (40 iterations less 10) over 500,000 rows of 28 columns of
/// <c>Streaming.Benchmarks</c>, on a server's core with AVX-512, files in the page cache: 5.0 ns per value from Zstandard doubles, 2.9 from Snappy, 2.0 from
/// uncompressed float32, 1.2 from the cache, of each about 0.4 for learning. They are to tell what pays from what does not, no more.
/// </summary>
/// <param name="Decode">Reading and decoding Parquet.</param>
/// <param name="Read">Reading the cache.</param>
/// <param name="Write">Writing the cache, once.</param>
/// <param name="Bytes">Most bytes of the cache.</param>
readonly record struct CacheCost(double Decode, double Read, double Write, long Bytes)
{
    // Of values as they are decoded: levels, dictionaries, conversion, the check for values that are not finite.
    const double DecodePerValue = 1.4;

    // A link of 1.6 Gbit/s, as a thread of a small machine in the cloud has of S3.
    const double RemotePerByte = 5;

    // A copy out of the page cache, the checksum, a copy into the tile. Writing also looks for columns of few values; it is measured as part of a whole run,
    // where code that runs for the first time counts, too.
    const double ReadPerByte = 0.25;
    const double WritePerByte = 2;

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
            foreach (ColumnChunkInfo chunk in source.ColumnsOf(group.File).Where(c => c.Stored != null).Select(c => info.Chunks[c.Stored!.Index]))
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
        CompressionCodec.Snappy or CompressionCodec.Lz4 or CompressionCodec.Lz4Raw => 0.3,
        CompressionCodec.Zstd => 0.9,
        _ => 3,
    };
}
