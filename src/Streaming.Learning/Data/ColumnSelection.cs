using System.IO.Enumeration;
using Streaming.Learning.Data.Encodings;
using Streaming.Parquet;

namespace Streaming.Learning.Data;

/// <summary>
/// Which columns of a dataset are features, target and weight; checked against every file before anything is read. A column of lists
/// gives a feature per element.
/// </summary>
public sealed class ColumnSelection
{
    ColumnSelection(IReadOnlyList<FeatureColumn> columns, string? target, string? weight, IReadOnlyDictionary<string, string> types)
    {
        Types = types;
        FeatureColumns = columns;
        Features = [.. columns.SelectMany(c => c.FeatureNames)];
        Target = target;
        Weight = weight;
    }

    /// <summary>
    /// Names of the features, in the order of the first file's columns; of elements of lists as <see cref="FeatureNames"/> has them.
    /// </summary>
    public IReadOnlyList<string> Features { get; }

    /// <summary>The columns that they are read from, in the same order.</summary>
    public IReadOnlyList<FeatureColumn> FeatureColumns { get; }

    /// <summary>Those of them whose values become features through an encoding.</summary>
    public IReadOnlyList<FeatureColumn> Encoded => [.. FeatureColumns.Where(c => c.Encoding != null)];

    /// <summary>Name of the target column, or null.</summary>
    public string? Target { get; }

    /// <summary>Name of the weight column, or null.</summary>
    public string? Weight { get; }

    /// <summary>
    /// Types of the columns that are read, as the model has them that features are made for, otherwise as the first file does: dates and times of all files are read in
    /// their units.
    /// </summary>
    internal IReadOnlyDictionary<string, string> Types { get; }

    /// <summary>A column that features are read from, as it is in a file, with its numbers in the unit of <see cref="Types"/>.</summary>
    internal DatasetColumn ColumnOf(DatasetFile file, FeatureColumn feature)
    {
        // Parts of dates are taken in any unit, and of a coarser one there would be none.
        DatasetColumn column = file.RequireColumn(feature.Name);
        return feature.Encoding is DatePartsEncoding ? column : column.As(Types[feature.Name]);
    }

    /// <summary>Selects columns for training.</summary>
    /// <param name="dataset">The data.</param>
    /// <param name="include">
    /// Names or patterns (<c>*</c>, <c>?</c>) of feature columns; empty: all columns but target, weight and nested ones that are no lists
    /// of numbers.
    /// </param>
    /// <param name="exclude">Names or patterns of columns that are no features.</param>
    /// <param name="target">Target column, or null.</param>
    /// <param name="weight">Weight column, or null.</param>
    /// <param name="cancellation">Ends the search for the first row, whose lists tell how many features they give.</param>
    /// <param name="encodings">Columns that are features through an encoding, whatever <paramref name="include"/> names. Default: none.</param>
    /// <param name="types">Types of columns in data that were learned from before. Default: those of the first file.</param>
    /// <exception cref="DatasetException">A column is missing or is not numeric, or no feature is left.</exception>
    public static ColumnSelection Resolve(
        Dataset dataset,
        IReadOnlyList<string> include,
        IReadOnlyList<string> exclude,
        string? target,
        string? weight,
        CancellationToken cancellation = default,
        IReadOnlyDictionary<string, ColumnEncoding>? encodings = null,
        IReadOnlyDictionary<string, string>? types = null)
    {
        DatasetFile first = dataset.Files[0];
        foreach (string pattern in include.Concat(exclude))
        {
            if (!first.Columns.Any(c => Matches(pattern, c.Name)))
                throw Missing(pattern, first);
        }

        foreach (string? name in new[] { target, weight })
        {
            if (name != null && first.FindColumn(name) == null)
                throw Missing(name, first);
        }

        List<DatasetColumn> features =
        [
            .. first.Columns.Where(c =>
                c.Name != target && c.Name != weight
                && (EncodingOf(c.Name) != null
                    || ((include.Count == 0 ? !IsOtherNested(c) : include.Any(p => Matches(p, c.Name)))
                        && !exclude.Any(p => Matches(p, c.Name))))),
        ];

        List<DatasetColumn> refused = [.. features.Where(c => EncodingOf(c.Name) == null && !IsNumeric(c) && c.Kind != ColumnKind.Vector)];
        if (refused.Count > 0)
        {
            string list = string.Join(", ", refused.Select(c => $"'{c.Name}' ({c.UnsupportedReason ?? c.TypeName})"));
            throw new DatasetException(
                $"Features must be numeric; found {list} in '{first.Name}'. "
                + $"Leave {(refused.Count == 1 ? "it" : "them")} out with --exclude {ColumnList.Join(refused.Select(c => c.Name))}, "
                + "name the features to use with --features, or make features of strings with --one-hot.");
        }

        if (features.Count == 0)
            throw new DatasetException($"No feature is left of the columns of '{first.Name}' ({NamesOf(first)}): relax --features or --exclude.");

        var columns = new List<FeatureColumn>();
        int count = 0;
        foreach (DatasetColumn column in features)
        {
            ColumnEncoding? encoding = EncodingOf(column.Name);
            int? length = encoding == null && column.Kind == ColumnKind.Vector ? VectorLength(dataset, column.Name, cancellation) : null;
            columns.Add(new FeatureColumn(column.Name, count, length) { Encoding = encoding });
            count += columns[^1].Count;
        }

        var selection = new ColumnSelection(columns, target, weight, TypesOf(first, columns, target, types));
        selection.CheckNames();
        selection.CheckFiles(dataset);
        return selection;

        ColumnEncoding? EncodingOf(string name) => encodings?.GetValueOrDefault(name);
    }

    /// <summary>The names of the first file's columns that one of the patterns names, in their order.</summary>
    /// <exception cref="DatasetException">A pattern names none.</exception>
    internal static IReadOnlyList<string> Match(Dataset dataset, IReadOnlyList<string> patterns)
    {
        DatasetFile first = dataset.Files[0];
        foreach (string pattern in patterns)
        {
            if (!first.Columns.Any(c => Matches(pattern, c.Name)))
                throw Missing(pattern, first);
        }

        return [.. first.Columns.Select(c => c.Name).Where(name => patterns.Any(p => Matches(p, name)))];
    }

    /// <summary>The same columns, some of them encoded in another way.</summary>
    /// <param name="encodings">The encodings, by column.</param>
    /// <exception cref="DatasetException">Two features would have the same name.</exception>
    internal ColumnSelection With(IReadOnlyDictionary<string, ColumnEncoding> encodings)
    {
        var columns = new List<FeatureColumn>();
        int count = 0;
        foreach (FeatureColumn column in FeatureColumns)
        {
            columns.Add(column with { First = count, Encoding = (column.IsRead ? encodings.GetValueOrDefault(column.Name) : null) ?? column.Encoding });
            count += columns[^1].Count;
        }

        var selection = new ColumnSelection(columns, Target, Weight, Types);
        selection.CheckNames();
        return selection;
    }

    /// <summary>The same columns, and behind them features that are made of others.</summary>
    /// <param name="name">What they are called together.</param>
    /// <param name="encoding">What they are.</param>
    /// <exception cref="DatasetException">Two features would have the same name.</exception>
    internal ColumnSelection WithMade(string name, ColumnEncoding encoding)
    {
        var made = new FeatureColumn(name, Features.Count, null) { Encoding = encoding };
        var selection = new ColumnSelection([.. FeatureColumns, made], Target, Weight, Types);
        selection.CheckNames();
        return selection;
    }

    /// <summary>Selects the columns that a model was trained on.</summary>
    /// <param name="dataset">The data.</param>
    /// <param name="features">The model's features.</param>
    /// <param name="target">Target column, or null where none is to be read.</param>
    /// <param name="weight">Weight column, or null.</param>
    /// <param name="encoded">The columns that some of the features are read from through an encoding. Default: none.</param>
    /// <param name="types">Types of the columns in the data that the model was trained on. Default: those of the first file.</param>
    /// <exception cref="DatasetException">The data lack one of the columns: names the columns of both.</exception>
    public static ColumnSelection ForModel(
        Dataset dataset,
        IReadOnlyList<string> features,
        string? target,
        string? weight,
        IReadOnlyList<FeatureColumn>? encoded = null,
        IReadOnlyDictionary<string, string>? types = null)
    {
        DatasetFile first = dataset.Files[0];
        List<FeatureColumn> columns = FindColumns(first, features, encoded ?? [], out List<string> missing);
        if (missing.Count > 0)
        {
            string[] wanted = [.. columns.Where(c => c.IsRead).SelectMany(c => c.Encoding != null ? [c.Name] : c.FeatureNames)];
            throw new DatasetException(
                $"The model wants the columns {FeatureNames.Show(wanted)}; '{first.Name}' has no {FeatureNames.Show(missing)} "
                + $"(its columns: {NamesOf(first)}).");
        }

        foreach (string? name in new[] { target, weight })
        {
            if (name != null)
                first.RequireColumn(name);
        }

        var selection = new ColumnSelection(columns, target, weight, TypesOf(first, columns, target, types));
        selection.CheckFiles(dataset);
        return selection;
    }

    // A feature is a column, or with those that follow it the elements of one.
    static List<FeatureColumn> FindColumns(
        DatasetFile file, IReadOnlyList<string> features, IReadOnlyList<FeatureColumn> encoded, out List<string> missing)
    {
        var columns = new List<FeatureColumn>();
        missing = [];
        for (int i = 0; i < features.Count;)
        {
            if (encoded.FirstOrDefault(e => e.First == i) is { } column)
            {
                if (column.IsRead && file.FindColumn(column.Name) == null)
                    missing.Add(column.Name);

                columns.Add(column);
                i += column.Count;
                continue;
            }

            int elements = FeatureNames.RunLength(features, i, out string list);
            bool isList = file.FindColumn(features[i]) == null && elements > 0 && file.FindColumn(list)?.Kind == ColumnKind.Vector;
            if (!isList && file.FindColumn(features[i]) == null)
                missing.Add(features[i]);

            columns.Add(isList ? new FeatureColumn(list, i, elements) : new FeatureColumn(features[i], i, null));
            i += columns[^1].Count;
        }

        return columns;
    }

    static Dictionary<string, string> TypesOf(
        DatasetFile first, IReadOnlyList<FeatureColumn> columns, string? target, IReadOnlyDictionary<string, string>? known) => columns
        .Where(c => c.IsRead).Select(c => c.Name).Concat(target == null ? [] : [target]).Distinct()
        .ToDictionary(name => name, name => known?.GetValueOrDefault(name) ?? first.RequireColumn(name).TypeName);

    // As many as the first row that is wanted and is not null has; every other one must have the same.
    static int VectorLength(Dataset dataset, string name, CancellationToken cancellation)
    {
        using var picker = new RowPicker(RowFilter.None);
        foreach (DatasetRowGroup group in dataset.RowGroups)
        {
            picker.Open(group);
            using ColumnCursor cursor = group.File.OpenColumn(group.Index, CheckVector(group.File, name));
            while (picker.TryPick(1, out RowRun run, cancellation))
            {
                cursor.Skip(run.Skip);
                int length = cursor.ReadVectorLength();
                if (length > 0)
                    return length;

                if (length == 0)
                {
                    throw new DatasetException(
                        $"Feature '{name}' must have a list of numbers in every row, as many as the first has; found an empty list in {dataset.Locate(run.FirstRow)}.");
                }
            }
        }

        throw new DatasetException($"Feature '{name}' has as many elements as the first list has; no row that is wanted, from '{dataset.Files[0].Name}' on, has one.");
    }

    void CheckNames()
    {
        if (Features.GroupBy(f => f, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new DatasetException(
                $"Feature '{twice.Key}' is there twice: as a column and as an element or category of another, or as two categories. "
                + "Leave one of the columns out with --exclude.");
        }
    }

    void CheckFiles(Dataset dataset)
    {
        foreach (DatasetFile file in dataset.Files)
        {
            foreach (FeatureColumn column in FeatureColumns.Where(c => c.IsRead))
            {
                DatasetColumn found = ColumnOf(file, column);
                if (column.Encoding is RawEncoding encoding)
                    CheckEncoded(file, found, encoding);
                else if (column.Length != null)
                    CheckVector(file, column.Name);
                else
                    CheckNumeric(file, found, "Feature");

                if (column.Encoding is not DatePartsEncoding)
                    CheckMeaning(file, found, "Feature", column.Encoding is CategoryEncoding or CodeEncoding);
            }

            if (Weight != null)
                CheckNumeric(file, file.RequireColumn(Weight), "Weight");

            if (Target == null)
                continue;

            DatasetColumn target = file.RequireColumn(Target);
            if (target.IsMissing)
                throw new DatasetException($"There is no target '{Target}' in '{file.Name}': a target can't be null. Leave the file out.");

            if (target.Kind is ColumnKind.Unsupported or ColumnKind.Vector)
                throw new DatasetException($"Target '{Target}' of '{file.Name}' can't be read: {target.UnsupportedReason ?? target.TypeName}.");

            CheckMeaning(file, target, "Target", areCategories: false);
        }
    }

    static DatasetColumn CheckVector(DatasetFile file, string name)
    {
        DatasetColumn column = file.RequireColumn(name);
        if (column is not { Kind: ColumnKind.Vector, Stored: not null })
        {
            string found = column.Stored == null ? $"in '{file.Name}' it is missing" : Found(file, column);
            throw new DatasetException($"Feature '{name}' must be a list of numbers in every file; {found}. Leave it out, or convert the file.");
        }

        return column;
    }

    static void CheckEncoded(DatasetFile file, DatasetColumn column, RawEncoding encoding)
    {
        if (!column.IsMissing && !encoding.Accepts(column))
        {
            throw new DatasetException(
                $"Column '{column.Name}' must hold {encoding.Wants} to be encoded ({encoding.Kind}); "
                + $"{Found(file, column)}. Leave it out, or convert the file.");
        }
    }

    // One column must not count days here and seconds there. Categories go by their texts, in which true is not 1, and 1 of one unit is not 1 of another.
    void CheckMeaning(DatasetFile file, DatasetColumn column, string role, bool areCategories)
    {
        string wanted = Types[column.Name];
        bool isOther = ColumnUnit.Of(column.TypeName) != ColumnUnit.Of(wanted) || (areCategories && (column.Change != null || IsFlagForNumber(column, wanted)));
        if (!column.IsMissing && isOther)
        {
            throw new DatasetException(
                $"{role} '{column.Name}' is {wanted} in the data that it is learned from; in '{file.Name}' it is {column.Stored?.TypeName ?? column.TypeName}, whose values mean something else. "
                + "Convert the file, or leave it out.");
        }
    }

    static bool IsFlagForNumber(DatasetColumn column, string wanted) => wanted == "BOOLEAN"
        ? column.Kind == ColumnKind.Number
        : column.Kind == ColumnKind.Boolean && !DatasetColumn.IsText(wanted);

    static void CheckNumeric(DatasetFile file, DatasetColumn column, string role)
    {
        if (!IsNumeric(column))
        {
            throw new DatasetException(
                $"{role} '{column.Name}' must be numeric; {Found(file, column)}. "
                + "Leave it out, or convert the file.");
        }
    }

    // Reasons are whole clauses.
    static string Found(DatasetFile file, DatasetColumn column) =>
        column.UnsupportedReason is { } reason ? $"in '{file.Name}' {reason}" : $"in '{file.Name}' it is {column.TypeName}";

    static bool IsNumeric(DatasetColumn column) => column.Kind is ColumnKind.Number or ColumnKind.Boolean;

    // What is neither a value nor a list of values per row, and was not asked for.
    static bool IsOtherNested(DatasetColumn column) => column is { Kind: ColumnKind.Unsupported, Stored.MaxRepetitionLevel: > 0 };

    /// <summary>Whether a column's name is a given one, or fits a pattern of <c>*</c> and <c>?</c>.</summary>
    /// <param name="pattern">The name or pattern.</param>
    /// <param name="name">The column's name.</param>
    public static bool Matches(string pattern, string name) =>
        pattern == name || FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);

    static DatasetException Missing(string name, DatasetFile file) =>
        new($"There is no column '{name}' in '{file.Name}'; its columns: {NamesOf(file)}.");

    static string NamesOf(DatasetFile file) => string.Join(", ", file.Columns.Select(c => c.Name));
}
