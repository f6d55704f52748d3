using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Streaming.Storage.Tests;

/// <summary>
/// A folder that the thread may not list, until this is disposed of. Root may list everything, so the thread takes the rights of a user of its
/// group who may not (<c>setfsuid</c> counts for one thread, and for files only).
/// </summary>
[SupportedOSPlatform("linux")]
sealed partial class ShutFolder : IDisposable
{
    const int Nobody = 65534;

    readonly string path;
    readonly UnixFileMode mode;
    readonly bool isRoot = Environment.IsPrivilegedProcess;

    /// <summary>Shuts a folder below that of a test.</summary>
    public ShutFolder(TempFolder folder, string name)
    {
        path = Path.Combine(folder.Root, name);
        mode = File.GetUnixFileMode(path);
        File.SetUnixFileMode(folder.Root, File.GetUnixFileMode(folder.Root) | UnixFileMode.GroupRead | UnixFileMode.GroupExecute);
        File.SetUnixFileMode(path, UnixFileMode.None);
        if (isRoot)
            _ = SetFileUser(Nobody);
    }

    public void Dispose()
    {
        if (isRoot)
            _ = SetFileUser(0);

        File.SetUnixFileMode(path, mode);
    }

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial int SetFileUser(int id);
}
