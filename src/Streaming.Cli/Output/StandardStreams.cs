using System.Runtime.InteropServices;

namespace Streaming.Cli.Output;

/// <summary>Which streams the shell has opened for this process.</summary>
static partial class StandardStreams
{
    const int Output = 1, Error = 2;

    // fcntl's, the same on all Unixes.
    const int GetFlags = 1, CloseOnExec = 1;

    /// <summary>Standard output; nothing where the shell has closed it (<c>&gt;&amp;-</c>).</summary>
    public static TextWriter Out => IsOpen(Output) ? Console.Out : TextWriter.Null;

    /// <summary>Standard error; nothing where the shell has closed it (<c>2&gt;&amp;-</c>).</summary>
    public static TextWriter Err => IsOpen(Error) ? Console.Error : TextWriter.Null;

    // The number of a stream that was closed goes to the next file that is opened: the runtime's pipe for signals, as a rule, which must not be written to.
    // What a process opens itself is closed when it starts another program; what it got from the shell can't be, or it would not have got it.
    static bool IsOpen(int descriptor) =>
        OperatingSystem.IsWindows() || Fcntl(descriptor, GetFlags) is >= 0 and int flags && (flags & CloseOnExec) == 0;

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Fcntl(int descriptor, int command);
}
