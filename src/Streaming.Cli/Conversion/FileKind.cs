using Streaming.Learning.Data;
using Streaming.Storage;

namespace Streaming.Cli.Conversion;

/// <summary>Tells Parquet, CSV and compressed CSV apart by content; names promise nothing.</summary>
static class FileKind
{
    /// <summary>Whether a file is Parquet; otherwise it is CSV.</summary>
    /// <exception cref="DatasetException">It is neither: text has no zero bytes.</exception>
    public static bool IsParquet(StoredFile file)
    {
        Span<byte> start = stackalloc byte[512];
        start = Start(file, start);

        // PARE: the footer is encrypted; the Parquet reader says so.
        if (start.StartsWith("PAR1"u8) || start.StartsWith("PARE"u8))
            return true;

        // UTF-16 has zero bytes too, behind its byte order mark.
        bool isUtf16 = start is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..];
        if (!IsGzip(start) && !isUtf16 && start.Contains((byte)0))
            throw new DatasetException($"'{file.Name}' is neither Parquet (which begins with PAR1) nor CSV, plain or compressed by gzip: it has bytes that are no text.");

        return false;
    }

    /// <summary>Whether a file is compressed by gzip.</summary>
    public static bool IsGzip(StoredFile file)
    {
        Span<byte> start = stackalloc byte[2];
        return IsGzip(Start(file, start));
    }

    static bool IsGzip(ReadOnlySpan<byte> start) => start is [0x1F, 0x8B, ..];

    static Span<byte> Start(StoredFile file, Span<byte> start)
    {
        using ByteRangeSource source = file.Open();
        start = start[..(int)Math.Min(start.Length, source.Length)];
        source.Read(0, start);
        return start;
    }
}
