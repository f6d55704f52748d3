using System.Security.Cryptography;
using Streaming.Learning.Data;
using Streaming.Storage;

namespace Streaming.Cli.Output;

/// <summary>The file that a run is for.</summary>
static class OutputFile
{
    /// <summary>Finds out before a run whether its result can be written, so that hours of work are not lost at the end.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="option">The option that named it.</param>
    /// <exception cref="ArgumentException">It is where devices are.</exception>
    /// <exception cref="IOException">The folder is missing, or writing there is not allowed.</exception>
    public static void CheckWritable(string path, string option)
    {
        if (IsDevicePath(Path.GetFullPath(path)))
            throw new ArgumentException($"Option {option}: wanted a file to write, found '{path}', which is a place of devices; results are whole files.");

        using AtomicFile trial = AtomicFile.Create(path);
    }

    /// <summary>
    /// Whether a path is where Unix keeps devices. Results are renamed into place: that would not write to /dev/null but, done by root,
    /// replace it for the whole machine. .NET does not tell a device from a file, so the place has to.
    /// </summary>
    public static bool IsDevicePath(string fullPath) =>
        !fullPath.StartsWith("/dev/shm/", StringComparison.Ordinal)
        && (fullPath.StartsWith("/dev/", StringComparison.Ordinal)
            || fullPath.StartsWith("/proc/", StringComparison.Ordinal)
            || fullPath.StartsWith("/sys/", StringComparison.Ordinal));

    /// <summary>Refuses to write over what the run reads.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="option">The option that named it.</param>
    /// <param name="inputs">Files that the run reads.</param>
    /// <exception cref="ArgumentException">The file is one of them.</exception>
    public static void RefuseInputs(string path, string option, IEnumerable<string> inputs)
    {
        string full = Path.GetFullPath(path);
        if (inputs.Any(i => Path.GetFullPath(i) == full))
            throw new ArgumentException($"Option {option}: wanted a file to write, found '{path}', which is among the files to read.");
    }

    /// <summary>Names of the files of a dataset.</summary>
    public static IEnumerable<string> NamesOf(Dataset? dataset) => dataset?.Files.Select(f => f.Name) ?? [];

    /// <summary>SHA-256 of a file, in lower-case hexadecimal.</summary>
    public static string Sha256(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
