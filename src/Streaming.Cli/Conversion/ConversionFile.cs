using Streaming.Storage;

namespace Streaming.Cli.Conversion;

/// <summary>A file to convert.</summary>
/// <param name="Input">What to read.</param>
/// <param name="Output">What to write.</param>
sealed record ConversionFile(StoredFile Input, string Output)
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
    public static IReadOnlyList<ConversionFile> Resolve(FileStore store, IEnumerable<string> paths, string folder)
    {
        var files = new SortedDictionary<string, ConversionFile>(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            IEnumerable<(StoredFile Input, string Name)> found = store.FindFile(path) is { } file ? [(file, NameOf(file))]
                : path.AsSpan().ContainsAny('*', '?') ? store.Find([path]).Select(f => (f, NameOf(f)))
                : InFolder(store, path);
            foreach ((StoredFile input, string name) in found)
                files.TryAdd(FileStore.FullName(input.Name), new ConversionFile(input, FileStore.Combine(folder, NameOfOutput(name))));
        }

        var taken = new Dictionary<string, ConversionFile>(StringComparer.Ordinal);
        foreach (ConversionFile file in files.Values)
        {
            string output = FileStore.FullName(file.Output);
            if (!taken.TryAdd(output, file))
                throw new ArgumentException($"'{taken[output].Input.Name}' and '{file.Input.Name}' would both become '{file.Output}'; convert them into different folders.");

            if (files.ContainsKey(output))
                throw new ArgumentException($"Option output: wanted a folder apart from the files to read, found '{folder}', where '{file.Output}' is one of them.");
        }

        return [.. files.Values];
    }

    static IEnumerable<(StoredFile Input, string Name)> InFolder(FileStore store, string folder)
    {
        IReadOnlyList<StoredFile> all = store.FindIn(folder, "**/*");
        if (all.Count == 0 && !store.HasFolder(folder))
            throw new FileNotFoundException($"'{folder}' doesn't exist: wanted a CSV or Parquet file, a folder of them, or a glob.", folder);

        List<(StoredFile, string)> found =
        [
            .. all.Select(f => (f, f.Name[folder.TrimEnd('/').Length..].TrimStart('/'))).Where(f => Extensions.Any(e => HasExtension(f.Item2, e))),
        ];
        return found.Count > 0 ? found : throw new FileNotFoundException($"'{folder}' holds no file that ends in {string.Join(", ", Extensions)}: nothing to convert.", folder);
    }

    static string NameOf(StoredFile file) => Path.GetFileName(file.Name);

    static string NameOfOutput(string name)
    {
        string? extension = Extensions.FirstOrDefault(e => HasExtension(name, e));
        string stem = extension != null ? name[..^extension.Length] : Path.ChangeExtension(name, null);
        return stem + Target;
    }

    static bool HasExtension(string name, string extension) => name.EndsWith(extension, StringComparison.OrdinalIgnoreCase);
}
