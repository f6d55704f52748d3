using System.Diagnostics;
using System.Globalization;

namespace Streaming.Cli.Output;

/// <summary>The most memory that this process ever had in RAM.</summary>
static class PeakMemory
{
    const string Status = "/proc/self/status";
    const string Key = "VmHWM:";

    /// <summary>
    /// What the process takes beside the memory budget: the .NET runtime, its libraries, compiled code, and a heap for small objects. It does
    /// not depend on the data.
    /// </summary>
    public const long RuntimeShare = 120_000_000;

    /// <summary>Bytes. Linux keeps the high-water mark; elsewhere .NET asks the system.</summary>
    public static long Bytes()
    {
        if (File.Exists(Status))
        {
            foreach (string line in File.ReadLines(Status))
            {
                if (line.StartsWith(Key, StringComparison.Ordinal))
                    return 1024 * long.Parse(line.AsSpan(Key.Length).TrimEnd("kB "), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
            }
        }

        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
