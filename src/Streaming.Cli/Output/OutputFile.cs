using System.Security.Cryptography;
using Streaming.Learning.Data;
using Streaming.Storage;

namespace Streaming.Cli.Output;

/// <summary>The file that a run is for.</summary>
static class OutputFile
{
    /// <summary>Finds out before a run whether its result can be written, so that hours of work are not lost at the end.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="store">Where it is. Default: a local disk, or S3 as the environment says.</param>
    /// <exception cref="IOException">The folder is missing, writing there is not allowed, or it is no place for files.</exception>
    public static void CheckWritable(string path, FileStore? store = null) => (store ?? FileStore.Default).CheckWritable(path);

    /// <summary>Refuses to write over what the run reads, or writes besides.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="option">The option that named it.</param>
    /// <param name="others">The other files of the run.</param>
    /// <exception cref="ArgumentException">The file is one of them.</exception>
    public static void RefuseOthers(string path, string option, IEnumerable<string> others)
    {
        string full = NameOf(path);
        if (others.Any(i => NameOf(i) == full))
            throw new ArgumentException($"Option {option}: wanted a path for it alone, found '{path}', which the run reads or writes besides.");

        // A folder may be written with a slash at its end.
        static string NameOf(string path) => FileStore.FullName(path).TrimEnd('/', Path.DirectorySeparatorChar);
    }

    /// <summary>Refuses a path that two of the options of a run name to write to.</summary>
    /// <param name="outputs">The options, and what they name; null for nothing.</param>
    /// <exception cref="ArgumentException">Two are the same.</exception>
    public static void RefuseShared(params (string Option, string? Path)[] outputs)
    {
        var earlier = new List<string>();
        foreach ((string option, string? path) in outputs.Where(o => !string.IsNullOrWhiteSpace(o.Path)))
        {
            RefuseOthers(path!, option, earlier);
            earlier.Add(path!);
        }
    }

    /// <summary>Names of the files of a dataset.</summary>
    public static IEnumerable<string> NamesOf(Dataset? dataset) => dataset?.Files.Select(f => f.Name) ?? [];

    /// <summary>SHA-256 of a file, in lower-case hexadecimal.</summary>
    public static string Sha256(string path, FileStore? store = null)
    {
        using Stream stream = (store ?? FileStore.Default).OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
