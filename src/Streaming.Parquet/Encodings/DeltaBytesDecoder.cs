using Streaming.Storage;

namespace Streaming.Parquet.Encodings;

/// <summary>
/// Byte arrays that share a prefix with the one before: delta-coded prefix lengths, then the suffixes (parquet-format,
/// Encodings.md, "Delta Strings").
/// </summary>
sealed unsafe class DeltaBytesDecoder(NumberFormat format, BufferPool pool) : BytesDecoder(format), IDisposable
{
    DeltaReader prefixes;
    DeltaLengthBytes suffixes;

    // The last value: the next one begins with some of it.
    NativeBuffer? value;
    int valueLength;

    /// <summary>Starts with a page's values.</summary>
    /// <exception cref="ParquetException">Their lengths are broken.</exception>
    public void Start(byte* source, int length)
    {
        prefixes.Start(source, length);
        byte* behind = prefixes.FindEnd();
        suffixes.Start(behind, length - (int)(behind - source));
        valueLength = 0;
    }

    public void Dispose()
    {
        value?.Dispose();
        value = null;
    }

    protected override ReadOnlySpan<byte> Next()
    {
        long prefix;
        prefixes.Read(&prefix, 1);
        if (prefix < 0 || prefix > valueLength)
            throw new ParquetException($"a value should share {prefix} bytes with the one before, which has {valueLength}.");

        ReadOnlySpan<byte> suffix = suffixes.Next();
        int length = (int)prefix + suffix.Length;
        Grow(length, (int)prefix);
        suffix.CopyTo(new Span<byte>(value!.Pointer + prefix, suffix.Length));
        valueLength = length;
        return new ReadOnlySpan<byte>(value.Pointer, length);
    }

    // No value is longer than all suffixes together, so the buffer never outgrows the page.
    void Grow(int length, int keep)
    {
        if (value is not null && value.Length >= length)
            return;

        NativeBuffer larger = pool.Rent(Math.Max(length, 2 * (value?.Length ?? 0)), "text");
        if (value is not null)
        {
            Buffer.MemoryCopy(value.Pointer, larger.Pointer, larger.Length, keep);
            value.Dispose();
        }

        value = larger;
    }
}
