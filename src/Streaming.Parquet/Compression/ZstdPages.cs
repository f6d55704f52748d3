using System.Collections.Concurrent;
using ZstdSharp;

namespace Streaming.Parquet.Compression;

/// <summary>Zstandard frames (RFC 8878), by ZstdSharp.</summary>
sealed class ZstdPages : PageCodec
{
    public static readonly ZstdPages Instance = new();

    // A decompressor is some 100 KB and is needed for a page at a time, so threads share as many as they use at once.
    readonly ConcurrentBag<Decompressor> idle = [];

    public override string Name => "Zstd";

    // A block of 128 KiB of one repeated byte takes 4 bytes.
    protected override int MaxRatio => 32 * 1024;

    // What the headers of the frames and blocks allow.
    protected override long MostBytes(ReadOnlySpan<byte> compressed, int claimed) =>
        (long)Math.Min((ulong)base.MostBytes(compressed, claimed), Decompressor.GetDecompressedSize(compressed));

    protected override int DecompressCore(ReadOnlySpan<byte> compressed, Span<byte> destination)
    {
        if (!idle.TryTake(out Decompressor? decompressor))
            decompressor = new Decompressor();

        try
        {
            return decompressor.Unwrap(compressed, destination);
        }
        finally
        {
            idle.Add(decompressor);
        }
    }
}
