using Streaming.Learning.Data;
using Streaming.Learning.Data.Encodings;
using Streaming.Storage;

namespace Streaming.Learning.Preprocessing;

/// <summary>A step that makes features of raw columns, each by itself.</summary>
public abstract class ColumnTransformer : Transformer
{
    /// <summary>Creates a step.</summary>
    /// <param name="columns">Names or patterns (<c>*</c>, <c>?</c>) of the columns.</param>
    protected ColumnTransformer(IReadOnlyList<string> columns) => Columns = columns;

    /// <summary>Names or patterns (<c>*</c>, <c>?</c>) of the columns.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>Whether a pass must find the categories of the column before it can be encoded.</summary>
    internal abstract bool WantsCategories { get; }

    /// <summary>What numbers the categories of a column while they are found.</summary>
    internal virtual CategoryTable NewTable(string column, BufferPool pool) => new(column, pool);

    /// <summary>Whether a missing value leaves a missing number, which an imputer can fill like that of any feature.</summary>
    internal virtual bool KeepsMissing => false;

    /// <summary>Whether the categories of a column are all counted, so that the most frequent one is known.</summary>
    internal virtual bool CountsCategories => true;

    /// <summary>The text that a category is counted by (<see cref="NewTable"/>).</summary>
    internal virtual string LabelOf(string column, string category) => category;

    /// <summary>The feature that a category gives a value, and the value; null where it gives none.</summary>
    internal virtual (int Feature, double Value)? Find(CategoryEncoding encoding, string? category) => encoding.Find(category);

    /// <summary>How a column becomes features.</summary>
    /// <param name="column">The column as the first file has it.</param>
    /// <param name="categories">Its categories, in any order; empty unless they are wanted.</param>
    /// <param name="missingAs">The category that missing values count as, among those categories where rows have any; null for none.</param>
    internal abstract ColumnEncoding Encode(DatasetColumn column, IReadOnlyList<Category> categories, string? missingAs);
}

/// <summary>A category that was found.</summary>
/// <param name="Label">Its text; null for missing values.</param>
/// <param name="Rows">Rows that have it.</param>
/// <param name="Weight">Their weight.</param>
readonly record struct Category(string? Label, long Rows, double Weight)
{
    /// <summary>Puts categories in order, as scikit-learn does: numbers by their size, texts by code point, missing values last.</summary>
    public static IEnumerable<Category> InOrder(IReadOnlyList<Category> categories, bool areNumbers) => categories
        .OrderBy(c => c.Label == null)
        .ThenBy(c => areNumbers && c.Label != null ? double.Parse(c.Label, System.Globalization.CultureInfo.InvariantCulture) : 0)
        .ThenBy(c => c.Label, StringComparer.Ordinal);
}
