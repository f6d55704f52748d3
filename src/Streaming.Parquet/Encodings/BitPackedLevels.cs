namespace Streaming.Parquet.Encodings;

/// <summary>
/// The deprecated packing of levels, from the high bit of each byte down (parquet-format, Encodings.md, "Bit-packed
/// (Deprecated)"), rewritten from the low bit up.
/// </summary>
static unsafe class BitPackedLevels
{
    /// <summary>Bytes that levels take in either order.</summary>
    public static long Bytes(int count, int width) => ((long)count * width + 7) / 8;

    /// <summary>Rewrites levels; source and destination have <see cref="Bytes"/> bytes.</summary>
    public static void Reverse(byte* source, byte* destination, int count, int width)
    {
        new Span<byte>(destination, (int)Bytes(count, width)).Clear();
        for (long value = 0; value < count; value++)
        {
            for (int bit = 0; bit < width; bit++)
            {
                long from = value * width + bit;
                long to = value * width + (width - 1 - bit);
                int set = (source[from >> 3] >> (7 - (int)(from & 7))) & 1;
                destination[to >> 3] |= (byte)(set << (int)(to & 7));
            }
        }
    }
}
