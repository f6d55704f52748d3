using Streaming.Storage;

namespace Streaming.Parquet.Pages;

/// <summary>
/// A piece of a file that holds the chunks of several columns: fetched by one request when the first of them is wanted, kept until the
/// last of them is consumed or closed. For any threads.
/// </summary>
/// <param name="source">The file.</param>
/// <param name="pool">Where the memory comes from.</param>
/// <param name="start">Where in the file the piece starts.</param>
/// <param name="length">Its bytes.</param>
/// <param name="users">Chunks that will be read from it; each calls <see cref="Release"/> once.</param>
sealed unsafe class JoinedRange(ByteRangeSource source, BufferPool pool, long start, int length, int users)
{
    readonly Lock gate = new();
    NativeBuffer? buffer;
    LentBytes lent;

    /// <summary>The bytes from a place of the file on, up to the end of the piece.</summary>
    public byte* Fetch(long position)
    {
        lock (gate)
        {
            if (buffer == null && !lent.AreAny)
                lent = source.TryLend(start, length);

            if (!lent.AreAny)
                buffer ??= Read();

            return (lent.AreAny ? lent.Pointer : buffer!.Pointer) + (position - start);
        }
    }

    /// <summary>Tells that one of the chunks will not be read any more.</summary>
    public void Release()
    {
        lock (gate)
        {
            if (--users > 0)
                return;

            buffer?.Dispose();
            lent.Return();
        }
    }

    NativeBuffer Read()
    {
        NativeBuffer result = pool.Rent(length, "compressed pages");
        try
        {
            source.Read(start, result.Span[..length]);
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }
}
