using Microsoft.Win32.SafeHandles;

namespace Streaming.Storage;

/// <summary>A file on a local disk, read with positioned reads (no shared file position, so threads do not wait for each other).</summary>
public sealed class LocalFileSource : ByteRangeSource
{
    readonly SafeFileHandle handle;

    LocalFileSource(string path, SafeFileHandle handle)
        : base(path, RandomAccess.GetLength(handle)) => this.handle = handle;

    /// <summary>Opens <paramref name="path"/> for reading.</summary>
    /// <exception cref="IOException">The file is missing or can't be opened; the message names it.</exception>
    public static LocalFileSource Open(string path)
    {
        try
        {
            return new LocalFileSource(path, File.OpenHandle(path, options: FileOptions.RandomAccess));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"'{path}' can't be opened for reading: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    protected override void ReadCore(long offset, Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            int n = RandomAccess.Read(handle, destination, offset);
            if (n == 0)
            {
                throw new IOException(
                    $"'{Name}' had {Length} bytes when it was opened and now ends at byte {offset}: it was cut short while being read.");
            }

            offset += n;
            destination = destination[n..];
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            handle.Dispose();

        base.Dispose(disposing);
    }
}
