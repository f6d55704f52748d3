using Streaming.Learning.Data;
using Streaming.Learning.Data.Encodings;
using Streaming.Learning.Preprocessing;
using Streaming.Learning.State;
using Streaming.Parquet;

namespace Streaming.Learning.Training.Preparation;

/// <summary>The raw columns that steps make features of, and the categories that are being found of them.</summary>
sealed class EncodedColumns : IPersistent, IDisposable
{
    // A column of whole numbers with a wider range is not expected to have a category for each of them.
    const double MostCategoriesByRange = 256;

    readonly Dataset dataset;
    readonly OrderedDictionary<string, ColumnTransformer> transformers = [];
    readonly Dictionary<string, CategoryTable> tables = [];
    readonly Dictionary<string, SimpleImputer> fillers = [];

    /// <summary>Finds the columns.</summary>
    /// <exception cref="ArgumentException">A column is encoded twice, or is the target or the weight.</exception>
    public EncodedColumns(Dataset dataset, TrainingOptions options)
    {
        this.dataset = dataset;
        foreach (ColumnTransformer transformer in options.Preprocessing.OfType<ColumnTransformer>())
        {
            foreach (string column in ColumnSelection.Match(dataset, transformer.Columns))
            {
                if (column == options.Target || column == options.Weight)
                    throw new ArgumentException($"Column '{column}' is the {(column == options.Target ? "target" : "weight")}: {transformer.Name} makes features.");

                if (!transformers.TryAdd(column, transformer))
                    throw new ArgumentException($"Column '{column}' is encoded twice, by {transformers[column].Name} and {transformer.Name}: name it once.");
            }
        }

        foreach ((string column, ColumnTransformer transformer) in transformers.Where(t => t.Value.WantsCategories))
            tables.Add(column, transformer.NewTable(column, dataset.Pool));

        foreach (SimpleImputer imputer in options.Imputers)
        {
            foreach (string column in ColumnSelection.Match(dataset, imputer.Columns).Where(c => tables.ContainsKey(c) && GivesCategory(imputer, c)))
                fillers.TryAdd(column, imputer);
        }
    }

    /// <summary>Whether there are categories to be found.</summary>
    public bool HasCategories => tables.Count > 0;

    /// <summary>Whether the categories of a column are to be found: then it stands as one feature, the code of its category, until they are.</summary>
    public bool HasCategoriesOf(string column) => tables.ContainsKey(column);

    /// <summary>Whether a category stands for the missing values of a column, so that its features miss none.</summary>
    public bool IsFilled(string column) => fillers.ContainsKey(column);

    /// <summary>Whether a column has missing values that can be filled: not so where they are a category of their own, or none at all.</summary>
    public bool CanBeFilled(string column) => IsFilled(column) || !transformers.TryGetValue(column, out ColumnTransformer? transformer) || transformer.KeepsMissing;

    /// <summary>How the columns are encoded while they are measured.</summary>
    public Dictionary<string, ColumnEncoding> AsMeasured() => transformers.ToDictionary(
        t => t.Key, t => tables.TryGetValue(t.Key, out CategoryTable? table) ? new CodeEncoding(table) : Encode(t.Key, []));

    /// <summary>How those with categories are likely to be encoded.</summary>
    public Dictionary<string, ColumnEncoding> AsExpected() => AsFound(tables.Keys.ToDictionary(c => c, ExpectedCategories));

    /// <summary>How those with categories are encoded.</summary>
    /// <param name="categories">What was found of each.</param>
    public Dictionary<string, ColumnEncoding> AsFound(IReadOnlyDictionary<string, IReadOnlyList<Category>> categories) =>
        categories.ToDictionary(c => c.Key, c => Encode(c.Key, c.Value));

    /// <summary>The categories of a column, in order, so that sums over them do not depend on who met which first.</summary>
    public IReadOnlyList<Category> CategoriesOf(string column, CategoryCounts counts) =>
    [
        .. counts.Found
            .Select(f => new Category(f.Code == 0 ? null : tables[column].LabelOf(f.Code - 1), f.Rows, f.Weight))
            .OrderBy(c => c.Label == null)
            .ThenBy(c => c.Label, StringComparer.Ordinal),
    ];

    /// <summary>Tells what the values of a column's features are in all rows together, each with the weight of its rows.</summary>
    /// <param name="column">The column, encoded.</param>
    /// <param name="categories">Its categories.</param>
    /// <param name="add">Told of feature, value (NaN: missing) and weight.</param>
    public void AddValues(FeatureColumn column, IReadOnlyList<Category> categories, Action<int, double, double> add) => CategoryValues.Add(
        column.Count, categories, category => transformers[column.Name].Find((CategoryEncoding)column.Encoding!, category), add);

    /// <inheritdoc/>
    public void Persist(StateStream state)
    {
        foreach (CategoryTable table in tables.Values)
            table.Persist(state);
    }

    ColumnEncoding Encode(string column, IReadOnlyList<Category> categories)
    {
        (ColumnTransformer transformer, DatasetColumn stored) = (transformers[column], dataset.Files[0].RequireColumn(column));
        if (!fillers.TryGetValue(column, out SimpleImputer? imputer))
            return transformer.Encode(stored, categories, missingAs: null);

        string missingAs = imputer.CategoryFor(column, stored.Kind == ColumnKind.Number, categories);
        return transformer.Encode(stored, Filled(categories, transformer.LabelOf(column, missingAs)), missingAs);
    }

    // The categories when missing values are one of them.
    static IReadOnlyList<Category> Filled(IReadOnlyList<Category> categories, string label)
    {
        Category missing = categories.FirstOrDefault(c => c.Label == null), known = categories.FirstOrDefault(c => c.Label == label);
        return missing.Rows == 0
            ? categories
            : [.. categories.Where(c => c.Label != null && c.Label != label), new Category(label, known.Rows + missing.Rows, known.Weight + missing.Weight)];
    }

    // Whether an imputer that names a column of categories gives missing values one, and leaves none to be filled with a number.
    bool GivesCategory(SimpleImputer imputer, string column)
    {
        ColumnTransformer transformer = transformers[column];
        if (transformer.KeepsMissing)
            return imputer.GivesCategory;

        // A pattern may match more than it can fill.
        bool can = imputer.Strategy == ValueHandling.Constant || (imputer.Strategy == ValueHandling.MostFrequent && transformer.CountsCategories);
        if (!can && imputer.Columns.Contains(column))
        {
            throw new ArgumentException(
                $"Column '{column}' holds categories ({transformer.Name}): wanted its missing values filled with {(transformer.CountsCategories ? "most_frequent or constant" : "a constant")}, found another strategy (impute).");
        }

        return can;
    }

    // What the footers tell: as many categories as the range of whole numbers has room for; else two, until they have been found.
    IReadOnlyList<Category> ExpectedCategories(string name)
    {
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        foreach (DatasetRowGroup group in dataset.RowGroups)
        {
            if (group.File.RequireColumn(name).Stored is { Kind: ColumnKind.Number } stored
                && group.File.Parquet.RowGroups[group.Index].Chunks[stored.Index] is { Min: { } min, Max: { } max })
            {
                (low, high) = (Math.Min(low, min), Math.Max(high, max));
            }
        }

        int count = high - low < MostCategoriesByRange ? Math.Max(2, (int)(high - low) + 1) : 2;
        return [.. Enumerable.Range(0, count).Select(i => new Category($"{i + 1}", dataset.RowsToRead, dataset.RowsToRead))];
    }

    /// <summary>Forgets the categories that were counted, and gives their memory back to the pool's ledger.</summary>
    public void Dispose()
    {
        foreach (CategoryTable table in tables.Values)
            table.Dispose();
    }
}
