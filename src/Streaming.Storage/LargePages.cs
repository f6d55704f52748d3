using System.Runtime.InteropServices;

namespace Streaming.Storage;

/// <summary>
/// Memory in pages of 2 MiB, where the system has them (Linux: transparent huge pages): megabytes of bytes on their way are found, cleared and read through
/// several times as fast as in pages of 4 KiB.
/// </summary>
static unsafe partial class LargePages
{
    /// <summary>Bytes of such a page, and what memory that is to lie in them is aligned to.</summary>
    public const int Bytes = 2 * 1024 * 1024;

    const int NotNeeded = 4;
    const int AdviseHugePages = 14;

    /// <summary>Whether the system may have them.</summary>
    public static bool AreThere => OperatingSystem.IsLinux();

    /// <summary>Asks for them, for what fills them whole: not a byte more is in use than was asked for.</summary>
    public static void Ask(byte* start, long length)
    {
        // A wish: without them all is as it was.
        if (AreThere)
            _ = Advise(start, (nuint)(length / Bytes * Bytes), AdviseHugePages);
    }

    /// <summary>Gives memory back to the system and keeps its addresses; whole pages of the system's own size.</summary>
    public static void Empty(byte* start, long length)
    {
        // Where it fails, the memory is given back later.
        if (AreThere)
            _ = Advise(start, (nuint)length, NotNeeded);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(byte* start, nuint length, int advice);
}
