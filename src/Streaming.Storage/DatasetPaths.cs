using System.Collections.Immutable;
using System.IO.Enumeration;

namespace Streaming.Storage;

/// <summary>Turns what a user names (files, folders, globs) into the ordered list of files of a dataset.</summary>
public static class DatasetPaths
{
    const string AnyDepth = "**";

    /// <summary>What is read of a folder.</summary>
    internal const string AllParquet = "**/*.parquet";

    /// <summary>
    /// Finds the files that <paramref name="paths"/> name: a file is itself, a folder is every <c>*.parquet</c> file in it and
    /// below it, a glob (<c>*</c>, <c>?</c>, and <c>**</c> for any depth) is every file it matches. Hidden files and files whose
    /// name starts with <c>_</c> (the markers and logs of table writers) are left out of folders and globs, unless a <c>=</c> in it says that
    /// it is data (<see cref="FolderColumns"/>).
    /// </summary>
    /// <returns>Each file once, sorted by path (ordinal), so that the order depends on names alone.</returns>
    /// <exception cref="IOException">A path names nothing.</exception>
    public static IReadOnlyList<string> Resolve(IEnumerable<string> paths)
    {
        // The same file under two spellings of its path is one file; the spelling that was given first is kept.
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            List<string> found = [];
            if (File.Exists(path))
                found.Add(path);
            else if (Directory.Exists(path))
                AddMatches(found, path, AllParquet);
            else if (path.AsSpan().ContainsAny('*', '?'))
                AddGlob(found, path);
            else
                throw new FileNotFoundException($"'{path}' doesn't exist: wanted a Parquet file, a folder of them, or a glob.", path);

            if (found.Count == 0)
                throw new FileNotFoundException($"'{path}' holds no Parquet file: nothing to read.", path);

            foreach (string file in found)
                files.TryAdd(Path.GetFullPath(file), file);
        }

        return [.. files.Values];
    }

    /// <summary>The files in and below a folder that a glob names, in no order.</summary>
    internal static IReadOnlyList<string> InFolder(string folder, string pattern)
    {
        List<string> found = [];
        AddMatches(found, folder, pattern);
        return found;
    }

    static void AddGlob(List<string> found, string glob)
    {
        // The part before the first wildcard is a plain folder; only below it is there anything to search.
        string normal = glob.Replace('\\', '/');
        int wildcard = normal.AsSpan().IndexOfAny('*', '?');
        int slash = normal.LastIndexOf('/', wildcard);
        string root = slash < 0 ? "." : slash == 0 ? "/" : normal[..slash];
        if (Directory.Exists(root))
            AddMatches(found, root, normal[(slash + 1)..], slash < 0 ? "" : null);
    }

    static void AddMatches(List<string> found, string root, string pattern, string? prefix = null)
    {
        prefix ??= root.EndsWith('/') ? root : root + "/";
        try
        {
            foreach (string file in FilesIn(root, Path.GetFullPath(root), IsDeep(pattern), []))
            {
                string relative = Path.GetRelativePath(root, file).Replace('\\', '/');
                if (Matches(relative, pattern))
                    found.Add(prefix + relative);
            }
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"Of '{prefix}' not all can be read: {e.Message} Leave it out with a glob that does not lead there, or ask for the right to read it.", e);
        }
    }

    // A link to a folder is followed, but not to one that it lies in: all below would come again and again.
    // A folder that may not be listed ends it: its rows would be missing without a word. Nothing in a hidden one would be read.
    static IEnumerable<string> FilesIn(string folder, string place, bool isDeep, ImmutableHashSet<string> above)
    {
        var options = new EnumerationOptions { AttributesToSkip = FileAttributes.System, IgnoreInaccessible = false };
        IEnumerable<string> files = Directory.EnumerateFiles(folder, "*", options);
        if (!isDeep)
            return files;

        string real = Directory.ResolveLinkTarget(folder, returnFinalTarget: true)?.FullName ?? place;
        return above.Contains(real)
            ? []
            : files.Concat(Directory.EnumerateDirectories(folder, "*", options)
                .Where(inner => !IsHidden(Path.GetFileName(inner)))
                .SelectMany(inner => FilesIn(inner, Path.Join(real, Path.GetFileName(inner)), isDeep, above.Add(real))));
    }

    /// <summary>Whether a glob can name files in folders below the one in which it begins.</summary>
    internal static bool IsDeep(string pattern) => pattern is AnyDepth || pattern.Contains('/', StringComparison.Ordinal);

    /// <summary>Whether a file is one that a glob names.</summary>
    /// <param name="relative">Its path below the folder in which the glob begins.</param>
    /// <param name="pattern">The glob.</param>
    internal static bool Matches(string relative, string pattern)
    {
        string[] names = relative.Split('/');
        return !names.Any(IsHidden) && Matches(names, pattern.Split('/'));
    }

    // A folder such as "_year=2024" is data: its name gives a column.
    static bool IsHidden(string name) => name is ['.', ..] || (name is ['_', ..] && !name.Contains('='));

    static bool Matches(ReadOnlySpan<string> names, ReadOnlySpan<string> parts)
    {
        if (parts.IsEmpty)
            return names.IsEmpty;

        if (parts[0] == AnyDepth)
        {
            for (int skip = 0; skip <= names.Length; skip++)
            {
                if (Matches(names[skip..], parts[1..]))
                    return true;
            }

            return false;
        }

        return !names.IsEmpty
            && FileSystemName.MatchesSimpleExpression(parts[0], names[0], ignoreCase: false)
            && Matches(names[1..], parts[1..]);
    }
}
