namespace Streaming.Storage.S3;

/// <summary>Finds the objects of a dataset, by the rules of <see cref="DatasetPaths"/>.</summary>
static class S3Listing
{
    /// <summary>The objects that a path names: one object, what lies under a prefix, or what a glob matches.</summary>
    /// <exception cref="IOException">The path names nothing, or S3 does not answer.</exception>
    public static async Task<IReadOnlyList<StoredObject>> FindAsync(S3Client client, string path, CancellationToken cancellation)
    {
        S3Address address = S3Address.Parse(path);
        IReadOnlyList<StoredObject> found;
        if (address.Key.AsSpan().ContainsAny('*', '?'))
        {
            found = await GlobAsync(client, path, address, cancellation).ConfigureAwait(false);
        }
        else
        {
            bool isFolder = address.Key.Length == 0 || address.Key.EndsWith('/');
            if (!isFolder && await client.FindAsync(address, cancellation).ConfigureAwait(false) is { } file)
                return [file];

            found = await InFolderAsync(client, path, DatasetPaths.AllParquet, cancellation).ConfigureAwait(false);
        }

        return found.Count > 0
            ? found
            : throw new FileNotFoundException(
                $"'{path}' holds no Parquet file: wanted an object, a prefix with objects that end in .parquet below it, or a glob.", path);
    }

    /// <summary>The objects below a prefix that a glob names.</summary>
    public static Task<IReadOnlyList<StoredObject>> InFolderAsync(S3Client client, string path, string pattern, CancellationToken cancellation)
    {
        S3Address folder = S3Address.Parse(path);
        if (folder.Key.Length > 0 && !folder.Key.EndsWith('/'))
            folder = folder with { Key = folder.Key + "/" };

        return MatchesAsync(client, path, folder, folder.Key, pattern, cancellation);
    }

    // What stands before the first wildcard is the same in all names, so only those are listed.
    static Task<IReadOnlyList<StoredObject>> GlobAsync(S3Client client, string path, S3Address address, CancellationToken cancellation)
    {
        int wildcard = address.Key.AsSpan().IndexOfAny('*', '?');
        string root = address.Key[..(address.Key.LastIndexOf('/', wildcard) + 1)];
        return MatchesAsync(client, path, address with { Key = root }, address.Key[..wildcard], address.Key[root.Length..], cancellation);
    }

    static async Task<IReadOnlyList<StoredObject>> MatchesAsync(
        S3Client client, string path, S3Address root, string prefix, string pattern, CancellationToken cancellation)
    {
        var found = new List<StoredObject>();
        await foreach (StoredObject item in client.ListAsync(root with { Key = prefix }, !DatasetPaths.IsDeep(pattern), path, cancellation).ConfigureAwait(false))
        {
            string relative = item.Address.Key[root.Key.Length..];

            // Consoles make empty objects whose names end in a slash, to show folders.
            // Names with a part '.' or '..' (S3Address.HasDots) are hidden ones, too.
            if (relative.Length > 0 && !relative.EndsWith('/') && DatasetPaths.Matches(relative, pattern))
                found.Add(item);
        }

        return found;
    }
}
