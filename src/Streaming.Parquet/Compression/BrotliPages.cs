using System.Buffers;
using System.IO.Compression;

namespace Streaming.Parquet.Compression;

/// <summary>Brotli (RFC 7932), by the runtime's decoder.</summary>
sealed class BrotliPages : PageCodec
{
    public static readonly BrotliPages Instance = new();

    public override string Name => "Brotli";

    // Brotli has no hard limit: one command copies up to 16 MiB. What goes beyond this is counted first.
    protected override int MaxRatio => 1024;

    protected override long MostBytes(ReadOnlySpan<byte> compressed, int claimed)
    {
        long usual = base.MostBytes(compressed, claimed);
        return claimed <= usual ? usual : Count(compressed, claimed);
    }

    protected override int DecompressCore(ReadOnlySpan<byte> compressed, Span<byte> destination) =>
        BrotliDecoder.TryDecompress(compressed, destination, out int written) ? written : -1;

    // The length of the data, or as much as is claimed, found by decompressing it to nowhere.
    static long Count(ReadOnlySpan<byte> compressed, int claimed)
    {
        Span<byte> nowhere = stackalloc byte[16 * 1024];
        using var decoder = new BrotliDecoder();
        long count = 0;
        OperationStatus status = OperationStatus.DestinationTooSmall;
        while (status == OperationStatus.DestinationTooSmall && count < claimed)
        {
            status = decoder.Decompress(compressed, nowhere, out int consumed, out int written);
            compressed = compressed[consumed..];
            count += written;
        }

        return count;
    }
}
