using System.Runtime.InteropServices;

namespace Streaming.Storage;

/// <summary>Makes it last what files are named in a folder: a file that was flushed and renamed may otherwise bear its old name after a power cut.</summary>
static partial class FolderFlush
{
    const int ReadOnly = 0;

    /// <summary>Flushes a folder to disk, where the system can; .NET itself opens no folders.</summary>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;

        int handle = Open(folder, ReadOnly);
        if (handle < 0)
            return;

        // Not all file systems know this; the file is whole either way, and its name is what it would be without.
        _ = Sync(handle);
        _ = Close(handle);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Sync(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
