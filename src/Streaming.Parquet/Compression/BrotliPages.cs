using System.IO.Compression;

namespace Streaming.Parquet.Compression;

/// <summary>Brotli (RFC 7932), by the runtime's decoder.</summary>
sealed class BrotliPages : PageCodec
{
    public static readonly BrotliPages Instance = new();

    protected override string Name => "Brotli";

    // No hard limit: one command copies up to 16 MiB. Columns in the wild reach some thousands; this leaves room.
    protected override int MaxRatio => 256 * 1024;

    protected override int DecompressCore(ReadOnlySpan<byte> compressed, Span<byte> destination) =>
        BrotliDecoder.TryDecompress(compressed, destination, out int written) ? written : -1;
}
