namespace Streaming.Parquet.Compression;

/// <summary>Decompresses pages (parquet-format, Compression.md). One object per codec, shared by all threads.</summary>
abstract class PageCodec
{
    /// <summary>
    /// The most bytes that one compressed byte can stand for. A page header that claims more lies, and no memory is asked
    /// for on its word.
    /// </summary>
    protected abstract int MaxRatio { get; }

    /// <summary>The codec of this number in the footer.</summary>
    /// <exception cref="ParquetException">It does not exist, or is not supported.</exception>
    public static PageCodec Of(CompressionCodec codec) => codec switch
    {
        CompressionCodec.Uncompressed => StoredPages.Instance,
        CompressionCodec.Snappy => SnappyPages.Instance,
        CompressionCodec.Gzip => GzipPages.Instance,
        CompressionCodec.Brotli => BrotliPages.Instance,
        CompressionCodec.Lz4 => HadoopLz4Pages.Instance,
        CompressionCodec.Zstd => ZstdPages.Instance,
        CompressionCodec.Lz4Raw => Lz4RawPages.Instance,
        CompressionCodec.Lzo => throw ParquetException.Unsupported("LZO compression is not supported."),
        _ => throw new ParquetException($"compression codec {(int)codec} does not exist."),
    };

    /// <summary>Name of the codec in messages.</summary>
    public abstract string Name { get; }

    /// <summary>Whether pages are stored as they are, so that nothing needs to be decompressed.</summary>
    public virtual bool IsStored => false;

    /// <summary>Whether pages can be had piece by piece: stored ones as they are, others through <see cref="StartBlocks"/>.</summary>
    public virtual bool CanStream => false;

    /// <summary>What decompresses a page block by block, where that is possible.</summary>
    public virtual BlockDecoder StartBlocks() => throw new NotSupportedException($"{Name} pages are decompressed whole.");

    /// <summary>
    /// Whether what so many bytes were compressed to is nothing but those bytes and a few in front of them, as compressors leave what does not repeat: gives
    /// how many those are, or -1. Then nothing needs to be copied.
    /// </summary>
    public virtual int FindStored(ReadOnlySpan<byte> compressed, int length) => -1;

    /// <summary>Checks a claimed size by the number of compressed bytes alone.</summary>
    /// <exception cref="ParquetException">So few can't hold that much.</exception>
    public void CheckRatio(int compressed, int uncompressed) => CheckClaim(compressed, uncompressed, (long)compressed * MaxRatio);

    /// <summary>Checks a claimed size before memory is asked for.</summary>
    /// <exception cref="ParquetException">The compressed bytes can't hold that much.</exception>
    public void CheckClaim(ReadOnlySpan<byte> compressed, int uncompressed)
    {
        if (uncompressed == 0)
            return;

        long most = Guard(compressed, uncompressed, static (codec, bytes, claimed) => codec.MostBytes(bytes, claimed));
        CheckClaim(compressed.Length, uncompressed, most);
    }

    /// <summary>
    /// Fills <paramref name="destination"/> exactly. <see cref="BlockDecoder.Slack"/> bytes behind the end of either may be touched, as in all
    /// buffers of the pool.
    /// </summary>
    /// <exception cref="ParquetException">The bytes are broken, or hold more or less.</exception>
    public void Decompress(ReadOnlySpan<byte> compressed, Span<byte> destination)
    {
        // Writers disagree on what nothing looks like when compressed: some store no byte at all.
        if (destination.IsEmpty)
            return;

        int written = Guard(compressed, destination, static (codec, bytes, target) => codec.DecompressCore(bytes, target));
        if (written != destination.Length)
        {
            string found = written < 0 ? "is broken" : $"holds {written}";
            throw new ParquetException($"the page should hold {destination.Length} bytes, its {Name} data {found}.");
        }
    }

    /// <summary>The most bytes that the data can hold, as far as can be told without decompressing much of it.</summary>
    protected virtual long MostBytes(ReadOnlySpan<byte> compressed, int claimed) => (long)compressed.Length * MaxRatio;

    /// <summary>Decompresses; gives the bytes written, or -1 when there are more or the data is broken.</summary>
    protected abstract int DecompressCore(ReadOnlySpan<byte> compressed, Span<byte> destination);

    void CheckClaim(int compressed, int uncompressed, long most)
    {
        if (uncompressed > most)
            throw new ParquetException($"{compressed} compressed bytes are said to hold {uncompressed}; as {Name} data they hold at most {most}.");
    }

    // Libraries say in many ways that data is broken; for us there is one.
    TResult Guard<TArgument, TResult>(ReadOnlySpan<byte> compressed, TArgument argument, Call<TArgument, TResult> call)
        where TArgument : allows ref struct
    {
        try
        {
            return call(this, compressed, argument);
        }
        catch (Exception e) when (e is not (ParquetException or OutOfMemoryException))
        {
            throw new ParquetException($"the {Name} data is broken: {e.Message}", inner: e);
        }
    }

    delegate TResult Call<TArgument, TResult>(PageCodec codec, ReadOnlySpan<byte> compressed, TArgument argument)
        where TArgument : allows ref struct;
}
