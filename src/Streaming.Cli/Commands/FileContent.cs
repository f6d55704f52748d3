using Streaming.Storage;

namespace Streaming.Cli.Commands;

/// <summary>Tells files apart by what is in them; names and extensions promise nothing.</summary>
static class FileContent
{
    /// <summary>Whether a file is a model: safetensors begins with eight bytes of header length and then a JSON object; Parquet begins with PAR1.</summary>
    /// <exception cref="IOException">The file is neither a model nor Parquet, or can't be read.</exception>
    public static bool IsModel(StoredFile file)
    {
        Span<byte> start = stackalloc byte[9];
        using ByteRangeSource source = file.Open();
        int length = (int)Math.Min(start.Length, source.Length);
        start = start[..length];
        source.Read(0, start);

        // PARE: the footer is encrypted; the Parquet reader says so.
        if (start.StartsWith("PAR1"u8) || start.StartsWith("PARE"u8))
            return false;

        if (length == 9 && start[8] == '{')
            return true;

        throw new IOException(
            $"'{file.Name}' is neither a Parquet file (which begins with PAR1) nor a model: it "
            + (length == 0 ? "is empty." : $"begins with the bytes {Convert.ToHexString(start)}."));
    }
}
