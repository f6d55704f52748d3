namespace Streaming.Cli.Commands;

/// <summary>Tells files apart by what is in them; names and extensions promise nothing.</summary>
static class FileContent
{
    /// <summary>Whether a file is a model: safetensors begins with eight bytes of header length and then a JSON object; Parquet begins with PAR1.</summary>
    /// <exception cref="IOException">The file is neither a model nor Parquet, or can't be read.</exception>
    public static bool IsModel(string path)
    {
        Span<byte> start = stackalloc byte[9];
        using FileStream stream = File.OpenRead(path);
        int length = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        start = start[..length];

        // PARE: the footer is encrypted; the Parquet reader says so.
        if (start.StartsWith("PAR1"u8) || start.StartsWith("PARE"u8))
            return false;

        if (length == 9 && start[8] == '{')
            return true;

        throw new IOException(
            $"'{path}' is neither a Parquet file (which begins with PAR1) nor a model: it "
            + (length == 0 ? "is empty." : $"begins with the bytes {Convert.ToHexString(start)}."));
    }
}
