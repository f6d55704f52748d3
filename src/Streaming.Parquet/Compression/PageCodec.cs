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

    /// <summary>Whether pages are stored as they are, so that nothing needs to be decompressed.</summary>
    public virtual bool IsStored => false;

    /// <summary>Checks a claimed size before memory is asked for.</summary>
    /// <exception cref="ParquetException">The compressed bytes can't hold that much.</exception>
    public void CheckClaim(ReadOnlySpan<byte> compressed, int uncompressed)
    {
        // A frame without content takes some bytes too, and small pages are cheap anyway: hence the constant.
        if (uncompressed > 1024 + (long)compressed.Length * MaxRatio)
        {
            throw new ParquetException(
                $"{compressed.Length} compressed bytes are said to hold {uncompressed}; {Name} can't compress that much.");
        }

        long? stated = StatedLength(compressed);
        if (stated is not null && stated != uncompressed)
            throw new ParquetException($"the page header says {uncompressed} bytes, the {Name} data {stated}.");
    }

    /// <summary>Fills <paramref name="destination"/> exactly.</summary>
    /// <exception cref="ParquetException">The bytes are broken, or hold more or less.</exception>
    public void Decompress(ReadOnlySpan<byte> compressed, Span<byte> destination)
    {
        // Writers disagree on what nothing looks like when compressed: some store no byte at all.
        if (destination.IsEmpty)
            return;

        int written;
        try
        {
            written = DecompressCore(compressed, destination);
        }
        catch (Exception e) when (e is not (ParquetException or OutOfMemoryException))
        {
            throw new ParquetException($"the {Name} data is broken: {e.Message}", inner: e);
        }

        if (written != destination.Length)
            throw new ParquetException($"the page should hold {destination.Length} bytes, its {Name} data {(written < 0 ? "is broken" : $"holds {written}")}.");
    }

    /// <summary>Name of the codec in messages.</summary>
    protected abstract string Name { get; }

    /// <summary>The uncompressed length that the data itself states, or null.</summary>
    protected virtual long? StatedLength(ReadOnlySpan<byte> compressed) => null;

    /// <summary>Decompresses; gives the bytes written, or -1 when there are more or the data is broken.</summary>
    protected abstract int DecompressCore(ReadOnlySpan<byte> compressed, Span<byte> destination);
}
