using Streaming.Learning.Data;

namespace Streaming.Cli.Conversion;

/// <summary>The columns that are left out.</summary>
/// <param name="patterns">Their names, or patterns such as <c>log_*</c>.</param>
sealed class ExcludedColumns(IReadOnlyList<string> patterns)
{
    // Names of columns that a message lists.
    const int MostListed = 20;

    /// <summary>Whether nothing is left out.</summary>
    public bool AreNone => patterns.Count == 0;

    /// <summary>Those columns that stay.</summary>
    /// <param name="file">The file that they are of, for the message.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="name">Gives a column's name.</param>
    /// <exception cref="DatasetException">None is left.</exception>
    public IReadOnlyList<T> RemoveFrom<T>(string file, IEnumerable<T> columns, Func<T, string> name)
    {
        T[] left = [.. columns.Where(c => !patterns.Any(p => ColumnSelection.Matches(p, name(c))))];
        return left.Length > 0 || AreNone ? left : throw new DatasetException($"Option exclude: no column of '{file}' is left.");
    }

    /// <summary>Checks that each is there, as a slip of the pen would otherwise keep a column.</summary>
    /// <param name="names">The columns of all files.</param>
    /// <exception cref="DatasetException">One is not.</exception>
    public void Check(IEnumerable<string> names)
    {
        string[] all = [.. names.Distinct()];
        if (patterns.FirstOrDefault(p => !all.Any(n => ColumnSelection.Matches(p, n))) is { } idle)
            throw new DatasetException($"Option exclude: no file has a column '{idle}'; there are {string.Join(", ", all.Take(MostListed).Select(n => $"'{n}'"))}.");
    }
}
