using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using ZstdSharp;

namespace Streaming.Parquet.Compression;

/// <summary>
/// Zstandard frames (RFC 8878), by the C library that ZstdNet brings, which takes seven eighths of the time that ZstdSharp takes; by ZstdSharp
/// where that library can't be loaded.
/// </summary>
sealed class ZstdPages : PageCodec
{
    public static readonly ZstdPages Instance = new(NativeLibrary.TryLoad("libzstd", typeof(ZstdNet.Decompressor).Assembly, null, out _));

    readonly bool isNative;

    // A decompressor is some 100 KB and is needed for a page at a time, so threads share as many as they use at once.
    readonly ConcurrentBag<Unwrap> idle = [];

    /// <summary>A codec of its own; all but tests use <see cref="Instance"/>.</summary>
    /// <param name="isNative">Whether the C library does the work.</param>
    internal ZstdPages(bool isNative) => this.isNative = isNative;

    public override string Name => "Zstd";

    // A block of 128 KiB of one repeated byte takes 4 bytes.
    protected override int MaxRatio => 32 * 1024;

    // What the headers of the frames and blocks allow.
    protected override long MostBytes(ReadOnlySpan<byte> compressed, int claimed) =>
        (long)Math.Min((ulong)base.MostBytes(compressed, claimed), Decompressor.GetDecompressedSize(compressed));

    protected override int DecompressCore(ReadOnlySpan<byte> compressed, Span<byte> destination)
    {
        if (!idle.TryTake(out Unwrap? unwrap))
            unwrap = isNative ? StartNative() : new Decompressor().Unwrap;

        try
        {
            return unwrap(compressed, destination);
        }
        finally
        {
            idle.Add(unwrap);
        }
    }

    static Unwrap StartNative()
    {
        var decompressor = new ZstdNet.Decompressor();
        return (compressed, destination) => decompressor.Unwrap(compressed, destination, bufferSizePrecheck: false);
    }

    delegate int Unwrap(ReadOnlySpan<byte> compressed, Span<byte> destination);
}
