using Streaming.Storage;

namespace Streaming.Cli.Conversion;

/// <summary>A file to convert.</summary>
/// <param name="Input">What to read.</param>
/// <param name="Output">What to write.</param>
sealed record ConversionFile(string Input, string Output)
{
    const string Target = ".parquet";

    // Folders are searched for these; any other file can be named.
    static readonly string[] Extensions = [".csv.gz", ".tsv.gz", ".csv", ".tsv", Target];

    /// <summary>
    /// The files that paths name, sorted by name, each with a file of the output folder named after it. What lies in subfolders of a
    /// folder stays in subfolders, so that those called <c>name=value</c> keep their meaning.
    /// </summary>
    /// <exception cref="IOException">A path names nothing.</exception>
    /// <exception cref="ArgumentException">Two files would become one.</exception>
    public static IReadOnlyList<ConversionFile> Resolve(IEnumerable<string> paths, string folder)
    {
        var files = new SortedDictionary<string, ConversionFile>(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            IEnumerable<(string Input, string Name)> found = Directory.Exists(path)
                ? InFolder(path)
                : File.Exists(path) || path.AsSpan().ContainsAny('*', '?')
                    ? DatasetPaths.Resolve([path]).Select(f => (f, Path.GetFileName(f)))
                    : throw new FileNotFoundException($"'{path}' doesn't exist: wanted a CSV or Parquet file, a folder of them, or a glob.", path);
            foreach ((string input, string name) in found)
                files.TryAdd(Path.GetFullPath(input), new ConversionFile(input, Path.Combine(folder, NameOfOutput(name))));
        }

        var taken = new Dictionary<string, ConversionFile>(StringComparer.Ordinal);
        foreach (ConversionFile file in files.Values)
        {
            string output = Path.GetFullPath(file.Output);
            if (!taken.TryAdd(output, file))
                throw new ArgumentException($"'{taken[output].Input}' and '{file.Input}' would both become '{file.Output}'; convert them into different folders.");

            if (files.ContainsKey(output))
                throw new ArgumentException($"Option output: wanted a folder apart from the files to read, found '{folder}', where '{file.Output}' is one of them.");
        }

        return [.. files.Values];
    }

    static IEnumerable<(string Input, string Name)> InFolder(string folder)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.System };
        List<(string, string)> found =
        [
            .. from file in Directory.EnumerateFiles(folder, "*", options)
               let name = Path.GetRelativePath(folder, file)

               // Hidden files, and the markers and logs of table writers.
               where !name.Split(Path.DirectorySeparatorChar).Any(n => n[0] is '.' or '_') && Extensions.Any(e => HasExtension(name, e))
               select (file, name),
        ];
        return found.Count > 0 ? found : throw new FileNotFoundException($"'{folder}' holds no file that ends in {string.Join(", ", Extensions)}: nothing to convert.", folder);
    }

    static string NameOfOutput(string name)
    {
        string? extension = Extensions.FirstOrDefault(e => HasExtension(name, e));
        string stem = extension != null ? name[..^extension.Length] : Path.ChangeExtension(name, null);
        return stem + Target;
    }

    static bool HasExtension(string name, string extension) => name.EndsWith(extension, StringComparison.OrdinalIgnoreCase);
}
