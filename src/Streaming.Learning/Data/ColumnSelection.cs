using System.IO.Enumeration;
using Streaming.Parquet;

namespace Streaming.Learning.Data;

/// <summary>Which columns of a dataset are features, target and weight; checked against every file before anything is read.</summary>
public sealed class ColumnSelection
{
    ColumnSelection(IReadOnlyList<string> features, string? target, string? weight)
    {
        Features = features;
        Target = target;
        Weight = weight;
    }

    /// <summary>Names of the feature columns, in the order of the first file.</summary>
    public IReadOnlyList<string> Features { get; }

    /// <summary>Name of the target column, or null.</summary>
    public string? Target { get; }

    /// <summary>Name of the weight column, or null.</summary>
    public string? Weight { get; }

    /// <summary>Selects columns for training.</summary>
    /// <param name="dataset">The data.</param>
    /// <param name="include">Names or patterns (<c>*</c>, <c>?</c>) of features; empty: all columns but target and weight.</param>
    /// <param name="exclude">Names or patterns of columns that are no features.</param>
    /// <param name="target">Target column, or null.</param>
    /// <param name="weight">Weight column, or null.</param>
    /// <exception cref="DatasetException">A column is missing or is not numeric, or no feature is left.</exception>
    public static ColumnSelection Resolve(
        Dataset dataset, IReadOnlyList<string> include, IReadOnlyList<string> exclude, string? target, string? weight)
    {
        DatasetFile first = dataset.Files[0];
        foreach (string pattern in include.Concat(exclude))
        {
            if (!first.Columns.Any(c => Matches(pattern, c.Name)))
                throw Missing(pattern, first);
        }

        foreach (string? name in new[] { target, weight })
        {
            if (name != null)
                first.RequireColumn(name);
        }

        List<DatasetColumn> features =
        [
            .. first.Columns.Where(c =>
                c.Name != target && c.Name != weight
                && (include.Count == 0 || include.Any(p => Matches(p, c.Name)))
                && !exclude.Any(p => Matches(p, c.Name))),
        ];

        List<DatasetColumn> refused = [.. features.Where(c => !IsNumeric(c))];
        if (refused.Count > 0)
        {
            string list = string.Join(", ", refused.Select(c => $"'{c.Name}' ({c.UnsupportedReason ?? c.TypeName})"));
            throw new DatasetException(
                $"Features must be numeric; found {list} in '{first.Name}'. "
                + $"Leave {(refused.Count == 1 ? "it" : "them")} out with --exclude {string.Join(',', refused.Select(c => c.Name))}, "
                + "or name the features to use with --features.");
        }

        if (features.Count == 0)
            throw new DatasetException($"No feature is left of the columns of '{first.Name}' ({NamesOf(first)}): relax --features or --exclude.");

        var selection = new ColumnSelection([.. features.Select(c => c.Name)], target, weight);
        selection.CheckFiles(dataset);
        return selection;
    }

    /// <summary>Selects the columns that a model was trained on.</summary>
    /// <param name="dataset">The data.</param>
    /// <param name="features">The model's features.</param>
    /// <param name="target">Target column, or null where none is to be read.</param>
    /// <param name="weight">Weight column, or null.</param>
    /// <exception cref="DatasetException">The data lack one of the columns: names the columns of both.</exception>
    public static ColumnSelection ForModel(Dataset dataset, IReadOnlyList<string> features, string? target, string? weight)
    {
        DatasetFile first = dataset.Files[0];
        List<string> missing = [.. features.Where(f => first.FindColumn(f) == null)];
        if (missing.Count > 0)
        {
            throw new DatasetException(
                $"The model wants the columns {string.Join(", ", features)}; '{first.Name}' has no {string.Join(", ", missing)} "
                + $"(its columns: {NamesOf(first)}).");
        }

        foreach (string? name in new[] { target, weight })
        {
            if (name != null)
                first.RequireColumn(name);
        }

        var selection = new ColumnSelection(features, target, weight);
        selection.CheckFiles(dataset);
        return selection;
    }

    void CheckFiles(Dataset dataset)
    {
        foreach (DatasetFile file in dataset.Files)
        {
            foreach (string name in Features)
                CheckNumeric(file, name, "Feature");

            if (Weight != null)
                CheckNumeric(file, Weight, "Weight");

            if (Target != null && file.RequireColumn(Target).IsMissing)
                throw new DatasetException($"There is no target '{Target}' in '{file.Name}': a target can't be null. Leave the file out.");

            if (Target != null && file.RequireColumn(Target) is { Kind: ColumnKind.Unsupported } column)
            {
                throw new DatasetException($"Target '{Target}' of '{file.Name}' can't be read: {column.UnsupportedReason ?? column.TypeName}.");
            }
        }
    }

    static void CheckNumeric(DatasetFile file, string name, string role)
    {
        DatasetColumn column = file.RequireColumn(name);
        if (!IsNumeric(column))
        {
            throw new DatasetException(
                $"{role} '{name}' must be numeric; in '{file.Name}' it is {column.UnsupportedReason ?? column.TypeName}. "
                + "Leave it out, or convert the file.");
        }
    }

    static bool IsNumeric(DatasetColumn column) => column.Kind is ColumnKind.Number or ColumnKind.Boolean;

    static bool Matches(string pattern, string name) =>
        pattern == name || FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);

    static DatasetException Missing(string name, DatasetFile file) =>
        new($"There is no column '{name}' in '{file.Name}'; its columns: {NamesOf(file)}.");

    static string NamesOf(DatasetFile file) => string.Join(", ", file.Columns.Select(c => c.Name));
}
