namespace Streaming.Storage;

/// <summary>Reads columns from the names of folders, as Hive and table writers after it lay data out: <c>year=2024/month=01/part.parquet</c>.</summary>
public static class FolderColumns
{
    /// <summary>The folder name that stands for null.</summary>
    const string NullName = "__HIVE_DEFAULT_PARTITION__";

    /// <summary>
    /// The columns that the folders of a path give, outermost first; names and values are URL-decoded, null stands for null. Only folders that
    /// the path itself names count. Where two folders give the same column, the inner one counts.
    /// </summary>
    public static IReadOnlyList<KeyValuePair<string, string?>> Of(string path)
    {
        var columns = new List<KeyValuePair<string, string?>>();
        string[] parts = path.Replace('\\', '/').Split('/');
        foreach (string folder in parts.AsSpan(0, parts.Length - 1))
        {
            int equals = folder.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                continue;

            string name = Uri.UnescapeDataString(folder[..equals]);
            string value = Uri.UnescapeDataString(folder[(equals + 1)..]);
            columns.RemoveAll(c => c.Key == name);
            columns.Add(new(name, value == NullName ? null : value));
        }

        return columns;
    }
}
