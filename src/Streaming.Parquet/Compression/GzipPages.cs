using System.IO.Compression;

namespace Streaming.Parquet.Compression;

/// <summary>Gzip, of one or more members (RFC 1952), by the runtime's zlib; some writers leave out the gzip header (RFC 1950).</summary>
sealed class GzipPages : PageCodec
{
    public static readonly GzipPages Instance = new();

    public override string Name => "Gzip";

    // The limit of deflate: a match of 258 bytes in 2 bits.
    protected override int MaxRatio => 1032;

    protected override unsafe int DecompressCore(ReadOnlySpan<byte> compressed, Span<byte> destination)
    {
        fixed (byte* start = compressed)
        {
            using var input = new UnmanagedMemoryStream(start, compressed.Length);
            bool hasGzipHeader = compressed.Length >= 2 && compressed[0] == 0x1f && compressed[1] == 0x8b;
            using Stream inflater = hasGzipHeader
                ? new GZipStream(input, CompressionMode.Decompress)
                : new ZLibStream(input, CompressionMode.Decompress);
            int written = inflater.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false);
            Span<byte> behind = stackalloc byte[1];
            return written == destination.Length && inflater.Read(behind) > 0 ? -1 : written;
        }
    }
}
